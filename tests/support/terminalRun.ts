import { spawn } from "node:child_process";
import { logCommand } from "./commandLog";

/** Pulumi's prompt. */
const PROMPT = "value: ";

/** Runs a shell command in a separate terminal, and types one of the inputs each time that Pulumi asks for a value. */
export async function inTerminal(
  command: string,
  { folder, env, answers }: { folder: string; env: Record<string, string>; answers: string[] },
): Promise<{ code: number | null; seen: string }> {
  const logged = logCommand(command);
  const args =
    process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", command] : ["-qec", command, "/dev/null"];
  // With this kind of terminal, Pulumi doesn't ask for the terminal's colours, and so doesn't wait for a reply.
  const child = spawn("script", args, { cwd: folder, env: { ...env, TERM: "screen", SHELL: "/bin/sh" } });
  const left = [...answers];
  let unanswered = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    logged.output += text;
    unanswered += text;
    const [, question] = unanswered.split("Value of ");
    if (!question?.includes(PROMPT)) return;
    unanswered = "";
    child.stdin.write(left.shift() ?? "");
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  Object.assign(logged, { code });
  return { code, seen: logged.output };
}
