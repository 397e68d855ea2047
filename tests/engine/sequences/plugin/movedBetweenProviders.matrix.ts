import { describe, expect, test } from "@jest/globals";
import { owners } from "../../../support/ownedSecrets";
import { startStack, type TestStack } from "../../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "../support";

const KEYS = { sk_of_the_stack: {}, sk_rotated: {}, sk_of_another: { workspace: "another" } };

/** Deploys one secret with the default provider. `provider` returns the code of an explicit provider. */
async function deployed() {
  const stack = await startStack({ host: "native", emulator: { keys: KEYS } });
  await stack.deploy(secret(""));
  const baseUrl = stack.emulator.url;
  const provider = (name: string, apiKey: keyof typeof KEYS) =>
    `const ${name} = new Provider("${name}", ${JSON.stringify({ apiKey, baseUrl, maxRetries: 1 })});`;
  return { stack, provider };
}

const secret = (options: string, value = "v") =>
  `new WorkspaceSecret("a", { name: "A", value: "${value}" }, { ${options} });`;

async function expectSame(stack: TestStack, program: string): Promise<void> {
  const [before, state] = [held(stack.workspace), await owners(stack)];
  await stack.program(program);
  const runs = [await stack.up(), await stack.refresh(), await stack.up()];
  expect(runs.map((run) => outcome(run))).toEqual(runs.map((run) => succeeds(run)));
  expect(runs.flatMap(writes)).toEqual([]);
  expect(await owners(stack)).toEqual(state);
  expect(held(stack.workspace)).toEqual(before);
}

describe("a resource that moves to another provider", () => {
  test("a move and a replacement in one command never destroy a kept value", async () => {
    const { stack, provider } = await deployed();
    const theirs = stack.workspace.add("B", "theirs");
    const program = (options: string) => `${provider("second", "sk_of_the_stack")}
      new WorkspaceSecret("b", { name: "B", value: "ours", onExisting: "keep" }, { ${options} });`;
    await stack.deploy(program(""));
    await stack.program(program("provider: second, deleteBeforeReplace: true"));
    const [{ urn = "" } = {}] = (await stack.secrets()).filter(({ id }) => id === theirs.id);

    const run = await stack.up("--replace", urn);

    expect(outcome(run)).toEqual(fails(run, "kept-value-at-risk"));
    expect(stack.workspace.secrets()).toContainEqual(theirs);
  });

  test("a move to a provider of the same workspace keeps the secret", async () => {
    const { stack, provider } = await deployed();

    await expectSame(stack, provider("same", "sk_of_the_stack") + secret("provider: same"));
    await expectSame(stack, provider("rotated", "sk_rotated") + secret("provider: rotated"));
    await expectSame(stack, secret(""));
    const destroy = await stack.destroy();

    expect(outcome(destroy)).toEqual(succeeds(destroy));
    expect(held(stack.workspace)).toEqual([]);
  });

  test("an update without a response keeps the right provider", async () => {
    const { stack, provider } = await deployed();
    await stack.deploy(provider("own", "sk_of_the_stack") + secret("provider: own"));
    // The engine stores the wrong key, so that the next move to a provider with that key looks like no change.
    await stack.program(provider("own", "sk_of_another") + secret("provider: own", "new"));
    const stored = await stack.up();
    const own = provider("own", "sk_of_the_stack");
    await stack.program(own + provider("other", "sk_of_another") + secret("provider: other", "new"));
    stack.emulator.fault({ kind: "status", status: 504, on: "update", times: Number.POSITIVE_INFINITY });

    const refused = await stack.up();
    stack.emulator.clearFaults();
    await stack.program(own);
    const removed = await stack.up();

    for (const run of [stored, refused]) expect(outcome(run)).toEqual(fails(run, "wrong-account"));
    expect(refused.calls).toContain("update");
    expect(outcome(removed)).toEqual(succeeds(removed));
    expect(held(stack.workspace)).toEqual([]);
  });

  test("a move to a provider of another workspace is refused", async () => {
    const { stack, provider } = await deployed();
    const [before, state] = [held(stack.workspace), await owners(stack)];
    const program = (value: string) => provider("other", "sk_of_another") + secret("provider: other", value);

    await stack.program(program("v"));
    const moved = await stack.up();
    await stack.program(program("w"));
    const pushed = await stack.up();
    const refreshed = await stack.up("--refresh");

    for (const run of [moved, pushed]) expect(outcome(run)).toEqual(fails(run, "wrong-account"));
    expect([moved, pushed, refreshed].flatMap(writes).filter((call) => call !== "update")).toEqual([]);
    expect(held(stack.workspace)).toEqual(before);
    expect(held(stack.emulator.workspace("another"))).toEqual([]);
    expect(await owners(stack)).toEqual(state);
    await stack.program(secret(""));
    const destroy = await stack.destroy();
    expect(outcome(destroy)).toEqual(succeeds(destroy));
    expect(held(stack.workspace)).toEqual([]);
  });
});

test("a provider with the key of another workspace loses no secret", async () => {
  const { stack, provider } = await deployed();
  await stack.deploy(provider("explicit", "sk_of_the_stack") + secret("provider: explicit"));
  const [before, state] = [held(stack.workspace), await owners(stack)];
  await stack.program(provider("explicit", "sk_of_another") + secret("provider: explicit"));

  const runs = [await stack.up(), await stack.refresh("--run-program"), await stack.destroy("--run-program")];

  for (const run of runs) expect(outcome(run)).toEqual(fails(run, "wrong-account"));
  expect(held(stack.workspace)).toEqual(before);
  expect(await owners(stack)).toEqual(state);
});
