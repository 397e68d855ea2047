import { describe, expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../../provider/hosts/typeTokens";
import { owners, urn } from "../../../support/ownedSecrets";
import { startStack } from "../../../support/testStack";
import { expectOneOwner, fails, held, outcome } from "../support";

/** A stack with two provider objects for one workspace, each with its own key. The API allows duplicate names. */
async function twoProviders() {
  const emulator = { keys: { sk_one: {}, sk_two: {} }, uniqueNames: false, latencyMs: 50 };
  const stack = await startStack({ host: "native", emulator });
  const secret = (name: string, args = "") => {
    const config = JSON.stringify({ apiKey: `sk_${name}`, baseUrl: stack.emulator.url, maxRetries: 1 });
    return `
      const p_${name} = new Provider("${name}", ${config});
      new WorkspaceSecret("${name}", { name: "A", value: "${name}", ${args} }, { provider: p_${name} });`;
  };
  return { stack, secret };
}

describe("two provider objects of one workspace", () => {
  test("two providers of one workspace never create the same name twice", async () => {
    const { stack, secret } = await twoProviders();
    await stack.program(secret("one") + secret("two"));

    const run = await stack.up();

    await expectOneOwner(stack, run);
  });

  test("two providers of one workspace never adopt the same secret", async () => {
    const { stack, secret } = await twoProviders();
    const { id } = stack.workspace.add("A", "theirs");
    await stack.program(secret("one", 'onExisting: "overwrite"') + secret("two", 'onExisting: "overwrite"'));

    const run = await stack.up();
    const state = await owners(stack);

    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    expect(state).toHaveLength(1);
    expect(held(stack.workspace)).toEqual([`${id} A=${state[0]?.split(" ")[0]}`]);
  });

  test("--target never adopts a secret that another provider owns", async () => {
    const { stack, secret } = await twoProviders();
    await stack.deploy(secret("one"));
    const [before, state] = [held(stack.workspace), await owners(stack)];
    await stack.program(secret("one") + secret("two", 'onExisting: "overwrite"'));

    const run = await stack.up("--target", urn("two", NATIVE_TYPE));

    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    expect(held(stack.workspace)).toEqual(before);
    expect(await owners(stack)).toEqual(state);
  });
});
