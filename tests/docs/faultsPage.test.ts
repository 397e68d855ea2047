import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";

test("the README states the number of fault cases in docs/faults.md", async () => {
  const tables = await readFile("docs/faults.md", "utf8");
  const counts = [...tables.matchAll(/^(\d+) cases\.$/gm)].map(([, count]) => Number(count));
  const [, given] = /on the real engine: ([\d,]+) cases/.exec(await readFile("README.md", "utf8")) ?? [];
  expect(Number(given?.replace(",", ""))).toBe(counts.reduce((sum, count) => sum + count, 0));
});
