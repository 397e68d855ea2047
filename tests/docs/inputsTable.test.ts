import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

test("the README's table of inputs is up to date", async () => {
  const run = promisify(execFile)(process.execPath, ["scripts/inputsTable.mjs", "--check"]);
  await expect(run).resolves.toEqual({ stdout: "", stderr: "" });
});
