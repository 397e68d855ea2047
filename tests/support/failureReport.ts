import type { LoggedCommand } from "./commandLog";

/** With jest's own lines, a report fills about one screen. */
const MOST = { commands: 6, lines: 24, requests: 12 };

/** The commands so far, and the output and the requests of the last command. */
export function report(commands: LoggedCommand[]): string {
  const last = commands.at(-1);
  if (!last) return "";
  const requests = last
    .requests()
    .map(({ method, path, status, fault }) => [method, path, status ?? "no answer", fault && `(${fault})`]);
  const lines = [
    ...newest(commands.map(heading), MOST.commands, "earlier commands"),
    ...newest(last.output.trimEnd().split("\n"), MOST.lines, "earlier lines"),
    `Requests: ${requests.length}`,
    ...newest(
      requests.map((words) => words.filter(Boolean).join(" ")),
      MOST.requests,
      "earlier requests",
    ),
  ];
  // A border, so that jest doesn't treat a line as part of a stack trace.
  return lines.map((line) => `| ${line}`.trimEnd()).join("\n");
}

function heading({ command, code }: LoggedCommand): string {
  return `$ ${command}  (${code === undefined ? "still running" : `exit code ${code}`})`;
}

function newest(lines: string[], most: number, what: string): string[] {
  if (lines.length <= most) return lines;
  return [`… ${lines.length - most} ${what}`, ...lines.slice(-most)];
}

/** Adds the report to an error, between its message and its stack trace. */
export function addReport(error: unknown, commands: LoggedCommand[]): void {
  if (!hasStack(error) || commands.length === 0) return;
  const end = /\n\s+at .*:\d+:\d+/.exec(error.stack)?.index ?? error.stack.length;
  error.stack = `${error.stack.slice(0, end)}\n\n${report(commands)}${error.stack.slice(end)}`;
}

function hasStack(error: unknown): error is { stack: string } {
  return typeof (error as { stack?: unknown } | null)?.stack === "string";
}
