import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "@jest/globals";
import { hasTitle } from "../support/testTitles";

const ROW = /^\|[^|]+\|[^|]+\| `([\w./]+)`: (.+) \|$/;

test("every row of the contract table names a test that exists", () => {
  const [, table = ""] = readFileSync("tests/README.md", "utf8").split("| step | situation | test |\n|---|---|---|\n");
  const rows = table.trimEnd().split("\n");
  expect(rows.length).toBeGreaterThan(50);

  const missing = rows.filter((row) => {
    const [, file = "", title = ""] = ROW.exec(row) ?? [];
    return !hasTitle(posix.join("engine", file), title);
  });

  expect(missing).toEqual([]);
});
