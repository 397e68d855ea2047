import type { RecordedRequest } from "pulumi-elevenlabs/emulator";

/** A command that a test ran. While it runs, it has no exit code, and the output so far. */
export interface LoggedCommand {
  command: string;
  code?: number | null;
  output: string;
  /** The requests that the test's API has received since the command began. */
  requests(): readonly RecordedRequest[];
}

/** The global variable with the log. The test environment shares globals with the tests, but no modules. */
export const COMMANDS = "commandsOfThisTest";

/** Adds a command to the log, which is shown if the test fails. The caller keeps its output and exit code up to date. */
export function logCommand(command: string, api?: { requests: readonly RecordedRequest[] }): LoggedCommand {
  const first = api?.requests.length ?? 0;
  const logged = { command, output: "", requests: () => api?.requests.slice(first) ?? [] };
  (globalThis as { [COMMANDS]?: LoggedCommand[] })[COMMANDS]?.push(logged);
  return logged;
}
