import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const ROW = /^\|[^|]+\|[^|]+\| `([\w./]+)`: (.+) \|$/;

test("every row of the contract table names a test that exists", () => {
  const [, table = ""] = readFileSync("tests/README.md", "utf8").split("| step | situation | test |\n|---|---|---|\n");
  const rows = table.trimEnd().split("\n");
  expect(rows.length).toBeGreaterThan(50);

  const missing = rows.filter((row) => {
    const [, file, title] = ROW.exec(row) ?? [];
    if (file === undefined || title === undefined) return true;
    // A title is on the line of the call, or below it.
    const source = readFileSync(`tests/engine/${file}.test.ts`, "utf8").replaceAll(/\(\s+(?=["'])/g, "(");
    // A title follows the call, or the end of the table of `each`.
    const named = ['"', "'"].some((quote) =>
      ["test(", "describe(", "])(", "each(CASES)(", 'testFor("dynamic")('].some((call) =>
        source.includes(`${call}${quote}${title}${quote}`),
      ),
    );
    return !named;
  });

  expect(missing).toEqual([]);
});
