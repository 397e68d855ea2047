import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { writeOutputs } from "../../cli/render/outputFiles";
import { fileNotWritten } from "../../cli/wording";

const ACTION = { step: "render", name: "agents" } as const;
/** The first file requires a folder `a`, and the second file is `a`: they can't both be written. */
const CONFLICTING = [
  { path: "a/b.json", text: "new" },
  { path: "a", text: "new" },
];

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outputs-"));
});
afterEach(() => rm(root, { recursive: true }));

async function failure(folder: string): Promise<unknown> {
  return writeOutputs(folder, CONFLICTING, ACTION).catch((error: unknown) => error);
}

test("if one file can't be written, no file is written", async () => {
  await mkdir(join(root, "a"));
  await writeFile(join(root, "a/b.json"), "old");

  expect(fileNotWritten.is(await failure(root))).toBe(true);

  expect((await readdir(root, { recursive: true })).sort()).toEqual(["a", "a/b.json"]);
  expect(await readFile(join(root, "a/b.json"), "utf8")).toBe("old");
});

test("if no file can be written, no new folder remains", async () => {
  expect(fileNotWritten.is(await failure(join(root, "new/out")))).toBe(true);

  expect(await readdir(root)).toEqual([]);
});

test("if a file can't be moved into place, earlier files are restored", async () => {
  await writeFile(join(root, "a.json"), "old");
  // No file can be moved to another file system.
  await symlink("/proc", join(root, "link"));
  const files = ["a.json", "new/b.json", "link/none.json", "z.json"].map((path) => ({ path, text: "new" }));

  const error = await writeOutputs(root, files, ACTION).catch((error: unknown) => error);

  expect(error).toMatchObject({ kind: "file-not-written", facts: { file: join(root, "link/none.json") } });
  expect((await readdir(root)).sort()).toEqual(["a.json", "link"]);
  expect(await readFile(join(root, "a.json"), "utf8")).toBe("old");
});

test("the output replaces existing files, and keeps all other files", async () => {
  await writeFile(join(root, "a.json"), "old");
  await writeFile(join(root, "other"), "other");

  await writeOutputs(
    root,
    [
      { path: "a.json", text: "new" },
      { path: "b/c.json", text: "new" },
    ],
    ACTION,
  );

  expect((await readdir(root, { recursive: true })).sort()).toEqual(["a.json", "b", "b/c.json", "other"]);
  expect(await readFile(join(root, "a.json"), "utf8")).toBe("new");
});
