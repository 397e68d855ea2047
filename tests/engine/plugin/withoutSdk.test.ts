import { expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { startStack } from "../../support/testStack";

test("without an SDK, the name is the logical name", async () => {
  const stack = await startStack({ host: "native" });
  const program = `new pulumi.CustomResource("${NATIVE_TYPE}", "CRM_TOKEN", { value: pulumi.secret("v") });`;

  const preview = await stack.program(program).then(() => stack.preview());
  const up = await stack.up();
  const refresh = await stack.refresh("--run-program", "--expect-no-changes");
  const after = await stack.preview("--refresh", "--expect-no-changes");

  expect(preview).toMatchObject({ code: 0, problems: [] });
  expect(up).toMatchObject({ code: 0, changes: { create: 1 }, problems: [] });
  expect(stack.workspace.secrets()).toMatchObject([{ name: "CRM_TOKEN", value: "v" }]);
  // Before the engine has checked the inputs, its line of progress compares them, so it shows "-name".
  expect(refresh).toMatchObject({ code: 0, changes: { same: 1 }, calls: ["get"], problems: [] });
  expect(after.code).toBe(0);
});

test("writing or omitting the same name changes nothing", async () => {
  const stack = await startStack({ host: "native" });
  const program = (inputs: string) => `new pulumi.CustomResource("${NATIVE_TYPE}", "CRM", { value: "v"${inputs} });`;
  await stack.deploy(program(""));

  const named = await stack.deploy(program(', name: "CRM"'));
  const unnamed = await stack.deploy(program(""));

  for (const run of [named, unnamed]) expect(run).toMatchObject({ changes: { same: 1 }, calls: [] });
});
