import { expect, test } from "@jest/globals";
import { startStack } from "../../support/testStack";

test("a resource that replaceOnChanges replaces may adopt its own secret", async () => {
  const stack = await startStack({ host: "native" });
  const program = (value: string) =>
    `new WorkspaceSecret("A", { value: "${value}", onExisting: "overwrite" }, { replaceOnChanges: ["value"] });`;
  await stack.deploy(program("v"));
  const [before] = stack.workspace.secrets();

  const run = await stack.deploy(program("w"));

  expect(run.kinds).toEqual(["left-to-other-owner"]);
  expect(stack.workspace.secrets()).toEqual([{ ...before, value: "w" }]);
  expect((await stack.secrets()).map(({ id }) => id)).toEqual([before?.id]);
});
