import { expect, test } from "@jest/globals";
import { cliIn } from "../../support/commandRun";
import { owners } from "../../support/ownedSecrets";
import { type Run, startStack, type TestStack } from "../../support/testStack";
import { held, outcome, succeeds, writes } from "./support";

const [ANN, BEN, CI] = ["sk_of_ann_xxxx", "sk_of_ben_xxxx", "sk_of_ci_xxxxx"] as const;
const PROGRAM = 'for (const name of ["A", "B"]) new WorkspaceSecret(name, { value: "v" });';

async function deployed(): Promise<TestStack> {
  const stack = await startStack({ emulator: { keys: { [ANN]: {}, [BEN]: {}, [CI]: {} } } });
  await stack.deploy(PROGRAM);
  return stack;
}

function as(stack: TestStack, key: string, step: () => Promise<Run>): Promise<Run> {
  stack.env.ELEVENLABS_API_KEY = key;
  return step();
}

test("three keys of one workspace can take turns without a change", async () => {
  const stack = await deployed();
  const [before, state] = [held(stack.workspace), await owners(stack)];

  const runs = [
    await as(stack, BEN, () => stack.up()),
    await as(stack, CI, () => stack.preview("--refresh", "--expect-no-changes")),
    await as(stack, BEN, () => stack.refresh()),
    await as(stack, ANN, () => stack.preview("--refresh", "--expect-no-changes")),
    await as(stack, CI, () => stack.up("--refresh")),
  ];
  stack.env.ELEVENLABS_API_KEY = BEN;
  const drift = await cliIn(stack, ["drift"]);
  const between = held(stack.workspace);
  const destroy = await as(stack, CI, () => stack.destroy());

  expect(runs.map((run) => outcome(run))).toEqual(runs.map((run) => succeeds(run)));
  expect(runs.flatMap(writes)).toEqual([]);
  expect({ code: drift.code, err: drift.err }).toEqual({ code: 0, err: "" });
  expect(between).toEqual(before);
  expect(state).toHaveLength(2);
  expect(outcome(destroy)).toEqual(succeeds(destroy));
  expect(held(stack.workspace)).toEqual([]);
});

test("each of three keys detects a deleted secret, if another secret remains", async () => {
  const stack = await deployed();
  const [gone, other] = stack.workspace.secrets();
  stack.workspace.remove(gone?.id ?? "");

  const ben = await as(stack, BEN, () => stack.preview("--refresh"));
  stack.env.ELEVENLABS_API_KEY = CI;
  const drift = await cliIn(stack, ["drift"]);
  const ci = await as(stack, CI, () => stack.refresh());
  const left = (await stack.secrets()).map(({ id }) => id);
  const ann = await as(stack, ANN, () => stack.up());
  const quiet = await as(stack, BEN, () => stack.preview("--refresh", "--expect-no-changes"));
  stack.workspace.remove(other?.id ?? "");
  const destroy = await as(stack, CI, () => stack.destroy());

  expect(outcome(ben)).toEqual(succeeds(ben));
  expect(drift.code).toBe(2);
  expect(outcome(ci)).toEqual(succeeds(ci));
  expect(left).toEqual([other?.id]);
  expect(outcome(ann)).toEqual(succeeds(ann));
  expect(ann.changes).toEqual({ create: 1, same: 1 });
  expect(quiet.code).toBe(0);
  expect(outcome(destroy)).toEqual(succeeds(destroy));
  expect(held(stack.workspace)).toEqual([]);
});
