import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { harmless, redacted } from "../provider/messages/foreignText.js";

const FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The Pulumi project around `folder`, found the way Pulumi does; undefined where there is none. */
export function findProject(folder: string): { name: string; folder: string } | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = FILES.map((name) => join(at, name)).find(existsSync);
    if (file !== undefined) return { name: projectName(file), folder: at };
    if (at === dirname(at)) return undefined;
  }
}

function projectName(file: string): string {
  try {
    return String(parse(readFileSync(file, "utf8")).name);
  } catch {
    // The CLI will say what is odd about it.
    return "";
  }
}

export interface PulumiRun {
  ok: boolean;
  stdout: string;
  /** What the CLI gives as its reason to fail. */
  reason: string;
}

/** Runs the CLI on the PATH; undefined where there is none. What it is given to read never shows among its arguments. */
export async function runPulumi(
  args: string[],
  { folder, input = "" }: { folder: string; input?: string },
): Promise<PulumiRun | undefined> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: folder,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" },
  });
  const code = new Promise<number | null | undefined>((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("close", resolve);
  });
  // It may end before it has read all of it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [stdout, stderr, ended] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  if (ended === undefined) return undefined;
  return { ok: ended === 0, stdout, reason: reasonIn(stderr, [input, process.env.ELEVENLABS_API_KEY]) };
}

/** The line of what Pulumi printed that tells why it failed. */
export function reasonIn(stderr: string, secrets: (string | undefined)[]): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((candidate) => candidate.startsWith("error: ")) ?? lines.at(-1) ?? "it gave no reason";
  return harmless(redacted(line.replace(/^error: /, ""), secrets));
}
