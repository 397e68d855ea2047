import { describe, expect, test } from "@jest/globals";
import { startStack, type TestStack } from "../../support/testStack";

const OURS = 'new WorkspaceSecret("a", { name: "A", value: "v" });';
const KEYS = { sk_ours: {}, sk_theirs: { workspace: "another" } };

/** A stack with one secret, then run with the key of another account, which has a secret `Y`. */
async function withWrongKey(): Promise<{ stack: TestStack; theirs: string }> {
  const stack = await startStack({ emulator: { keys: KEYS } });
  await stack.deploy(OURS);
  const { id } = stack.emulator.workspace("another").add("Y", "theirs");
  stack.env.ELEVENLABS_API_KEY = "sk_theirs";
  return { stack, theirs: id };
}

/** The secret `A` is still there, and the state still has it. */
async function expectNothingLost(stack: TestStack): Promise<void> {
  const [made] = stack.workspace.secrets();
  expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "v" }]);
  expect((await stack.secrets()).map(({ id }) => id)).toContain(made?.id);
}

describe("with the key of another account", () => {
  test("a secret that the program looks up there proves nothing", async () => {
    const { stack, theirs } = await withWrongKey();
    await stack.program(`
      const looked = WorkspaceSecret.get("looked", "${theirs}");
      new WorkspaceSecret("c", { name: "C", value: "v" }, { dependsOn: looked });
    `);

    for (const run of [await stack.up(), await stack.up()]) {
      expect(run.code).not.toBe(0);
      expect(run.kinds).toEqual(["wrong-account"]);
    }
    await expectNothingLost(stack);
  });

  test("a secret that the stack has adopted there proves nothing", async () => {
    const { stack, theirs } = await withWrongKey();
    await stack.program(
      `new WorkspaceSecret("b", { name: "Y", value: "w", existingId: "${theirs}", onExisting: "keep" });`,
    );

    for (const run of [await stack.up(), await stack.up(), await stack.refresh(), await stack.destroy()]) {
      expect(run.code).not.toBe(0);
      expect(run.kinds).toContain("wrong-account");
    }
    await expectNothingLost(stack);
  });

  test("a forced replacement loses no secret, however often it runs", async () => {
    const { stack } = await withWrongKey();
    const [entry] = await stack.secrets();

    const runs = [await stack.up("--replace", entry?.urn ?? ""), await stack.up(), await stack.up()];

    expect(runs[0]?.kinds).toEqual(["wrong-account"]);
    await expectNothingLost(stack);
    stack.env.ELEVENLABS_API_KEY = "sk_ours";
    if ((await stack.secrets()).length === 1) {
      expect((await stack.destroy()).code).toBe(0);
      expect(stack.workspace.secrets()).toEqual([]);
    }
  });
});

test("a secret that the program looks up and manages is no conflict", async () => {
  const stack = await startStack();
  await stack.deploy(OURS);
  const [made] = stack.workspace.secrets();
  const lookUp = `const looked = WorkspaceSecret.get("looked", "${made?.id}");`;

  const run = await stack.deploy(
    `${lookUp} new WorkspaceSecret("a", { name: "A", value: "v" }, { dependsOn: looked });`,
  );
  const removed = await stack.deploy(lookUp);

  expect([run.kinds, run.changes.update]).toEqual([[], undefined]);
  expect(removed.kinds).toEqual(["left-to-other-owner"]);
  expect(stack.workspace.secrets()).toEqual([made]);
});

test("a kept secret that only a lagging list still shows isn't adopted", async () => {
  const stack = await startStack({ emulator: { listLagMs: 60_000 } });
  const { id } = stack.workspace.add("B", "theirs");
  stack.emulator.fault({
    kind: "malformed",
    on: "list",
    body: JSON.stringify({ secrets: [{ type: "stored", secret_id: id, name: "B" }], next_cursor: null }),
  });
  stack.workspace.remove(id);
  await stack.program('new WorkspaceSecret("b", { name: "B", value: "v", onExisting: "keep" });');

  const run = await stack.up();

  expect(run.code).not.toBe(0);
  expect(run.kinds).toEqual(["changed-meanwhile"]);
  expect(await stack.secrets()).toEqual([]);
});
