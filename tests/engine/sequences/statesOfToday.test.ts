import { describe, expect, test } from "@jest/globals";
import { isSecretType } from "../../../provider/hosts/typeTokens";
import { editState, owners, urn } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { held, outcome, succeeds, writes } from "./support";

const PROGRAM = `
  new WorkspaceSecret("own", { name: "OWN", value: "v", triggers: [1] });
  new WorkspaceSecret("kept", { name: "KEPT", value: "ours", onExisting: "keep" });`;

/**
 * A stack whose state was written by the version before marks. With `pending`, the state also has a pending delete of
 * each secret.
 */
async function ofToday({ pending = false } = {}, program = PROGRAM): Promise<TestStack> {
  const stack = await startStack();
  stack.workspace.add("KEPT", "theirs");
  await stack.deploy(program);
  await editState(stack, (resources) => {
    const unmarked = resources.map((resource) => {
      const { mark: _, ...outputs } = resource.outputs ?? {};
      return isSecretType(resource.type) ? { ...resource, outputs } : resource;
    });
    const copies = unmarked.filter(({ type }) => isSecretType(type)).map((copy) => ({ ...copy, delete: true }));
    return pending ? [...unmarked, ...copies] : unmarked;
  });
  return stack;
}

describe("a state from before marks", () => {
  test("a state without marks shows no change, and is destroyed cleanly", async () => {
    const stack = await ofToday();
    const [before, state] = [held(stack.workspace), await owners(stack)];

    const quiet = [
      await stack.preview("--expect-no-changes"),
      await stack.preview("--refresh", "--expect-no-changes"),
      await stack.up(),
      await stack.refresh(),
    ];
    const [between, left] = [held(stack.workspace), await owners(stack)];
    const destroy = await stack.destroy();

    expect(quiet.map((run) => outcome(run))).toEqual(quiet.map((run) => succeeds(run)));
    expect(quiet.flatMap(writes)).toEqual([]);
    expect([between, left]).toEqual([before, state]);
    expect(outcome(destroy)).toEqual(succeeds(destroy));
    expect(held(stack.workspace)).toEqual([]);
  });

  test("a state without marks loses no secret to its pending deletes", async () => {
    const stack = await ofToday({ pending: true });
    const before = held(stack.workspace);

    const preview = await stack.preview();
    const up = await stack.up();
    const between = held(stack.workspace);
    const again = await stack.preview("--refresh", "--expect-no-changes");
    const destroy = await stack.destroy();

    expect(preview.code).toBe(0);
    expect(outcome(up)).toEqual(succeeds(up, "left-to-other-owner"));
    expect(writes(up)).toEqual([]);
    expect(between).toEqual(before);
    expect(again.code).toBe(0);
    expect(await owners(stack)).toEqual([]);
    expect(outcome(destroy)).toEqual(succeeds(destroy));
    expect(held(stack.workspace)).toEqual([]);
  });

  test("the next update adds a mark, and later updates keep it", async () => {
    const stack = await ofToday();
    const marks = async () => (await stack.secrets()).map(({ outputs }) => String(outputs?.mark).split(".")[0]);
    await stack.deploy(PROGRAM.replace("triggers: [1]", "triggers: [2]"));
    const first = await marks();

    await stack.deploy(PROGRAM.replace("triggers: [1]", "triggers: [3]"));

    expect(first.filter((mark) => mark !== "undefined")).toHaveLength(1);
    expect(await marks()).toEqual(first);
  });

  test("a forced replacement adopts its own secret even without marks", async () => {
    const program = 'new WorkspaceSecret("own", { name: "OWN", value: "v", onExisting: "overwrite" });';
    const stack = await ofToday({}, program);
    const before = held(stack.workspace);

    const replaced = await stack.up("--replace", urn("own"));
    const again = await stack.up();

    expect(outcome(replaced)).toEqual(succeeds(replaced, "left-to-other-owner"));
    expect(outcome(again)).toEqual(succeeds(again));
    expect(held(stack.workspace)).toEqual(before);
    expect(await owners(stack)).toHaveLength(1);
  });

  test("destroy removes a state without marks with its pending deletes", async () => {
    const stack = await ofToday({ pending: true });

    const destroy = await stack.destroy();

    expect(destroy.code).toBe(0);
    expect(held(stack.workspace)).toEqual([]);
    expect(await owners(stack)).toEqual([]);
  });
});
