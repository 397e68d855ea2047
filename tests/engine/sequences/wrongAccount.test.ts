import { describe, expect, test } from "@jest/globals";
import { owners } from "../../support/ownedSecrets";
import { type Run, startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "./support";

const KEYS = { sk_of_the_stack: {}, sk_of_another: { workspace: "another" } };
const PROGRAM = 'for (const name of ["A", "B", "C"]) new WorkspaceSecret(name, { value: "v" });';

async function deployed(): Promise<TestStack> {
  const stack = await startStack({ emulator: { keys: KEYS } });
  await stack.deploy(PROGRAM);
  return stack;
}

/** Runs a step with the key of another workspace. */
async function withOtherKey(stack: TestStack, step: () => Promise<Run>): Promise<Run> {
  stack.env.ELEVENLABS_API_KEY = "sk_of_another";
  const run = await step();
  stack.env.ELEVENLABS_API_KEY = stack.emulator.apiKey;
  return run;
}

describe("with the key of another workspace", () => {
  test("destroy and refresh are refused with the key of another workspace", async () => {
    const stack = await deployed();
    const [before, state] = [held(stack.workspace), await owners(stack)];

    const destroy = await withOtherKey(stack, () => stack.destroy());
    const refresh = await withOtherKey(stack, () => stack.refresh());

    for (const run of [destroy, refresh]) {
      expect(outcome(run)).toEqual(fails(run, "wrong-account"));
      expect(run.problems.map(({ message }) => message).join("\n")).toContain("pulumi state delete");
    }
    expect(await owners(stack)).toEqual(state);
    expect(held(stack.workspace)).toEqual(before);
  });

  test("up with the key of another workspace creates and pushes nothing", async () => {
    const stack = await deployed();
    const [before, state] = [held(stack.workspace), await owners(stack)];

    await stack.program(PROGRAM.replace('"v"', '"w"'));
    const changed = await withOtherKey(stack, () => stack.up());
    await stack.program(`${PROGRAM} new WorkspaceSecret("D", { value: "v" });`);
    const added = await withOtherKey(stack, () => stack.up());
    const refreshed = await withOtherKey(stack, () => stack.up("--refresh"));

    for (const run of [changed, added, refreshed]) expect(outcome(run)).toEqual(fails(run, "wrong-account"));
    expect(writes(added)).toEqual([]);
    expect(held(stack.emulator.workspace("another"))).toEqual([]);
    expect(held(stack.workspace)).toEqual(before);
    expect(await owners(stack)).toEqual(state);
  });
});

test("a rotated key is recognized as a key of the same account", async () => {
  const stack = await startStack({ emulator: { keys: { sk_old: {}, sk_new: {} } } });
  await stack.deploy(PROGRAM);
  const state = await owners(stack);
  stack.env.ELEVENLABS_API_KEY = "sk_new";

  const quiet = await stack.preview("--refresh", "--expect-no-changes");
  const [gone] = stack.workspace.secrets();
  stack.workspace.remove(gone?.id ?? "");
  const refresh = await stack.refresh();
  const left = await owners(stack);
  const up = await stack.up();
  const destroy = await stack.destroy();

  expect(quiet.code).toBe(0);
  expect(outcome(refresh)).toEqual(succeeds(refresh));
  expect(left).toEqual(state.filter((owner) => !owner.includes(gone?.id ?? "")));
  expect(outcome(up)).toEqual(succeeds(up));
  expect(up.changes).toMatchObject({ create: 1 });
  expect(outcome(destroy)).toEqual(succeeds(destroy));
  expect(held(stack.workspace)).toEqual([]);
});
