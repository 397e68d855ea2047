import { copyFile, lstat, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Action, Problem } from "../../provider/messages/problem.js";
import { errorCode } from "../errorCode.js";
import { fileNotWritten } from "../wording.js";

/** A file that a command writes. The path is relative to the output folder. */
export interface OutputFile {
  path: string;
  text: string;
}

/** The state of an output file on the disk, compared with the new text. */
export type PresentOutput = "missing" | "same" | "different";

/** Compares without writing. Refuses anything other than a regular file or folder, such as a symbolic link. */
export async function presentOutput(
  folder: string,
  { path, text }: OutputFile,
  action: Action,
): Promise<PresentOutput> {
  const file = join(folder, path);
  try {
    for (const parent of parentsOf(path)) {
      const found = await entryAt(join(folder, parent));
      if (found === undefined) return "missing";
      if (!found.isDirectory()) throw notWritten(join(folder, parent), "EEXIST", action);
    }
    const found = await entryAt(file);
    if (found === undefined) return "missing";
    if (!found.isFile()) throw notWritten(file, "EEXIST", action);
    return (await readFile(file)).equals(Buffer.from(text)) ? "same" : "different";
  } catch (error) {
    throw asProblem(error, file, action);
  }
}

/**
 * Writes all files, or none: the files are moved into place once all of them are on the disk. If a step fails, the earlier
 * steps are undone.
 */
export async function writeOutputs(folder: string, files: OutputFile[], action: Action): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const makeFolder = async (path: string) => {
    const made = await mkdir(path, { recursive: true });
    if (made !== undefined) undo.push(() => rm(made, { recursive: true, force: true }));
  };
  let staging: string | undefined;
  let at = folder;
  try {
    await makeFolder(folder);
    staging = await mkdtemp(join(folder, ".render-"));
    const moves: { from: string; to: string; before: string | undefined }[] = [];
    for (const [index, { path, text }] of files.entries()) {
      at = join(folder, path);
      await makeFolder(dirname(at));
      const from = join(staging, `new-${index}`);
      await writeFile(from, text);
      moves.push({ from, to: at, before: await copyOf(at, join(staging, `old-${index}`)) });
    }
    for (const { from, to, before } of moves) {
      at = to;
      await rename(from, to);
      undo.push(() => (before === undefined ? rm(to) : rename(before, to)));
    }
  } catch (error) {
    let isPartial = false;
    for (const step of undo.reverse()) {
      await step().catch(() => {
        isPartial = true;
      });
    }
    throw asProblem(error, at, action, isPartial);
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

/** Copies a file, if it exists. */
async function copyOf(file: string, copy: string): Promise<string | undefined> {
  try {
    await copyFile(file, copy);
    return copy;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Returns the path of a folder without symbolic links, even if the folder doesn't exist yet. */
export async function realFolder(folder: string): Promise<string> {
  const absolute = resolve(folder);
  const real = await realpath(absolute).catch(() => undefined);
  if (real !== undefined || absolute === dirname(absolute)) return real ?? absolute;
  return join(await realFolder(dirname(absolute)), basename(absolute));
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [...parentsOf(parent), parent];
}

async function entryAt(path: string) {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

function asProblem(error: unknown, file: string, action: Action, isPartial = false): Problem {
  if (Problem.isInstance(error)) return error;
  return notWritten(file, errorCode(error), action, isPartial);
}

function notWritten(file: string, code: string, action: Action, isPartial = false): Problem {
  return fileNotWritten({ file, code, chosenBy: "--out", isPartial }, action);
}
