import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { Attempt } from "../provider/messages/attempts.js";
import { Problem } from "../provider/messages/problem.js";
import { quoted } from "../provider/messages/sanitize.js";
import type { AdoptedSecret } from "./adoption.js";
import type { Stack } from "./stack.js";

/** Where questions are asked. Not standard output, because that may go to a file. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

const TERMINAL: Terminal = { input: process.stdin, output: process.stderr };
export const ASK_ATTEMPT: Attempt = { step: "askForValues" };

export function canAsk({ input, output }: Terminal = TERMINAL): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** Asks for each value and sets it in the stack's config. Returns the secrets whose answer was empty. */
export async function askFor(
  secrets: AdoptedSecret[],
  stack: Stack,
  terminal: Terminal = TERMINAL,
): Promise<AdoptedSecret[]> {
  const skipped: AdoptedSecret[] = [];
  const questions = new HiddenQuestions(terminal);
  try {
    for (const secret of secrets) {
      const value = await questions.ask(`Value of ${quoted(secret.name)} (leave it empty to set it later):`);
      if (value === "") skipped.push(secret);
      else await stack.setSecret(secret.path, value);
    }
  } finally {
    questions.close();
  }
  return skipped;
}

/** Asks for lines. Until it is closed, the terminal shows nothing that is typed. */
class HiddenQuestions {
  private readonly lines: Interface;
  private readonly output: Terminal["output"];
  private onAnswer: ((line?: string) => void) | undefined;
  private isClosed = false;
  private gotExtraLine = false;

  constructor({ input, output }: Terminal) {
    this.output = output;
    // `readline` turns off the terminal's own echo and writes to its output instead, which discards everything.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    this.lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
    this.lines.on("line", (line) => {
      this.gotExtraLine = this.onAnswer === undefined;
      this.onAnswer?.(line);
    });
    // After Ctrl-C, Ctrl-D, or the end of the input.
    this.lines.on("close", () => {
      this.isClosed = true;
      this.onAnswer?.();
    });
  }

  /** One line. Throws a problem if the user interrupts, or pastes several lines. */
  async ask(question: string): Promise<string> {
    // What was typed before the question isn't an answer to it.
    this.gotExtraLine = false;
    const answer = this.next();
    this.output.write(`${question} `);
    const line = await answer;
    this.output.write("\n");
    // All lines of a paste arrive before the next turn of the event loop.
    await setImmediate();
    if (line === undefined) throw new Problem("interrupted", {}, ASK_ATTEMPT);
    // The last line of a paste may have no line break: it is then still in the line buffer.
    if (this.gotExtraLine || this.lines.line !== "") throw new Problem("several-lines", {}, ASK_ATTEMPT);
    return line;
  }

  close(): void {
    this.lines.close();
  }

  private next(): Promise<string | undefined> {
    if (this.isClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.onAnswer = (line) => {
        this.onAnswer = undefined;
        resolve(line);
      };
    });
  }
}
