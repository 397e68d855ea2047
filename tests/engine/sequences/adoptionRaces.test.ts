import { expect, test } from "@jest/globals";
import { owners } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";
import { fails, held, outcome, writes } from "./support";

const PROGRAM = 'new WorkspaceSecret("a", { name: "A", value: "ours", onExisting: "overwrite" });';

test("a secret that is renamed after it was listed is not overwritten", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("A", "theirs");
  stack.emulator.fault({ kind: "delay", ms: 700, on: "list", when: "after" });
  await stack.program(PROGRAM);
  const isListed = stack.emulator.waitForRequest(({ operation }) => operation === "list", 60_000);
  const renamed = isListed.then(() => stack.workspace.rename(id, "THEIRS"));

  const run = await stack.up();
  await renamed;

  expect(outcome(run)).toEqual(fails(run, "changed-meanwhile"));
  expect(writes(run)).toEqual([]);
  expect(held(stack.workspace)).toEqual([`${id} THEIRS=theirs`]);
  expect(await owners(stack)).toEqual([]);
});

test("a secret that is deleted after it was listed is not adopted", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("A", "theirs");
  stack.emulator.fault({ kind: "delay", ms: 700, on: "list", when: "after" });
  await stack.program(PROGRAM);
  const isListed = stack.emulator.waitForRequest(({ operation }) => operation === "list", 60_000);
  const removed = isListed.then(() => stack.workspace.remove(id));

  const run = await stack.up();
  await removed;

  expect(outcome(run)).toEqual(fails(run, "changed-meanwhile"));
  expect(held(stack.workspace)).toEqual([]);
  expect(await owners(stack)).toEqual([]);
});

test("an adoption checks the secret once more, with a single GET", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("A", "theirs");

  const run = await stack.deploy(PROGRAM);

  expect(run.calls).toEqual(["list", "get", "update"]);
  expect(held(stack.workspace)).toEqual([`${id} A=ours`]);
});
