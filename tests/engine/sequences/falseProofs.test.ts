import { describe, expect, test } from "@jest/globals";
import { startStack, type TestStack } from "../../support/testStack";

const OURS = 'new WorkspaceSecret("a", { name: "A", value: "v" });';
const KEYS = { sk_ours: {}, sk_theirs: { workspace: "another" } };

/** Deploys a stack with one secret, then sets the key of another account, which has a secret `Y`. */
async function withWrongKey(): Promise<{ stack: TestStack; theirs: string }> {
  const stack = await startStack({ emulator: { keys: KEYS } });
  await stack.deploy(OURS);
  const { id } = stack.emulator.workspace("another").add("Y", "theirs");
  stack.env.ELEVENLABS_API_KEY = "sk_theirs";
  return { stack, theirs: id };
}

/** Expects that the secret `A` still exists, and that the state still has it. */
async function expectNothingLost(stack: TestStack): Promise<void> {
  const [made] = stack.workspace.secrets();
  expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "v" }]);
  expect((await stack.secrets()).map(({ id }) => id)).toContain(made?.id);
}

describe("with the key of another account", () => {
  test("a look-up with another account's key doesn't confirm the account", async () => {
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

  test("an adoption with another account's key doesn't confirm the account", async () => {
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

  test("repeated forced replacements with another account's key lose no secret", async () => {
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

test("a program may look up a secret that it also manages", async () => {
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

test("a deleted secret that a list still shows isn't adopted with keep", async () => {
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
