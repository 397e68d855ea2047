import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Journal } from "../../../provider/ownership/journal";
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

/** Everything below the test's folder, with the names that depend on the process. */
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

/** Runs `step` as if the other process did. */
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
  test("of another process of the operation are seen, as soon as they are there", async () => {
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

  test("of another operation are not", async () => {
    const other = as(await otherProcess(), () => new Journal("127.0.0.1:54321", warn));
    other.hold(holder("a"));
    expect(marksOf(open())).toEqual([]);
  });

  test("that another process has released stay released", async () => {
    const [own, other] = [open(), journalOf(await otherProcess())];
    own.hold(holder("a", "state"));
    other.release("1", "a");
    expect(marksOf(own)).toEqual([]);
    own.hold(holder("a", "state"));
    expect(marksOf(own)).toEqual([]);
  });

  test("of the program are included from its file", () => {
    const file = open({ isProgram: true }).hold(holder("a", "state"), holder("b", "state", "2"));
    temporary = join(root, "other temporary folder");
    mkdirSync(temporary);
    const own = open();
    expect(own.include(file ?? "")).toBeUndefined();
    expect([marksOf(own), marksOf(own, "2")]).toEqual([["a"], ["b"]]);
  });

  test("of a file that is missing or broken can't be included, and the reason is given", () => {
    const broken = join(root, "broken.log");
    writeFileSync(broken, "{\n");
    const own = open();
    expect(own.include(join(root, "none.log"))).toBe("ENOENT");
    expect(own.include(broken)).toMatch(/JSON/);
    expect(warn).not.toHaveBeenCalled();
  });

  test("are read line by line: a line that isn't complete is read later", () => {
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
  test("waits for that of another process, and has its result", async () => {
    const child = await otherProcess();
    const [own, other] = [open(), journalOf(child)];
    const theirs = await as(child, () => other.turn("name A"));
    const order: string[] = [];
    const ours = own.turn("name A").then(({ earlier }) => order.push(`ours after ${JSON.stringify(earlier)}`));
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push("theirs ends");
    theirs.end({ id: "1", resource: "a" });
    await ours;
    expect(order).toEqual(["theirs ends", 'ours after [{"id":"1","resource":"a"}]']);
  });

  test("doesn't wait for one with another key", async () => {
    const own = open();
    await own.turn("name A");
    expect((await own.turn("name B")).earlier).toEqual([]);
  });

  test("without a result leaves nothing for the next one", async () => {
    const own = open();
    (await own.turn("name A")).end();
    expect((await own.turn("name A")).earlier).toEqual([]);
  });

  test("doesn't wait for a process that has ended", async () => {
    const child = await otherProcess();
    const other = journalOf(child);
    await as(child, () => other.turn("name A"));
    await end(child);
    expect((await open().turn("name A")).earlier).toEqual([]);
  });

  test("that waits ends when the engine ends the operation", async () => {
    const own = open();
    await own.turn("name A");
    const stop = new AbortController();
    const waiting = own.turn("name A", stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow("aborted");
  });
});

describe("the folder", () => {
  test("can be used by this user only, and so can its files", async () => {
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

  test("isn't made before it is needed", () => {
    open();
    expect(allFiles()).toEqual(["tmp"]);
  });

  test("has one file, which goes with the last process of the operation", async () => {
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

  test("is not used if all providers that joined it were killed, even if the program goes on", async () => {
    const child = await otherProcess();
    open({ isProgram: true }).hold(holder("a", "state"));
    const other = journalOf(child);
    other.hold(holder("b"));
    await end(child);
    const own = open();
    own.hold(holder("c"));
    expect(marksOf(own)).toEqual(["c"]);
  });

  test("is not used if its program has ended, and no provider has joined it", async () => {
    const child = await otherProcess();
    as(child, () => open({ isProgram: true })).hold(holder("a", "state"));
    await end(child);
    const own = open();
    own.join();
    expect(marksOf(own)).toEqual([]);
  });

  test("is used while its program runs, or another provider", async () => {
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
  /** Each leaves something at the place of the folder that isn't a private folder of this user. */
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

  test.each(OBSTACLES)("such as %s: everything stays in memory, with one warning", async (_, obstruct) => {
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

  test.each(OBSTACLES)("such as %s: the program gives no file", (_, obstruct) => {
    obstruct();
    expect(open({ isProgram: true }).hold(holder("a", "state"))).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test("such as a full disk, also later: what was known stays in memory, with one warning", async () => {
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

  test("such as a file system that is read-only by now: nothing is thrown, because a secret may just have been created", () => {
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

  test("for the result of a turn doesn't block another process", async () => {
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
