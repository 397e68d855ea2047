import { expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { startStack } from "../../support/testStack";

test("after the move, up pushes a changed value, and destroy still works", async () => {
  const program = (value: string) => `
    new WorkspaceSecret("alone", { value: "${value}" });
    new WorkspaceSecrets("all", { secrets: { A: "1", B: "2" }, prefix: "p_" });`;
  const stack = await startStack({ host: "dynamic" });
  await stack.deploy(program("v"));
  await stack.useHost("native");

  const update = await stack.deploy(program("w"));
  const destroy = await stack.destroy();

  expect(update).toMatchObject({ calls: ["update"], changes: { update: 1, same: 2 } });
  expect(destroy.calls).toEqual(["delete", "delete", "delete"]);
  expect(stack.workspace.secrets()).toEqual([]);
});

test("an unknown value is pushed after the move to the plugin", async () => {
  const stack = await startStack({ host: "dynamic" });
  await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
  stack.emulator.fault({ kind: "status", status: 500, on: "update" });
  await stack.program('new WorkspaceSecret("A", { value: "w" });');
  expect((await stack.up()).kinds).toEqual(["api-failure"]);
  await stack.useHost("native");

  const up = await stack.deploy('new WorkspaceSecret("A", { value: "w" });');

  expect(up.calls).toEqual(["update"]);
  expect(stack.workspace.secrets()).toMatchObject([{ value: "w" }]);
});

test("moving back requires an alias, and pushes each value once", async () => {
  const stack = await startStack({ host: "native" });
  await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
  const [before] = stack.workspace.secrets();
  await stack.useHost("dynamic");

  const back = await stack.deploy(
    `new WorkspaceSecret("A", { value: "v" }, { aliases: [{ type: "${NATIVE_TYPE}" }] });`,
  );
  const refresh = await stack.refresh();

  expect(back).toMatchObject({ calls: ["update"], changes: { update: 1 } });
  expect(refresh).toMatchObject({ code: 0, calls: ["get"] });
  expect(stack.workspace.secrets()).toEqual([before]);
});
