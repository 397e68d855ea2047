import { styleText } from "node:util";
import { Problem, type Reader } from "../provider/messages/problem.js";
import { bug } from "./wording.js";

export type TextStyle = Parameters<typeof styleText>[0];

/** Colours `text`, if the stream is a terminal that shows colours and the user hasn't turned them off. */
export function styled(style: TextStyle, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const isColoured = stream.isTTY && !process.env.NO_COLOR && stream.hasColors();
  return isColoured ? styleText(style, text, { validateStream: false }) : text;
}

/** The width of a line; undefined if the output goes to a file or another program. */
export function lineWidth(): number | undefined {
  const requested = Number(process.env.COLUMNS);
  return process.stdout.columns ?? (Number.isInteger(requested) && requested > 0 ? requested : undefined);
}

/** Prints the result of a command. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a remark to standard error, so that a pipe contains only the result. */
export function note(text: string): void {
  process.stderr.write(`${styled("dim", text, process.stderr)}\n`);
}

/** Prints an error and makes the exit code 1. */
export function fail(error: unknown, reader: Reader): void {
  const problem = Problem.isInstance(error) ? error : bugIn(error);
  process.stderr.write(`${styled("red", "error:", process.stderr)} ${problem.text(reader)}\n`);
  process.exitCode = 1;
}

function bugIn(error: unknown): Problem {
  // The message of an unexpected error may contain a key or a value, so only its class is shown.
  const name = error instanceof Error ? error.name : typeof error;
  return bug({ error: name }, { step: "run pulumi-elevenlabs" });
}
