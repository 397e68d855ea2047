import { expect, test } from "@jest/globals";
import { testFor } from "../support/hosts";
import { startStack, type TestStack } from "../support/testStack";

const outputsOf = async (stack: TestStack) =>
  JSON.parse((await stack.cli(["stack", "output", "--json", "--show-secrets"]).orThrow()).output);

test("a program that exports a whole resource exports no input", async () => {
  const stack = await startStack();
  await stack.deploy(`
    const token = new WorkspaceSecret("a", { name: "A", value: "canary", triggers: ["trigger"], onInUse: "retain" });
    module.exports = { token, reference: token.reference, all: new WorkspaceSecrets("all", { secrets: { B: "canary" } }) };
  `);
  const ids = Object.fromEntries(stack.workspace.secrets().map(({ id, name }) => [name, id]));

  const { token, reference, all } = await outputsOf(stack);

  const outputs = ["endpoint", "id", "name", "secretId", "urn", "workspace"];
  expect(Object.keys(token).sort()).toEqual(outputs);
  expect(Object.keys(all.secrets.B).sort()).toEqual(outputs);
  expect([token.secretId, reference.secret_id, all.secretIds.B]).toEqual([ids.A, ids.A, ids.B]);
});

testFor("native")("a plain API key is encrypted in the state of a program in any language", async () => {
  const stack = await startStack({ config: { "elevenlabs:apiKey": "sk_emulator" } });
  await stack.program(
    'new pulumi.CustomResource("elevenlabs:index:WorkspaceSecret", "a", { name: "A", value: pulumi.secret("v") });',
  );

  for (const run of [await stack.up(), await stack.up()]) expect(run.code).toBe(0);

  expect(stack.workspace.secrets()).toMatchObject([{ name: "A" }]);
  expect(JSON.stringify(await stack.resources())).not.toContain("sk_emulator");
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});
