import { expect, test } from "@jest/globals";
import { startStack } from "../support/testStack";

const normalizeName = (name: string) => name.trim().toUpperCase();
const secret = (name: string, args = "") => `new WorkspaceSecret("crm", { name: "${name}", value: "v"${args} });`;

test("a name that the API spells differently is not a change", async () => {
  const stack = await startStack({ emulator: { normalizeName } });
  await stack.deploy(secret(" crm_token "));
  const [made] = stack.workspace.secrets();

  const again = await stack.up("--expect-no-changes");
  const refreshed = await stack.up("--refresh", "--expect-no-changes");
  const pushed = await stack.deploy(secret(" crm_token ", ", triggers: [1]"));

  expect([again.code, refreshed.code]).toEqual([0, 0]);
  expect(again.calls).toEqual([]);
  expect(pushed.calls).toEqual(["update"]);
  expect((await stack.secret("crm"))?.outputs).toMatchObject({ name: "CRM_TOKEN" });
  expect(stack.workspace.secrets()).toEqual([{ ...made, name: "CRM_TOKEN" }]);
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});

test("the API's spelling in the program is not a change; another name is", async () => {
  const stack = await startStack({ emulator: { normalizeName } });
  await stack.deploy(secret("crm", ', onNameChange: "rename"'));
  const [made] = stack.workspace.secrets();

  const same = await stack.deploy(secret("CRM", ', onNameChange: "rename"'));
  const renamed = await stack.deploy(secret("erp", ', onNameChange: "rename"'));

  expect(same.calls).toEqual([]);
  // When the provider knows the API's spelling of the new name, it also searches for that spelling.
  expect(renamed.calls).toEqual(["list", "update", "list"]);
  expect(stack.workspace.secrets()).toEqual([{ ...made, name: "ERP" }]);
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});

test("a rename by hand is repaired even if the API spells names differently", async () => {
  const stack = await startStack({ emulator: { normalizeName } });
  await stack.deploy(secret("crm", ', onNameChange: "rename"'));
  const [made] = stack.workspace.secrets();
  stack.workspace.rename(made?.id ?? "", "OTHER");

  const run = await stack.up("--refresh");

  expect(run.code).toBe(0);
  expect(stack.workspace.secrets()).toEqual([made]);
});
