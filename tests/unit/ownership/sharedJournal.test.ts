import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Journal } from "../../../provider/ownership/journal";
import { Ownership } from "../../../provider/ownership/ownership";
import { holder, marksOf } from "../../support/holders";

const OPERATION = "127.0.0.1:12345";
const warn = jest.fn<(facts: { folder: string; reason: string }) => void>();
const ownPid = process.pid;
const children: ChildProcess[] = [];
let root: string;
let temporary: string;

beforeEach(() => {
  root = mkdtempSync(join(os.tmpdir(), "journal-"));
  temporary = join(root, "tmp");
  mkdirSync(temporary);
  jest.spyOn(os, "tmpdir").mockImplementation(() => temporary);
  warn.mockClear();
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const child of children.splice(0)) await end(child);
  rmSync(root, { recursive: true, force: true });
});

const usersFolder = () => join(temporary, `pulumi-elevenlabs-${process.getuid?.() ?? "user"}`);
const open = ({ isProgram = false } = {}) => new Journal(OPERATION, warn, isProgram);

/** All files and folders below the test's folder, sorted. */
const allFiles = () => readdirSync(root, { recursive: true }).map(String).sort();

/** A process that runs until it is ended. */
async function otherProcess(): Promise<ChildProcess> {
  const script = join(root, "other.cjs");
  writeFileSync(script, "process.on('message', () => process.exit(0)); process.send('ready');");
  const child = fork(script);
  children.push(child);
  await once(child, "message");
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.send("end");
  await once(child, "exit");
}

/** Runs `step` as if the other process ran it. */
function as<T>({ pid }: ChildProcess, step: () => T): T {
  Object.defineProperty(process, "pid", { value: pid, configurable: true });
  try {
    return step();
  } finally {
    Object.defineProperty(process, "pid", { value: ownPid, configurable: true });
  }
}

/** The journal of another process that takes part in the operation. */
const journalOf = (child: ChildProcess) => as(child, () => open());

describe("the holders", () => {
  test("holders that another process records are visible at once", async () => {
    const [own, other] = [open(), journalOf(await otherProcess())];
    other.hold(holder("a"));
    expect(marksOf(own)).toEqual(["a"]);
    other.hold(holder("b", "operation", "2"));
    own.hold(holder("c", "operation", "2"));
    expect([marksOf(own, "2"), marksOf(other, "2")].map((marks) => marks.sort())).toEqual([
      ["b", "c"],
      ["b", "c"],
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("the file has no string from the outputs of another provider", async () => {
    const stranger = { resource: "own", urn: "urn:own", type: "pulumi-nodejs:dynamic:Resource" };
    const program = open({ isProgram: true });
    program.addStrangers([{ ...stranger, words: ["CRM", "a value in plain text"] }]);
    const file = readFileSync(program.hold(holder("a")) ?? "", "utf8");
    expect(file).toContain("urn:own");
    expect(file).not.toContain("a value in plain text");
    const ownership = new Ownership(journalOf(await otherProcess()));
    expect(ownership.stranger(undefined, { name: "CRM" })).toMatchObject(stranger);
    expect(ownership.stranger(undefined, { name: "OTHER" })).toBeUndefined();
  });

  test("holders of another operation are not visible", async () => {
    const other = as(await otherProcess(), () => new Journal("127.0.0.1:54321", warn));
    other.hold(holder("a"));
    expect(marksOf(open())).toEqual([]);
  });

  test("a holder that another process has released stays released", async () => {
    const [own, other] = [open(), journalOf(await otherProcess())];
    own.hold(holder("a", "state"));
    other.release("1", "a");
    expect(marksOf(own)).toEqual([]);
    own.hold(holder("a", "state"));
    expect(marksOf(own)).toEqual([]);
  });

  test("holders that the program has written to a file are included", () => {
    const file = open({ isProgram: true }).hold(holder("a", "state"), holder("b", "state", "2"));
    temporary = join(root, "other temporary folder");
    mkdirSync(temporary);
    const own = open();
    expect(own.include(file ?? "")).toBeUndefined();
    expect([marksOf(own), marksOf(own, "2")]).toEqual([["a"], ["b"]]);
  });

  test("a missing or broken file isn't included, and the reason is returned", () => {
    const broken = join(root, "broken.log");
    writeFileSync(broken, "{\n");
    const own = open();
    expect(own.include(join(root, "none.log"))).toBe("ENOENT");
    expect(own.include(broken)).toMatch(/JSON/);
    expect(warn).not.toHaveBeenCalled();
  });

  test("a line of the file is read only when it is complete", () => {
    const own = open();
    own.hold(holder("own", "operation", "2"));
    const [file = ""] = readdirSync(usersFolder());
    const line = `${JSON.stringify({ kind: "holds", holder: holder("a") })}\n`;
    fs.appendFileSync(join(usersFolder(), file), line.slice(0, 10));
    expect(marksOf(own)).toEqual([]);
    fs.appendFileSync(join(usersFolder(), file), line.slice(10));
    expect(marksOf(own)).toEqual(["a"]);
  });
});

describe("a turn", () => {
  test("a turn waits for a turn of another process, and gets its result", async () => {
    const child = await otherProcess();
    const [own, other] = [open(), journalOf(child)];
    const theirs = await as(child, () => other.turn("name A"));
    // A waiting turn looks again and again whether the other process still runs.
    const hasLooked = Promise.withResolvers<void>();
    let looks = 0;
    jest.spyOn(process, "kill").mockImplementation(() => {
      if (++looks === 3) hasLooked.resolve();
      return true;
    });
    const order: string[] = [];
    const ours = own.turn("name A").then(({ earlier }) => order.push(`ours after ${JSON.stringify(earlier)}`));
    await Promise.race([hasLooked.promise, ours]);
    order.push("theirs ends");
    theirs.end({ id: "1", resource: "a" });
    await ours;
    expect(order).toEqual(["theirs ends", 'ours after [{"id":"1","resource":"a"}]']);
  });

  test("a turn doesn't wait for a turn with another key", async () => {
    const own = open();
    await own.turn("name A");
    expect((await own.turn("name B")).earlier).toEqual([]);
  });

  test("a turn without a result passes nothing to the next turn", async () => {
    const own = open();
    (await own.turn("name A")).end();
    expect((await own.turn("name A")).earlier).toEqual([]);
  });

  test("a turn doesn't wait for a process that has ended", async () => {
    const child = await otherProcess();
    const other = journalOf(child);
    await as(child, () => other.turn("name A"));
    await end(child);
    expect((await open().turn("name A")).earlier).toEqual([]);
  });

  test("a waiting turn ends when the engine ends the operation", async () => {
    const own = open();
    await own.turn("name A");
    const stop = new AbortController();
    const waiting = own.turn("name A", stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow("aborted");
  });
});

describe("the folder", () => {
  test("only this user can use the folder and its files", async () => {
    const own = open();
    own.hold(holder("a"));
    (await own.turn("name A")).end({ id: "1", resource: "a" });
    const modes = readdirSync(usersFolder(), { recursive: true, withFileTypes: true }).map((entry) => [
      entry.isDirectory(),
      statSync(join(entry.parentPath, entry.name)).mode & 0o777,
    ]);
    expect(statSync(usersFolder()).mode & 0o777).toBe(0o700);
    expect(modes.filter(([isFolder, mode]) => mode !== (isFolder ? 0o700 : 0o600))).toEqual([]);
  });

  test("the folder isn't created before it is needed", () => {
    open();
    expect(allFiles()).toEqual(["tmp"]);
  });

  test("the last process of the operation removes the only file", async () => {
    const child = await otherProcess();
    const [own, other] = [open(), journalOf(child)];
    open({ isProgram: true }).hold(holder("a", "state"));
    own.hold(holder("b"));
    as(child, () => other.hold(holder("c")));
    own.close();
    expect(readdirSync(usersFolder())).toHaveLength(1);
    as(child, () => other.close());
    expect(readdirSync(usersFolder())).toEqual([]);
  });

  test("a file isn't used if all providers that joined it were killed", async () => {
    const child = await otherProcess();
    open({ isProgram: true }).hold(holder("a", "state"));
    const other = journalOf(child);
    other.hold(holder("b"));
    await end(child);
    const own = open();
    own.hold(holder("c"));
    expect(marksOf(own)).toEqual(["c"]);
  });

  test("a file isn't used if its program ended before a provider joined it", async () => {
    const child = await otherProcess();
    as(child, () => open({ isProgram: true })).hold(holder("a", "state"));
    await end(child);
    const own = open();
    own.join();
    expect(marksOf(own)).toEqual([]);
  });

  test("a file is used while its program or another provider runs", async () => {
    const [program, provider] = [await otherProcess(), await otherProcess()];
    as(program, () => open({ isProgram: true })).hold(holder("a", "state"));
    journalOf(provider).join();
    await end(program);
    const own = open();
    own.join();
    expect(marksOf(own)).toEqual(["a"]);
  });
});

describe("a place that can't be used", () => {
  /** Each function prevents that the folder becomes a private folder of this user. */
  const OBSTACLES: [string, () => void][] = [
    [
      "a link to another folder",
      () => {
        mkdirSync(join(root, "elsewhere"), { mode: 0o700 });
        symlinkSync(join(root, "elsewhere"), usersFolder());
      },
    ],
    ["a link to nothing", () => symlinkSync(join(root, "nothing"), usersFolder())],
    ["a file", () => writeFileSync(usersFolder(), "kept")],
    [
      "a folder that others can read",
      () => {
        mkdirSync(usersFolder());
        chmodSync(usersFolder(), 0o755);
      },
    ],
    [
      "a folder below a file",
      () => {
        writeFileSync(join(root, "file"), "kept");
        temporary = join(root, "file", "tmp");
      },
    ],
  ];

  test.each(OBSTACLES)("if the folder is %s, the journal stays in memory, with one warning", async (_, obstruct) => {
    obstruct();
    const before = allFiles();
    const own = open();
    own.hold(holder("a"));
    own.hold(holder("b"));
    own.release("1", "b");
    expect([marksOf(own), [...own.holders()].length]).toEqual([["a"], 1]);
    const first = await own.turn("name A");
    const second = own.turn("name A");
    first.end({ id: "1", resource: "a" });
    expect((await second).earlier).toEqual([{ id: "1", resource: "a" }]);
    own.close();

    expect(warn.mock.calls).toEqual([[{ folder: usersFolder(), reason: expect.any(String) }]]);
    expect(allFiles()).toEqual(before);
  });

  test.each(OBSTACLES)("if the folder is %s, the program has no file for the provider", (_, obstruct) => {
    obstruct();
    expect(open({ isProgram: true }).hold(holder("a", "state"))).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test("if the disk becomes full, the journal stays in memory, with a warning", async () => {
    const own = open();
    own.hold(holder("a"));
    jest.spyOn(fs, "writeSync").mockImplementation(() => {
      throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    });
    own.hold(holder("b"));
    own.hold(holder("c"));
    expect(marksOf(own)).toEqual(["a", "b", "c"]);
    expect((await own.turn("name A")).earlier).toEqual([]);
    expect(warn.mock.calls).toEqual([[{ folder: usersFolder(), reason: "ENOSPC" }]]);
  });

  test("a file system that becomes read-only causes a warning, not an error", () => {
    const own = open();
    own.hold(holder("a"));
    const readOnly = () => {
      throw Object.assign(new Error("read-only file system"), { code: "EROFS" });
    };
    jest.spyOn(fs, "writeSync").mockImplementation(readOnly);
    jest.spyOn(fs, "rmSync").mockImplementation(readOnly);
    own.hold(holder("b"));
    jest.restoreAllMocks();
    expect(marksOf(own)).toEqual(["a", "b"]);
    expect(warn.mock.calls).toEqual([[{ folder: expect.any(String), reason: "EROFS" }]]);
  });

  test("a turn whose result can't be written doesn't block another process", async () => {
    const child = await otherProcess();
    const [own, other] = [open(), journalOf(child)];
    const turn = await own.turn("name A");
    const waiting = as(child, () => other.turn("name A"));
    const write = jest.spyOn(fs, "writeSync").mockImplementation(() => {
      throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    });
    turn.end({ id: "1", resource: "a" });
    write.mockRestore();
    expect((await waiting).earlier).toEqual([]);
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
