import { expect, test } from "@jest/globals";
import { cliIn, newKey } from "../support/commandRun";
import { startStack } from "../support/testStack";

test("list, drift and doctor understand a stack of the native plugin", async () => {
  const stack = await startStack({ host: "native", emulator: { keys: { [newKey()]: {} } } });
  await stack.deploy('new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "v", onNameChange: "rename" });');
  const id = stack.workspace.secrets()[0]?.id ?? "";

  const clean = await cliIn(stack, ["drift"]);
  stack.workspace.rename(id, "RENAMED");
  const drift = await cliIn(stack, ["drift"]);
  const list = await cliIn(stack, ["list", "--stack"]);
  const doctor = await cliIn(stack, ["doctor"]);

  expect(clean).toMatchObject({ code: 0, err: "" });
  expect(drift.code).toBe(2);
  // The plugin's outputs don't contain this input.
  expect(drift.out).toMatch(new RegExp(`^crm +CRM_TOKEN +${id} +renamed .*will be renamed back$`, "m"));
  expect(list.out).toMatch(new RegExp(`^RENAMED +${id} +0 +crm$`, "m"));
  expect(doctor).toMatchObject({ code: 0, err: "" });
});
