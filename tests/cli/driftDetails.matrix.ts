import { expect, test } from "@jest/globals";
import { cliIn, newKey } from "../support/commandRun";
import { deployed } from "../support/deployedNames";
import { startStack } from "../support/testStack";

test("drift says what to edit for adopted secrets, even after a refresh", async () => {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  for (const [name, id] of Object.entries({ A: "id_a", B: "id_b" })) stack.workspace.add(name, "theirs", { id });
  const a = (args: string) => `new WorkspaceSecret("A", { value: "v"${args} });`;
  const b = (args: string) =>
    `new WorkspaceSecret("B", { value: "v", existingId: "id_b", onExisting: "keep"${args} });`;
  await stack.deploy(a(', existingId: "id_a", onExisting: "keep"') + b(""));
  stack.workspace.remove("id_a");
  stack.workspace.rename("id_b", "B2");

  const before = await cliIn(stack, ["drift"]);
  const failed = await stack.up("--refresh");
  const after = await cliIn(stack, ["drift"]);

  expect(before.code).toBe(2);
  expect(before.out).toMatch(/^A .* gone; .*remove existingId: "id_a"/m);
  expect(before.out).toMatch(/^B .* now named "B2"; set name: "B2", or change triggers/m);
  expect(before.out).toMatch(/^To repair: change the program.*: pulumi up --refresh$/m);
  expect(failed.code).not.toBe(0);
  expect(after.code).not.toBe(0);
  expect(after.out).not.toContain("no drift\n");

  await stack.program(a("") + b(', name: "B2"'));
  expect((await stack.up("--refresh")).code).toBe(0);
  expect(stack.workspace.secrets()).toMatchObject([{ id: "id_b", name: "B2", value: "theirs" }, { name: "A" }]);
  expect((await cliIn(stack, ["drift"])).code).toBe(0);
});

test("an id stays on one line, even at a width of 60", async () => {
  const { stack, ids } = await deployed(["A_NAME_OF_SOME_LENGTH"]);
  stack.workspace.rename(ids.A_NAME_OF_SOME_LENGTH ?? "", "OTHER");

  const { out } = await cliIn(stack, ["drift"], { COLUMNS: "60" });

  expect(out).toContain(`${ids.A_NAME_OF_SOME_LENGTH}`);
});

test("the repair command includes the stack of --stack", async () => {
  const { stack, ids } = await deployed(["GONE"]);
  stack.workspace.remove(ids.GONE ?? "");
  await stack.cli(["stack", "init", "other"]).orThrow();

  const text = await cliIn(stack, ["drift", "--stack", "test"], { PULUMI_STACK: "other" });
  const markdown = await cliIn(stack, ["drift", "--stack", "test", "--markdown"], { PULUMI_STACK: "other" });

  for (const { code, out } of [text, markdown]) {
    expect(code).toBe(2);
    expect(out).toMatch(/^To repair: pulumi up --stack test --refresh$/m);
  }
});

test("drift ignores a secret that the program only looks up", async () => {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  const { id } = stack.workspace.add("THEIRS", "v");
  await stack.deploy(`WorkspaceSecret.get("theirs", "${id}");`);
  stack.workspace.rename(id, "OTHER");

  const { code, out } = await cliIn(stack, ["drift"]);

  expect({ code, out }).toEqual({ code: 0, out: "Stack test: 0 secrets, no drift\n" });
});
