import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const ROW = /^\|.*\| `([\w/]+)`: (.+) \|$/gm;

test("every test that the table of the contract names exists", () => {
  const rows = [...readFileSync("tests/README.md", "utf8").matchAll(ROW)];
  expect(rows.length).toBeGreaterThan(50);

  const missing = rows.filter(([, file = "", title = ""]) => {
    const source = readFileSync(`tests/engine/${file}.test.ts`, "utf8");
    return !source.includes(`"${title}"`);
  });

  expect(missing.map(([, file, title]) => `${file}: ${title}`)).toEqual([]);
});
