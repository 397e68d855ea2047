import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

test("docs/errors.md is up to date", async () => {
  const run = promisify(execFile)(process.execPath, ["scripts/errorsPage.mjs", "--check"]);
  await expect(run).resolves.toEqual({ stdout: "", stderr: "" });
});
