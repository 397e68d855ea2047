import { expect, test } from "@jest/globals";
import { adopted, expectRefused, program } from "../support/keptSecret";
import { startStack } from "../support/testStack";

test("a rename keeps the adopted value even after onExisting was removed", async () => {
  const stack = await startStack();
  const id = await adopted(stack);
  const dropped = await stack.deploy(program('name: "CRM"'));
  expect([dropped.changes, dropped.calls]).toEqual([{ update: 1 }, []]);

  await stack.program(program('name: "NEW"'));

  expectRefused(await stack.up(), "name");
  expect(stack.workspace.secrets()).toMatchObject([{ id, name: "CRM", value: "theirs" }]);
});

test('an older state: a rename keeps the value adopted with "keep"', async () => {
  const stack = await startStack();
  const id = await adopted(stack);
  const { output } = await stack.cli(["stack", "export"]).orThrow();
  await stack.cli(["stack", "import"], output.replace(/\s*"valueKept": true,?/, "")).orThrow();
  expect((await stack.secret("crm"))?.outputs).not.toHaveProperty("valueKept");
  await stack.program(program('name: "NEW", onExisting: "keep"'));

  expectRefused(await stack.up(), "name");
  expect(stack.workspace.secrets()).toMatchObject([{ id, value: "theirs" }]);
});

test('changed triggers push name and value to a secret adopted with "keep"', async () => {
  const stack = await startStack();
  const id = await adopted(stack);
  const args = `name: "CRM", existingId: "${id}", onExisting: "keep"`;
  await stack.deploy(program(args));
  stack.workspace.rename(id, "BY HAND");
  await stack.program(program(`${args}, triggers: [1]`));

  const run = await stack.up("--refresh");

  expect([run.code, run.calls]).toEqual([0, ["get", "list", "update"]]);
  expect(stack.workspace.secrets()).toMatchObject([{ id, name: "CRM", value: "ours" }]);
});
