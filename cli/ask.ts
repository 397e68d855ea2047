import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { quoted } from "../provider/messages/foreignText.js";
import { Problem } from "../provider/messages/problem.js";
import type { Adopted } from "./adoption.js";
import type { Stack } from "./stack.js";

/** Where questions go: standard output is for what was asked for. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

const TERMINAL: Terminal = { input: process.stdin, output: process.stderr };
const ACTION = "could not ask for a value";

export function canAsk({ input, output }: Terminal = TERMINAL): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** Asks for each value and sets it in the stack's config; gives those that were left out. */
export async function askFor(secrets: Adopted[], stack: Stack, terminal: Terminal = TERMINAL): Promise<Adopted[]> {
  const left: Adopted[] = [];
  const questions = new HiddenQuestions(terminal);
  try {
    for (const secret of secrets) {
      const value = await questions.ask(`Value of ${quoted(secret.name)} (leave it empty to set it later):`);
      if (value === "") left.push(secret);
      else await stack.setSecret(secret.path, value);
    }
  } finally {
    questions.close();
  }
  return left;
}

/** Asks for lines that are not shown as they are typed. Until it is closed, nothing that is typed is shown. */
class HiddenQuestions {
  private readonly lines: Interface;
  private readonly output: Terminal["output"];
  private waiting: ((line?: string) => void) | undefined;
  private isOver = false;
  private hasMore = false;

  constructor({ input, output }: Terminal) {
    this.output = output;
    // It switches the terminal's own echo off, and echoes to its output.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    this.lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
    this.lines.on("line", (line) => {
      this.hasMore = this.waiting === undefined;
      this.waiting?.(line);
    });
    // Ctrl-C, Ctrl-D, or the end of the input.
    this.lines.on("close", () => {
      this.isOver = true;
      this.waiting?.();
    });
  }

  /** One line; a `Problem` where it was interrupted, or where several came at once. */
  async ask(question: string): Promise<string> {
    // What was typed before it was asked for is no answer.
    this.hasMore = false;
    const answer = this.next();
    this.output.write(`${question} `);
    const line = await answer;
    this.output.write("\n");
    // The lines of a paste come in one piece.
    await setImmediate();
    if (line === undefined)
      throw new Problem(ACTION, "it was interrupted", "What was given before is set; run it again.");
    // The last of them may have no line break.
    if (this.hasMore || this.lines.line !== "") {
      const next = "Leave it empty, and set it from a file: pulumi config set --secret KEY < FILE";
      throw new Problem(ACTION, "several lines came at once", next);
    }
    return line;
  }

  close(): void {
    this.lines.close();
  }

  private next(): Promise<string | undefined> {
    if (this.isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.waiting = (line) => {
        this.waiting = undefined;
        resolve(line);
      };
    });
  }
}
