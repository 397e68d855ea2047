import { createHash, randomUUID } from "node:crypto";
import { closeSync, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Entry, type Holder, Store, type Stranger, type TurnResult, type Waiting } from "./store.js";

export interface Turn {
  /** The secrets with which the earlier turns of this operation ended. */
  earlier: TurnResult[];
  /** Lets the next one have its turn. Without a result, this turn has changed nothing. */
  end(result?: TurnResult): void;
}

/** How often the others are asked whether their turn has ended, in milliseconds. */
const POLL_MS = 25;

/**
 * What the processes of one operation of the engine know of each other: each explicit provider object has a process of its own,
 * and so have the dynamic provider and the program. They append to one file, whose order is the same for all. If that fails,
 * `warn` is called once, and everything stays in this process.
 */
export class Journal {
  private readonly store = new Store();
  private readonly positions = new Map<string, number>();
  private readonly file: string | undefined;
  private readonly pid = process.pid;
  private descriptor: number | undefined;
  private changed = Promise.withResolvers<void>();
  private isShared: boolean;

  /**
   * `operation` is what the processes have in common: the engine's address, which a later operation may have again. Without
   * it, nothing is shared. The program's own process may end before the providers do, or long after.
   */
  constructor(
    operation?: string,
    private readonly warn: (facts: { folder: string; reason: string }) => void = () => {},
    private readonly isProgram = false,
  ) {
    this.isShared = operation !== undefined;
    const folder = join(tmpdir(), `pulumi-elevenlabs-${process.getuid?.() ?? "user"}`);
    this.file = operation === undefined ? undefined : join(folder, `${hashOf(operation)}.log`);
  }

  /** To be called when a provider process starts: others see from it that the operation goes on. */
  join(): void {
    this.softly(() => undefined);
  }

  /** Gives the file that has them, if there is one. */
  hold(...holders: Holder[]): string | undefined {
    this.append(...holders.map((holder) => ({ kind: "holds" as const, holder })));
    return this.isShared ? this.file : undefined;
  }

  meet(strangers: Stranger[]): void {
    this.append(...strangers.map((stranger) => ({ kind: "meets" as const, stranger })));
  }

  strangers(): readonly Stranger[] {
    this.readOthers();
    return this.store.strangers;
  }

  release(id: string, mark: string): void {
    this.append({ kind: "releases", id, mark });
  }

  holders(): Iterable<Holder> {
    this.readOthers();
    return this.store.holders();
  }

  holdersOf(id: string): Holder[] {
    this.readOthers();
    return this.store.holdersOf(id);
  }

  /** Waits until everybody who has asked before has had a turn for this key. */
  async turn(key: string, signal?: AbortSignal): Promise<Turn> {
    const turn = randomUUID();
    this.append({ kind: "waits", turn, key, pid: this.pid });
    const end = (result?: TurnResult) => this.append({ kind: "ended", turn, result });
    try {
      for (;;) {
        this.readOthers();
        const earlier = this.store.before(turn, key);
        const hasEnded = (one: Waiting) =>
          one.hasEnded || (one.pid !== this.pid && !(this.isShared && isRunning(one.pid)));
        if (earlier.every(hasEnded)) {
          return { earlier: earlier.flatMap(({ result }) => result ?? []), end };
        }
        // Those of this process say when theirs ends.
        await Promise.race([this.changed.promise, setTimeout(POLL_MS, undefined, signal ? { signal } : {})]);
      }
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Reads another file with entries, such as that of a program with another folder for temporary files. Gives the reason if it can't. */
  include(file: string): string | undefined {
    try {
      if (file !== this.file) this.read(file);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** To be called when the process ends. The last one removes the file. */
  close(): void {
    if (this.descriptor === undefined || this.file === undefined) return;
    this.append({ kind: "leaves", pid: this.pid });
    try {
      closeSync(this.descriptor);
      if (![...this.store.providers].some(isRunning)) rmSync(this.file, { force: true });
    } catch {
      // What is left is private and small, and a later operation doesn't use it.
    }
    this.isShared = false;
  }

  private append(...entries: Entry[]): void {
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    const isWritten = this.softly((descriptor) => writeSync(descriptor, text));
    // What was written comes back in the order that is the same for all.
    if (!isWritten || !this.readOthers()) for (const entry of entries) this.store.apply(entry);
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }

  private readOthers(): boolean {
    return this.softly((_, file) => this.read(file));
  }

  private read(file: string): void {
    const from = this.positions.get(file) ?? 0;
    const complete = linesFrom(file, from);
    this.positions.set(file, from + complete.length);
    for (const entry of entriesIn(complete)) this.store.apply(entry);
  }

  /** Whether the step with the open file succeeded. If it fails, nothing is shared any more. */
  private softly(step: (descriptor: number, file: string) => void): boolean {
    const { file } = this;
    if (!this.isShared || file === undefined) return false;
    try {
      step(this.open(file), file);
      return true;
    } catch (error) {
      this.isShared = false;
      if (this.descriptor !== undefined) this.giveUp(file);
      this.warn({ folder: dirname(file), reason: reasonOf(error) });
      return false;
    }
  }

  /** Others must not wait for what can't be written any more. This must not fail: it may follow a write of the API. */
  private giveUp(file: string): void {
    try {
      rmSync(file, { force: true });
    } catch {
      // Whoever waits goes on when this process ends.
    }
  }

  private open(file: string): number {
    if (this.descriptor !== undefined) return this.descriptor;
    makePrivate(dirname(file));
    if (isLeftOver(file)) rmSync(file, { force: true });
    this.descriptor = openSync(file, "a", 0o600);
    const joins: Entry = { kind: "joins", pid: this.pid, isProgram: this.isProgram };
    writeSync(this.descriptor, `${JSON.stringify(joins)}\n`);
    return this.descriptor;
  }
}

/**
 * Whether the file is that of an earlier operation, whose processes were killed before they could remove it. Its program may go
 * on, as one of the Automation API does. Nobody is in a file only if whoever made it hasn't written that yet.
 */
function isLeftOver(file: string): boolean {
  if (!existsSync(file)) return false;
  const store = new Store();
  for (const entry of entriesIn(linesFrom(file, 0))) store.apply(entry);
  const processes = store.hasHadProvider ? store.providers : store.programs;
  return (store.hasHadProvider || processes.size > 0) && ![...processes].some(isRunning);
}

function entriesIn(lines: Buffer): Entry[] {
  const texts = lines.toString("utf8").split("\n").filter(Boolean);
  return texts.map((line) => JSON.parse(line) as Entry);
}

/** Makes the folder if it is missing. Throws if it isn't a folder that only this user can use. */
function makePrivate(folder: string): void {
  try {
    // Not recursive: in a file system such as /proc, Node.js would try that forever.
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const found = lstatSync(folder);
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  const isPrivate = process.platform === "win32" || (found.mode & 0o077) === 0;
  if (!found.isDirectory() || !isOurs || !isPrivate) throw new Error("it is not a private folder of this user");
}

/** The lines from this position on. The last one may not be complete yet: then it isn't among them. */
function linesFrom(file: string, from: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - from));
    const text = buffer.subarray(0, buffer.length === 0 ? 0 : readSync(descriptor, buffer, 0, buffer.length, from));
    return text.subarray(0, text.lastIndexOf("\n") + 1);
  } finally {
    closeSync(descriptor);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
