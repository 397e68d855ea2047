import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { redacted, sanitized } from "../provider/messages/sanitize.js";

export interface PulumiRun {
  ok: boolean;
  stdout: string;
  /** Why it failed, in the CLI's own words. */
  reason: string;
}

/**
 * Runs the `pulumi` on the PATH; undefined if there is none. A value goes into `input`, its standard input: other users of
 * the machine can see arguments.
 */
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
  // The CLI may exit before it has read everything; its exit code then says what happened.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  if (exitCode === undefined) return undefined;
  return { ok: exitCode === 0, stdout, reason: reasonIn(stderr, [input, process.env.ELEVENLABS_API_KEY]) };
}

const ERROR_PREFIX = "error: ";

/** The line of Pulumi's output that says why it failed. */
export function reasonIn(output: string, secrets: (string | undefined)[]): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((candidate) => candidate.startsWith(ERROR_PREFIX)) ?? lines.at(-1) ?? "no reason given";
  const reason = line.startsWith(ERROR_PREFIX) ? line.slice(ERROR_PREFIX.length) : line;
  return sanitized(redacted(reason, secrets));
}
