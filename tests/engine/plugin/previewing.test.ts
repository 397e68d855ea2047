import { expect, test } from "@jest/globals";
import { startStack } from "../../support/testStack";

test("a preview shows name, workspace and endpoint of a new secret", async () => {
  const stack = await startStack({ host: "native" });
  await stack.program(`
    const { name, workspace, endpoint, secretId } = new WorkspaceSecret("A", { value: "v" });
    Object.assign(exports, { name, workspace, endpoint, secretId });`);

  const { output } = await stack.preview();

  expect(output).toMatch(/name *: "A"\n/);
  expect(output).toMatch(/workspace *: "default"\n/);
  expect(output).toContain(`endpoint : "${stack.emulator.url}"\n`);
  expect(output).toMatch(/secretId *: (\[unknown\]|output<string>)\n/);
});

test("a preview shows the changed inputs, and applies replaceOnChanges", async () => {
  const stack = await startStack({ host: "native" });
  await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
  const changed = (options: string) => `new WorkspaceSecret("A", { value: "w", onInUse: "retain" }, ${options});`;

  await stack.program(changed("{}"));
  const update = await stack.preview();
  await stack.program(changed('{ replaceOnChanges: ["value"], deleteBeforeReplace: true }'));
  const replace = await stack.preview();

  expect(update).toMatchObject({ code: 0, changes: { update: 1 } });
  expect(update.output).toMatch(/\[diff: \+onInUse~value\]/);
  expect(replace).toMatchObject({ code: 0, changes: { replace: 1 } });
});
