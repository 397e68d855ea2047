import { styleText } from "node:util";
import { Problem } from "../provider/messages/problem.js";
import { shellWord } from "./jsonText.js";

export type Style = Parameters<typeof styleText>[0];

/** `text` in colour, where the stream is a terminal that shows colours, and nobody asked for none. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const isColoured = stream.isTTY && !process.env.NO_COLOR && stream.hasColors();
  return isColoured ? styleText(style, text, { validateStream: false }) : text;
}

/** How wide a line may be; undefined where nobody reads lines of a certain width. */
export function lineWidth(): number | undefined {
  const asked = Number(process.env.COLUMNS);
  return process.stdout.columns ?? (Number.isInteger(asked) && asked > 0 ? asked : undefined);
}

let stackArguments: string[] = [];

/** From now on, advice is about the stack of these arguments, and not about the one that is selected. */
export function adviseOn(ofStack: string[]): void {
  stackArguments = ofStack;
}

/** `text`, whose commands of Pulumi's say which stack they are for. */
export function advice(text: string): string {
  const which = stackArguments.map((word) => ` ${shellWord(word)}`).join("");
  return text.replace(/\bpulumi (config (set|rm)|up|refresh)\b/g, (command) => command + which);
}

/** Prints what was asked for. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Tells a person something beside what was asked for. */
export function note(text: string): void {
  process.stderr.write(`${styled("dim", text, process.stderr)}\n`);
}

/** Ends the command as failed. */
export function fail(error: unknown): void {
  // What is not a `Problem` may hold anything, so no more than its kind is told.
  const message =
    error instanceof Problem
      ? new Problem(error.action, error.reason, advice(error.next)).message
      : `this is a bug of pulumi-elevenlabs (${error instanceof Error ? error.name : typeof error}).\nPlease report it, with the command that you ran.`;
  process.stderr.write(`${styled("red", "error:", process.stderr)} ${message}\n`);
  process.exitCode = 1;
}
