import { lstat, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Attempt } from "../provider/messages/attempts.js";
import { Problem } from "../provider/messages/problem.js";

/** What a command writes. The path is relative to the output folder. */
export interface OutputFile {
  path: string;
  text: string;
}

/** What is there now, compared with what is to be written. */
export type PresentOutput = "missing" | "same" | "different";

/** Compares without writing. Whatever is no file and no folder of its own, such as a symbolic link, is refused. */
export async function presentOutput(
  folder: string,
  { path, text }: OutputFile,
  attempt: Attempt,
): Promise<PresentOutput> {
  const file = join(folder, path);
  try {
    for (const parent of parentsOf(path)) {
      const found = await entryAt(join(folder, parent));
      if (found === undefined) return "missing";
      if (!found.isDirectory()) throw notWritten(join(folder, parent), "EEXIST", attempt);
    }
    const found = await entryAt(file);
    if (found === undefined) return "missing";
    if (!found.isFile()) throw notWritten(file, "EEXIST", attempt);
    return (await readFile(file)).equals(Buffer.from(text)) ? "same" : "different";
  } catch (error) {
    throw asProblem(error, file, attempt);
  }
}

/** Writes all files, or none: each one is moved into place once all of them are on the disk. */
export async function writeOutputs(folder: string, files: OutputFile[], attempt: Attempt): Promise<void> {
  let made: string | undefined;
  let staging: string | undefined;
  let at = folder;
  try {
    made = await mkdir(folder, { recursive: true });
    staging = await mkdtemp(join(folder, ".render-"));
    for (const { path, text } of files) {
      at = join(folder, path);
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), text, { flag: "wx" });
    }
    for (const { path } of files) {
      at = join(folder, path);
      await mkdir(dirname(at), { recursive: true });
    }
    made = undefined;
    for (const { path } of files) {
      at = join(folder, path);
      await rename(join(staging, path), at);
    }
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw asProblem(error, at, attempt);
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

/** The path of a folder without symbolic links, even if the folder doesn't exist yet. */
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

function asProblem(error: unknown, file: string, attempt: Attempt): Problem {
  if (error instanceof Problem) return error;
  return notWritten(file, (error as NodeJS.ErrnoException).code ?? "unknown", attempt);
}

function notWritten(file: string, code: string, attempt: Attempt): Problem {
  return new Problem("file-not-written", { file, code, chosenBy: "--out" }, attempt);
}
