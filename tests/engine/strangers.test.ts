import { describe, expect, test } from "@jest/globals";
import { startStack, type TestStack } from "../support/testStack";

/** A stack that replaced secret A with B while A was in use, so that the delete of A is pending. */
async function withPendingDelete(): Promise<TestStack> {
  const stack = await startStack();
  await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v" });');
  const [a] = stack.workspace.secrets();
  stack.workspace.use(a?.id ?? "", { agents: ["Support"] });
  await stack.program('new WorkspaceSecret("a", { name: "B", value: "v" });');
  expect((await stack.up()).code).not.toBe(0);
  expect((await stack.secrets()).filter((secret) => secret.delete)).toHaveLength(1);
  stack.workspace.remove(a?.id ?? "");
  return stack;
}

describe("a secret that someone else created under our name", () => {
  test("a stranger's secret with our name survives our pending delete", async () => {
    const stack = await withPendingDelete();
    const stranger = stack.workspace.add("A", "theirs");

    const run = await stack.up("--refresh");

    expect(run.code).toBe(0);
    expect(stack.workspace.secrets()).toContainEqual(stranger);
    expect((await stack.secrets()).map((secret) => secret.delete ?? false)).toEqual([false]);
  });

  test("a stranger's secret with our name survives destroy --refresh", async () => {
    const stack = await startStack();
    await stack.deploy('for (const name of ["A", "B"]) new WorkspaceSecret(name, { value: "v" });');
    for (const { id } of stack.workspace.secrets()) stack.workspace.remove(id);
    const strangers = ["A", "B"].map((name) => stack.workspace.add(name, "theirs"));

    await stack.program('new WorkspaceSecret("B", { value: "v", onExisting: "keep" });');
    expect((await stack.up("--refresh", "--target", "**A")).code).toBe(0);
    expect((await stack.destroy("--refresh")).code).toBe(0);

    expect(stack.workspace.secrets()).toEqual(strangers);
    expect(await stack.secrets()).toEqual([]);
  });

  test("a second secret with the name isn't adopted instead of existingId", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    const [chosen, stranger] = [stack.workspace.add("A", "first"), stack.workspace.add("A", "second")];
    await stack.deploy(`new WorkspaceSecret("a", { name: "A", value: "v", existingId: "${chosen.id}" });`);
    stack.workspace.remove(chosen.id);

    const run = await stack.up("--refresh");

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([{ severity: "error", kind: "existing-id-not-found", resource: "a" }]);
    expect(run.problems[0]?.message).toContain('workspace "default"');
    expect(run.problems[0]?.message).toContain(`existingId: "${chosen.id}"`);
    expect((await stack.destroy()).code).toBe(0);
    expect(stack.workspace.secrets()).toEqual([stranger]);
  });
});

test("swapping names by hand gives no secret two owners", async () => {
  const stack = await startStack({ emulator: { uniqueNames: false } });
  await stack.deploy('for (const name of ["A", "B"]) new WorkspaceSecret(name, { value: name });');
  const [a, b] = ["A", "B"].map((name) => stack.workspace.secrets().find((secret) => secret.name === name));
  stack.workspace.remove(a?.id ?? "");
  stack.workspace.rename(b?.id ?? "", "A");

  expect((await stack.refresh("--target", "**A")).code).toBe(0);

  expect((await stack.secrets()).map(({ id }) => id)).toEqual([b?.id]);
});
