import { expect, test } from "@jest/globals";
import { declaredTwice, owners } from "../support/ownedSecrets";
import { startStack } from "../support/testStack";

test("if two names turn out equal during the update, the second fails", async () => {
  const stack = await startStack({ emulator: { uniqueNames: false } });
  const program = (names: string[]) => `
    const base = new WorkspaceSecret("base", { value: "v" });
    let last = base;
    for (const name of ${JSON.stringify(names)}) {
      const args = { name: pulumi.interpolate\`OF_\${base.secretId}\`, value: name, onExisting: "overwrite" };
      last = new WorkspaceSecret(name, args, { dependsOn: last });
    }`;

  await stack.program(program(["a", "b"]));
  expect((await stack.preview()).code).toBe(0);
  const run = await stack.up();

  expect(run.code).not.toBe(0);
  const [base] = stack.workspace.secrets();
  expect(run.problems).toMatchObject([declaredTwice("b", "a", "name")]);
  await stack.deploy(program(["a"]));
  expect(stack.workspace.secrets().map(({ name, value }) => [name, value])).toEqual([
    ["base", "v"],
    [`OF_${base?.id}`, "a"],
  ]);
  expect(await stack.secrets()).toHaveLength(2);
});

test("a resource can't have the name of a secret in a component", async () => {
  const stack = await startStack();
  await stack.program(
    `const all = new WorkspaceSecrets("all", { prefix: "P_", secrets: { X: "v" } });
    new WorkspaceSecret("b", { name: "P_X", value: "w" }, { dependsOn: all });`,
  );

  const run = await stack.preview();

  expect(run.code).not.toBe(0);
  expect(run.problems).toMatchObject([declaredTwice("b", "all-X", "name")]);
});

test("two resources may share a name in two workspaces", async () => {
  const stack = await startStack({ emulator: { keys: { sk_default: {}, sk_other: { workspace: "other" } } } });
  const workspaces = { other: { apiKey: "sk_other", baseUrl: stack.emulator.url } };
  await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify(workspaces)).orThrow();

  await stack.deploy(`
    new WorkspaceSecret("a", { name: "CRM", value: "a" });
    new WorkspaceSecret("b", { name: "CRM", value: "b", workspace: "other" });
  `);

  expect(stack.workspace.secrets()).toMatchObject([{ name: "CRM", value: "a" }]);
  expect(stack.emulator.workspace("other").secrets()).toMatchObject([{ name: "CRM", value: "b" }]);
});

test("a renamed component with an alias keeps its secrets", async () => {
  const stack = await startStack();
  const program = (name: string, options = "{}") =>
    `new WorkspaceSecrets("${name}", { secrets: { CRM: "v" }, onExisting: "overwrite" }, ${options});`;
  await stack.deploy(program("old"));
  const before = stack.workspace.secrets();

  const run = await stack.deploy(program("new", '{ aliases: [{ name: "old" }] }'));

  expect(run.calls).toEqual([]);
  expect(stack.workspace.secrets()).toEqual(before);
  expect(await owners(stack)).toEqual([`new-CRM ${before[0]?.id}`]);
});
