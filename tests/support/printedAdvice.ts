import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { stackEnv } from "./commandRun";
import type { TestStack } from "./testStack";

/** The commands of Pulumi and of this package in the advice of a message. Each of them ends its line, or is in quotes. */
export function commandsIn(message = ""): string[] {
  // The line with the kind has the reason.
  const advice = message.replaceAll(/^.* \[[a-z-]+\]$/gm, "");
  const commands = advice.matchAll(/: (pulumi(?:-elevenlabs)? .*)$|"(pulumi(?:-elevenlabs)? [^"]*)"/gm);
  return [...commands].map(([, atEnd, inQuotes]) => atEnd ?? inQuotes ?? "");
}

/** Runs a printed Pulumi command in a shell, as a user does who copies it. Returns its output. Throws if it fails. */
export async function runPrinted(stack: TestStack, command = "", input = ""): Promise<string> {
  const env = { ...stackEnv(stack), PULUMI_SKIP_CONFIRMATIONS: "true" };
  const running = promisify(execFile)("sh", ["-c", command], { cwd: stack.folder, env });
  running.child.stdin?.end(input);
  return (await running).stdout;
}
