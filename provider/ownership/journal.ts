import { createHash, randomUUID } from "node:crypto";
import { closeSync, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Entry, type Holder, Store, type Stranger, type TurnResult, type Waiting } from "./store.js";
import { type FoundStranger, wordDigest } from "./strangers.js";

export interface Turn {
  /** The results of the earlier turns of this operation. */
  earlier: TurnResult[];
  /** Ends this turn, so that the next turn can start. `result` is missing if this turn has changed nothing. */
  end(result?: TurnResult): void;
}

/** The pause between checks whether the turns of other processes have ended, in milliseconds. */
const POLL_MS = 25;

/**
 * Shares ownership between the processes of one operation of the engine: each explicit provider object has a separate process,
 * and the dynamic provider and the program have separate processes also. They append entries to one file, so the order is the
 * same for all processes. If the file can't be used, `warn` is called once, and this process shares nothing.
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
   * `operation` is the engine's address, which all processes of one operation have. A later operation may get the same address.
   * Without it, nothing is shared. The program's process may end before the providers, or long after them.
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

  /** Call this when a provider process starts: it shows the other processes that the operation is still running. */
  join(): void {
    this.softly(() => undefined);
  }

  /** Records the holders. Returns the file that contains them, if they are shared. */
  hold(...holders: Holder[]): string | undefined {
    this.append(...holders.map((holder) => ({ kind: "holds" as const, holder })));
    return this.isShared ? this.file : undefined;
  }

  /** Records the resources of other providers. The file doesn't contain their words, which may be values in plain text. */
  addStrangers(found: FoundStranger[]): void {
    const strangers = found.map(({ words, ...facts }) => ({ ...facts, wordDigests: words.map(wordDigest) }));
    this.append(...strangers.map((stranger) => ({ kind: "stranger" as const, stranger })));
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

  /** Waits until all earlier turns for this key have ended. */
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
        // If a turn of this process ends, `changed` is resolved. For other processes, poll.
        await Promise.race([this.changed.promise, setTimeout(POLL_MS, undefined, signal ? { signal } : {})]);
      }
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Reads another file with entries: the program may use a different temporary folder. If that fails, returns the reason. */
  include(file: string): string | undefined {
    try {
      if (file !== this.file) this.read(file);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** Call this when the process ends. The last process removes the file. */
  close(): void {
    if (this.descriptor === undefined || this.file === undefined) return;
    this.append({ kind: "leaves", pid: this.pid });
    try {
      closeSync(this.descriptor);
      if (![...this.store.providers].some(isRunning)) rmSync(this.file, { force: true });
    } catch {
      // The remaining file is private and small, and a later operation doesn't use it.
    }
    this.isShared = false;
  }

  private append(...entries: Entry[]): void {
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    const isWritten = this.softly((descriptor) => writeSync(descriptor, text));
    // Apply the entries by reading them back: the order in the file is the same for all processes.
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

  /** Runs a step with the open file, and returns whether it succeeded. If it fails, this process no longer shares anything. */
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

  /** Removes the file, so that other processes don't wait for this process. Must not throw: it may follow a write to the API. */
  private giveUp(file: string): void {
    try {
      rmSync(file, { force: true });
    } catch {
      // The other processes continue when this process ends.
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
 * Whether the file is from an earlier operation, whose provider processes were killed before they could remove it. Its program
 * may still run, for example if it uses the Automation API. If the file names no process, its creator is about to write to it.
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

/** Reads the complete lines from this position on. The last line may be incomplete: another process may be writing it. */
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
