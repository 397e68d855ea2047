import { readFile, writeFile } from "node:fs/promises";
import { expect } from "@jest/globals";
import { inFewWords } from "./faultKinds";
import type { Result } from "./matrix";

const PAGE = "docs/faults.md";

/** The page's table for a scenario is what was seen; with UPDATE_FAULTS=1 (and one worker: `-i`) it is written anew. */
export async function expectInDocs(title: string, results: Result[]): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  const [head = "", ...sections] = page.trimEnd().split(/\n\n(?=### )/);
  const section = `### ${title}\n\n${table(results)}`;
  const found = sections.findIndex((text) => text.startsWith(`### ${title}\n`));
  if (process.env.UPDATE_FAULTS) {
    sections.splice(found < 0 ? sections.length : found, found < 0 ? 0 : 1, section);
    await writeFile(PAGE, `${[head, ...sections].join("\n\n")}\n`);
  } else {
    expect(sections[found]).toBe(section);
  }
}

/** A row for each way in which faults went, met once and lasting. */
function table(results: Result[]): string {
  const byFault = Map.groupBy(results, ({ fault }) => fault);
  const ways = Map.groupBy(byFault, ([, both]) => {
    const way = (lasts: boolean) => both.find((result) => result.lasts === lasts)?.outcome ?? "–";
    return `${way(false)} | ${way(true)}`;
  });
  const rows = [...ways].map(([way, faults]) => `| ${inFewWords(faults.map(([name]) => name))} | ${way} |`);
  return [`${results.length} cases.`, "", "| fault | met once | lasting |", "|---|---|---|", ...rows].join("\n");
}
