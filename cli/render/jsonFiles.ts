import { isUtf8 } from "node:buffer";
import type { Dirent } from "node:fs";
import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../errorCode.js";
import type { JsonFault } from "./markers.js";

/** The reason why a file can't be rendered. It never contains a part of the file, which may have a secret value. */
export type FileFault = { file: string } & (
  | JsonFault
  | { kind: "not-utf8" }
  | { kind: "symbolic-link" }
  | { kind: "unreadable"; code: string }
);

/** A file to read as JSON. The path is relative to the input folder. */
export interface JsonFile {
  path: string;
  text: string;
}

export interface JsonFiles {
  /** The path of the input without symbolic links. */
  input: string;
  files: JsonFile[];
  faults: FileFault[];
}

/**
 * Reads a file, or the `.json` files in a folder and its subfolders, in the order of their paths. Undefined if there is no such
 * file or folder.
 */
export async function readJsonFiles(input: string): Promise<JsonFiles | undefined> {
  const found = await stat(input).catch(() => undefined);
  if (!found?.isDirectory() && !found?.isFile()) return undefined;
  const folder = await realpath(found.isDirectory() ? input : dirname(input));
  const files: JsonFile[] = [];
  const faults: FileFault[] = [];
  const paths = found.isDirectory() ? await pathsIn(folder, ".", faults) : [basename(input)];
  for (const path of paths.sort()) {
    const read = await readText(join(folder, path), path);
    if ("text" in read) files.push(read);
    else faults.push(read);
  }
  return { input: found.isDirectory() ? folder : join(folder, basename(input)), files, faults };
}

async function pathsIn(folder: string, at: string, faults: FileFault[]): Promise<string[]> {
  const entries = await readdir(join(folder, at), { withFileTypes: true }).catch((error: unknown) => {
    faults.push(unreadable(at, error));
    return [];
  });
  const paths = entries.map(async (entry) => {
    const path = join(at, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (entry.isDirectory()) return pathsIn(folder, path, faults);
    return entry.name.endsWith(".json") || (await isLinkToFolder(join(folder, path), entry)) ? [path] : [];
  });
  return (await Promise.all(paths)).flat();
}

async function isLinkToFolder(path: string, entry: Dirent): Promise<boolean> {
  return entry.isSymbolicLink() && (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

async function readText(file: string, path: string): Promise<JsonFile | FileFault> {
  try {
    // A symbolic link could point outside the folder, or form a loop.
    if ((await lstat(file)).isSymbolicLink()) return { file: path, kind: "symbolic-link" };
    const bytes = await readFile(file);
    return isUtf8(bytes) ? { path, text: bytes.toString("utf8") } : { file: path, kind: "not-utf8" };
  } catch (error) {
    return unreadable(path, error);
  }
}

function unreadable(file: string, error: unknown): FileFault {
  return { file, kind: "unreadable", code: errorCode(error) };
}
