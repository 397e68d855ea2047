import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const SCRIPT = `
  import { readFileSync } from "node:fs";
  import { pluginPart } from "./tests/bench/resultTables.mjs";
  process.stdout.write(pluginPart(JSON.parse(readFileSync("tests/bench/results/plugin.json", "utf8"))));`;

test("docs/performance.md has the figures of the plugin's last benchmark", async () => {
  const args = ["--input-type=module", "--eval", SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [, part] =
    /<!-- plugin: generated .*-->\n(.*?)\n<!-- plugin: end -->/s.exec(await readFile("docs/performance.md", "utf8")) ??
    [];
  expect(part).toBe(stdout);
});
