import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { redacted, sanitized } from "../../provider/text/sanitize.js";

export interface PulumiRun {
  ok: boolean;
  stdout: string;
  /** The reason for the failure, from the CLI's own message. */
  reason: string;
}

const ENV = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };

/** Runs the `pulumi` on the PATH. Undefined if it isn't installed. */
export async function runPulumi(args: string[], folder: string): Promise<PulumiRun | undefined> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: folder,
    env: ENV,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCodeOf(child)]);
  if (code === undefined) return undefined;
  return { ok: code === 0, stdout, reason: reasonIn(stderr, [process.env.ELEVENLABS_API_KEY]) };
}

/** Runs `pulumi` in the user's terminal, so that it can ask for input. Returns whether it succeeded. */
export async function runPulumiInTerminal(args: string[], folder: string): Promise<boolean> {
  // Ctrl-C also reaches this process. It waits for Pulumi, which has to turn the terminal's echo on again.
  const wait = () => {};
  process.on("SIGINT", wait);
  // Pulumi asks on standard output. The output of this command may go to a file.
  const child = spawn("pulumi", args, { cwd: folder, env: ENV, stdio: ["inherit", process.stderr, "inherit"] });
  const code = await exitCodeOf(child);
  process.off("SIGINT", wait);
  return code === 0;
}

/** The exit code: null if a signal ended the process, undefined if the process couldn't start. */
function exitCodeOf(child: ChildProcess): Promise<number | null | undefined> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("close", resolve);
  });
}

const ERROR_PREFIX = "error: ";

/** Returns the line of Pulumi's output that contains the reason for the failure. */
export function reasonIn(output: string, secrets: (string | undefined)[]): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((candidate) => candidate.startsWith(ERROR_PREFIX)) ?? lines.at(-1) ?? "no reason given";
  const reason = line.startsWith(ERROR_PREFIX) ? line.slice(ERROR_PREFIX.length) : line;
  return sanitized(redacted(reason, secrets));
}
