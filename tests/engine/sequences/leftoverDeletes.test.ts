import { describe, expect, test } from "@jest/globals";
import { owners, urn } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "./support";

/** A second resource, which fails after `a` because its name is taken. */
const FAILING = 'new WorkspaceSecret("b", { name: "TAKEN", value: "v" }, { dependsOn: a });';

const resource = (args: string) => `const a = new WorkspaceSecret("a", { name: "A", value: "ours", ${args} });`;

/**
 * Replaces `a` by itself in a run that fails before it deletes the old entry, so that the delete stays pending in the
 * state.
 */
async function interrupted(stack: TestStack, args: string): Promise<void> {
  stack.workspace.add("TAKEN", "theirs");
  await stack.program(resource(args) + FAILING);
  const run = await stack.up("--replace", urn("a"));
  expect(outcome(run)).toEqual(fails(run, "name-taken"));
}

describe("a delete that remains after an interrupted replacement", () => {
  test("a pending delete keeps the secret that the replacement has adopted", async () => {
    const stack = await startStack();
    await stack.deploy(resource('onExisting: "overwrite"'));
    const before = held(stack.workspace);
    await interrupted(stack, 'onExisting: "overwrite"');
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    expect(await owners(stack)).toEqual([`a ${id}`, `a ${id} (to delete)`]);
    await stack.program(resource('onExisting: "overwrite"'));

    const run = await stack.up();
    const again = await stack.up();
    const destroy = await stack.destroy();

    expect(outcome(run)).toEqual(succeeds(run, "left-to-other-owner"));
    expect(writes(run)).toEqual([]);
    expect(again).toMatchObject({ code: 0, calls: [], kinds: [] });
    expect(outcome(destroy)).toEqual(succeeds(destroy));
    expect(writes(destroy)).toEqual(["delete"]);
    expect(before).toEqual([`${id} A=ours`]);
    expect(held(stack.workspace)).toEqual([expect.stringMatching(/ TAKEN=theirs$/)]);
  });

  test("a pending delete keeps a value that was adopted with keep", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("A", "theirs");
    await stack.deploy(resource('onExisting: "keep"'));
    await interrupted(stack, 'onExisting: "keep"');
    await stack.program(resource('onExisting: "keep"'));

    const runs = [await stack.up(), await stack.up()];

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.flatMap(writes)).toEqual([]);
    expect(held(stack.workspace)).toContain(`${id} A=theirs`);
    expect(await owners(stack)).toEqual([`a ${id}`]);
  });

  test("a pending delete removes a secret that has no owner", async () => {
    const stack = await startStack();
    await stack.deploy(resource(""));
    const [old] = stack.workspace.secrets();
    stack.emulator.fault({ kind: "status", status: 500, on: "delete", times: Number.POSITIVE_INFINITY });
    await stack.program('new WorkspaceSecret("a", { name: "A2", value: "ours" });');
    expect((await stack.up()).code).not.toBe(0);
    stack.emulator.clearFaults();
    expect(await owners(stack)).toContain(`a ${old?.id} (to delete)`);

    const run = await stack.up();

    expect(outcome(run)).toEqual(succeeds(run));
    expect(writes(run)).toEqual(["delete"]);
    expect(held(stack.workspace)).toEqual([expect.stringMatching(/ A2=ours$/)]);
  });
});
