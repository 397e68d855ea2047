import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

test("the README's tables of config keys and inputs are up to date", async () => {
  const run = promisify(execFile)(process.execPath, ["scripts/readmeTables.mjs", "--check"]);
  await expect(run).resolves.toEqual({ stdout: "", stderr: "" });
});
