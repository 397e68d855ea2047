import { describe, expect, test } from "@jest/globals";
import { addWorkspaces } from "../../support/namedWorkspaces";
import { owners, urn } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { expectOneOwner, fails, held, outcome } from "./support";

/** A stack whose config has two names for one workspace, each with its own key. The API allows duplicate names. */
async function twoNames(): Promise<TestStack> {
  const emulator = { keys: { sk_one: {}, sk_two: {} }, uniqueNames: false, latencyMs: 50 };
  const stack = await startStack({ emulator });
  const { url } = stack.emulator;
  await addWorkspaces(stack, { one: { apiKey: "sk_one", url }, two: { apiKey: "sk_two", url } });
  return stack;
}

const secret = (workspace: string, args = "") =>
  `new WorkspaceSecret("${workspace}", { name: "A", value: "${workspace}", workspace: "${workspace}", ${args} });`;

describe("two keys of one workspace", () => {
  test("two keys of one workspace never create the same name twice", async () => {
    const stack = await twoNames();
    await stack.program(secret("one") + secret("two"));

    const run = await stack.up();

    await expectOneOwner(stack, run);
  });

  test("two keys of one workspace never adopt the same secret", async () => {
    const stack = await twoNames();
    const { id } = stack.workspace.add("A", "theirs");
    await stack.program(secret("one", 'onExisting: "overwrite"') + secret("two", 'onExisting: "overwrite"'));

    const run = await stack.up();

    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    const [owner = ""] = await owners(stack);
    expect(await owners(stack)).toHaveLength(1);
    expect(held(stack.workspace)).toEqual([`${id} A=${owner.split(" ")[0]}`]);
  });

  test("--target never adopts the secret of a resource with another key", async () => {
    const stack = await twoNames();
    await stack.deploy(secret("one"));
    const [before, state] = [held(stack.workspace), await owners(stack)];
    await stack.program(secret("one") + secret("two", 'onExisting: "overwrite"'));

    const run = await stack.up("--target", urn("two"));

    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    expect(held(stack.workspace)).toEqual(before);
    expect(await owners(stack)).toEqual(state);
  });
});
