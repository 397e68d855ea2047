import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const run = promisify(execFile);

test("schema.json is up to date, and Pulumi accepts it", async () => {
  const written = await run(process.execPath, ["scripts/schema.mjs", "--check"]);
  const checked = await run(join(process.env.TEST_ENGINE ?? "", "pulumi"), ["schema", "check", "schema.json"]);

  expect(written).toEqual({ stdout: "", stderr: "" });
  expect(checked.stdout + checked.stderr).not.toMatch(/error|warning/i);
});
