import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface DocBlock {
  page: string;
  language: string;
  text: string;
}

/** The code blocks of the README, CONTRIBUTING.md and the pages in docs. */
export async function docBlocks(): Promise<DocBlock[]> {
  const docs = (await readdir("docs")).filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  return (await Promise.all(["README.md", "CONTRIBUTING.md", ...docs].map(blocksOf))).flat();
}

export async function blocksOf(page: string): Promise<DocBlock[]> {
  const blocks = (await readFile(page, "utf8")).matchAll(/^```(\w+)\n(.*?)^```/gms);
  return [...blocks].map(([, language = "", text = ""]) => ({ page, language, text }));
}
