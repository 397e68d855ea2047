import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const SCRIPT = `
  import { readFileSync } from "node:fs";
  import * as tables from "./tests/bench/resultTables.mjs";
  const [part, file] = process.argv.slice(1);
  process.stdout.write(tables[part](JSON.parse(readFileSync(file, "utf8"))));`;

test.each(["plugin", "yaml"])("docs/performance.md has the figures of the last benchmark: %s", async (name) => {
  const args = [`${name}Part`, `tests/bench/results/${name}.json`];
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", SCRIPT, ...args]);
  const marks = new RegExp(`<!-- ${name}: generated .*-->\\n(.*?)\\n<!-- ${name}: end -->`, "s");
  const [, part] = marks.exec(await readFile("docs/performance.md", "utf8")) ?? [];
  expect(part).toBe(stdout);
});
