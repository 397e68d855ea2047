import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";

test("the README tells as many cases of faults as the tables have", async () => {
  const tables = await readFile("docs/faults.md", "utf8");
  const counts = [...tables.matchAll(/^(\d+) cases\.$/gm)].map(([, count]) => Number(count));
  const [, told] = /on the real engine: ([\d,]+) cases/.exec(await readFile("README.md", "utf8")) ?? [];
  expect(Number(told?.replace(",", ""))).toBe(counts.reduce((sum, count) => sum + count, 0));
});
