import { cp, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { startStack, type TestStack } from "../support/testStack";

/** A stack of this repository, in the state after `git clone` and `npm install`. */
async function startRoot(): Promise<TestStack> {
  const stack = await startStack({ inOwnProcess: true });
  const { folder } = stack;
  await rm(join(folder, "node_modules"), { recursive: true });
  await symlink(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  for (const name of ["Pulumi.yaml", "package.json", "dist"]) {
    await cp(join(process.cwd(), name), join(folder, name), { recursive: true });
  }
  await stack.cli(["stack", "init", "test"]).orThrow();
  return stack;
}

async function ids(stack: TestStack): Promise<unknown> {
  return JSON.parse((await stack.cli(["stack", "output", "--json", "secretIds"]).orThrow()).output);
}

test("this repository is a program that manages the secrets in its config", async () => {
  const stack = await startRoot();
  const { workspace } = stack;
  const foreign = workspace.add("FOREIGN", "theirs");
  for (const name of ["CRM_TOKEN", "HOOK_KEY"]) {
    await stack.cli(["config", "set", "--secret", "--path", `secrets.${name}`], `value of ${name}`).orThrow();
  }
  const ours = () => workspace.secrets().filter(({ id }) => id !== foreign.id);
  const values = () => Object.fromEntries(ours().map(({ name, value }) => [name, value]));
  const idsByName = () => Object.fromEntries(ours().map(({ name, id }) => [name, id]));

  const first = await stack.up();

  expect(first.steps).toEqual({ "secrets-CRM_TOKEN": "create", "secrets-HOOK_KEY": "create" });
  expect(values()).toEqual({ CRM_TOKEN: "value of CRM_TOKEN", HOOK_KEY: "value of HOOK_KEY" });
  expect(await ids(stack)).toEqual(idsByName());

  const again = await stack.up("--refresh", "--expect-no-changes");

  expect(again.code).toBe(0);
  expect(again.calls).toEqual(["get", "get"]);

  const before = idsByName();
  await stack.cli(["config", "set", "prefix", "dev_"]).orThrow();
  const prefixed = await stack.up();

  expect(prefixed.changes).toEqual({ "create-replacement": 2, replace: 2, "delete-replaced": 2 });
  expect(values()).toEqual({ dev_CRM_TOKEN: "value of CRM_TOKEN", dev_HOOK_KEY: "value of HOOK_KEY" });
  expect(await ids(stack)).toEqual(idsByName());
  expect(Object.values(idsByName())).not.toContain(before.CRM_TOKEN);

  const gone = await stack.destroy();

  expect(gone.code).toBe(0);
  expect(workspace.secrets()).toEqual([foreign]);
});
