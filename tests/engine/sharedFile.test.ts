import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { startStack } from "../support/testStack";

test("a file that a command's processes share is removed after the command", async () => {
  const stack = await startStack();
  stack.env.TMPDIR = stack.folder;
  await stack.program('new WorkspaceSecret("a", { value: "v" });');
  const folder = join(stack.folder, `pulumi-elevenlabs-${process.getuid?.() ?? "user"}`);

  for (const run of [
    await stack.preview(),
    await stack.up(),
    await stack.preview(),
    await stack.refresh(),
    await stack.destroy(),
  ]) {
    expect(run.code).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  }
});
