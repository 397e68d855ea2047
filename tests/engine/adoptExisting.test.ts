import { describe, expect, test } from "@jest/globals";
import { startStack, type TestStack } from "../support/testStack";

/** Adds four secrets by hand, one for each way to adopt a secret. The resources are named after the ways. */
function madeByHand(stack: TestStack) {
  const ways = ["overwrite", "keep", "byId", "byIdKeep"];
  const secrets = ways.map((way) => stack.workspace.add(way, `their ${way}`, { dependents: { agents: ["Support"] } }));
  const id = Object.fromEntries(secrets.map((secret) => [secret.name, secret.id]));
  const args: Record<string, string> = {
    overwrite: 'onExisting: "overwrite"',
    keep: 'onExisting: "keep"',
    byId: `existingId: "${id.byId}"`,
    byIdKeep: `existingId: "${id.byIdKeep}", onExisting: "keep"`,
  };
  const program = (value: string, more: Record<string, string> = {}) =>
    ways
      .map((way) => `new WorkspaceSecret("${way}", { value: "${value}", ${args[way]}, ${more[way] ?? ""} });`)
      .join("\n");
  /** Returns the values in the workspace. Fails if an id, a name or a dependent has changed. */
  const values = () => {
    const now = stack.workspace.secrets();
    expect(now.map(({ value: _, ...rest }) => rest)).toEqual(secrets.map(({ value: _, ...rest }) => rest));
    return now.map(({ value }) => value);
  };
  return { id, program, values, ways };
}

describe("an adopted secret", () => {
  test('adopting keeps the id, the dependents and, with "keep", the value', async () => {
    const stack = await startStack();
    const { id, program, values, ways } = madeByHand(stack);

    const run = await stack.deploy(program("ours"));

    expect(values()).toEqual(["ours", "their keep", "ours", "their byIdKeep"]);
    expect(run.calls.filter((call) => call === "update")).toHaveLength(2);
    // An adoption by name sends a search, then a GET of the found secret. An adoption by id sends only a GET.
    expect(run.calls.filter((call) => call === "list")).toHaveLength(2);
    expect(run.calls.filter((call) => call === "get")).toHaveLength(4);
    expect(run.calls).toHaveLength(8);
    const state = await stack.decryptedSecrets();
    for (const way of ways) {
      expect(state[way]?.id).toBe(id[way]);
      expect(state[way]?.outputs).toMatchObject({ secretId: id[way], name: way });
    }

    const again = await stack.up();
    expect([again.changes, again.calls]).toEqual([{ same: 4 }, []]);
    const refreshed = await stack.refresh("--expect-no-changes");
    expect([refreshed.code, refreshed.calls]).toEqual([0, ["get", "get", "get", "get"]]);
    const afterwards = await stack.up();
    expect([afterwards.changes, afterwards.calls]).toEqual([{ same: 4 }, []]);
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
    expect(values()).toEqual(["ours", "their keep", "ours", "their byIdKeep"]);
  });

  test("an adopted secret is then managed like any other secret", async () => {
    const stack = await startStack();
    const { program, values, ways } = madeByHand(stack);
    await stack.deploy(program("v1", { keep: "triggers: [1]", byIdKeep: "triggers: [1]" }));
    expect(values()).toEqual(["v1", "their keep", "v1", "their byIdKeep"]);

    const triggered = await stack.deploy(program("v1", { keep: "triggers: [2]", byIdKeep: "triggers: [1]" }));
    expect([triggered.steps.keep, triggered.calls]).toEqual(["update", ["update"]]);
    expect(values()).toEqual(["v1", "v1", "v1", "their byIdKeep"]);

    const pushed = await stack.deploy(program("v2", { keep: "triggers: [2]", byIdKeep: "triggers: [1]" }));
    expect([pushed.changes, pushed.calls]).toEqual([{ update: 4 }, ["update", "update", "update", "update"]]);
    expect(values()).toEqual(["v2", "v2", "v2", "v2"]);

    // The program also removes the triggers, which pushes the value once more.
    const plain = ways.map((way) => `new WorkspaceSecret("${way}", { value: "v2" });`).join("\n");
    const dropped = await stack.deploy(plain);
    expect([dropped.changes, dropped.calls]).toEqual([{ update: 4 }, ["update", "update"]]);
    for (const { id } of stack.workspace.secrets()) stack.workspace.use(id, {});

    const destroyed = await stack.destroy();
    expect([destroyed.code, destroyed.changes]).toEqual([0, { delete: 4 }]);
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test("an adopted secret that was deleted by hand is created again", async () => {
    const stack = await startStack();
    const kept = stack.workspace.add("CRM_TOKEN", "theirs");
    const program = 'new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "ours", onExisting: "keep" });';
    await stack.deploy(program);

    stack.workspace.remove(kept.id);
    const refreshed = await stack.refresh();
    expect([refreshed.code, await stack.secrets()]).toEqual([0, []]);

    const run = await stack.deploy(program);
    expect([run.changes, run.calls]).toEqual([{ create: 1 }, ["list", "create"]]);
    expect(stack.workspace.secrets()).toMatchObject([{ name: "CRM_TOKEN", value: "ours" }]);
  });
});

describe("existingId", () => {
  test("existingId chooses one of several secrets with the same name", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    const [first, second] = [stack.workspace.add("CRM_TOKEN", "first"), stack.workspace.add("CRM_TOKEN", "second")];
    const program = `new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "ours", existingId: "${second.id}" });`;

    const run = await stack.deploy(program);
    expect(run.calls).toEqual(["get", "update"]);
    expect(stack.workspace.secrets()).toEqual([first, { ...second, value: "ours" }]);
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);

    await stack.destroy();
    expect(stack.workspace.secrets()).toEqual([first]);
  });

  test("existingId renames the secret, but not to a taken name or with keep", async () => {
    // This API allows two secrets with one name, but the provider doesn't.
    const stack = await startStack({ emulator: { uniqueNames: false } });
    const renamed = stack.workspace.add("OLD", "theirs");
    const kept = stack.workspace.add("KEPT", "theirs");
    const third = stack.workspace.add("THIRD", "theirs");
    const taken = stack.workspace.add("TAKEN", "theirs");
    const program = (nameOfKept: string) => `
      new WorkspaceSecret("NEW", { value: "ours", existingId: "${renamed.id}" });
      new WorkspaceSecret("kept", { name: "${nameOfKept}", value: "ours", existingId: "${kept.id}", onExisting: "keep" });
    `;

    await stack.program(`
      ${program("ANOTHER")}
      new WorkspaceSecret("TAKEN", { value: "ours", existingId: "${third.id}" });
      new WorkspaceSecret("gone", { value: "ours", existingId: "no-such-id" });
    `);
    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    const after = [{ ...renamed, name: "NEW", value: "ours" }, kept, third, taken];
    expect(stack.workspace.secrets()).toEqual(after);
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([renamed.id]);
    const problems = Object.fromEntries(run.problems.map((problem) => [problem.resource, problem]));
    expect(Object.keys(problems).sort()).toEqual(["TAKEN", "gone", "kept"]);
    expect(problems.kept?.kind).toBe("kept-value-has-other-name");
    for (const fact of ['"ANOTHER"', `${kept.id} is named "KEPT"`, 'name: "KEPT"', 'onExisting: "keep"']) {
      expect(problems.kept?.message).toContain(fact);
    }
    expect(problems.TAKEN).toMatchObject({ kind: "new-name-taken", message: expect.stringContaining(taken.id) });
    expect(problems.gone?.kind).toBe("existing-id-not-found");
    for (const fact of ['"gone"', '"default"', '"no-such-id"']) expect(problems.gone?.message).toContain(fact);
    expect(run.calls).not.toContain("create");

    const followed = await stack.deploy(program("KEPT"));
    expect(followed.calls).toEqual(["get"]);
    expect(stack.workspace.secrets()).toEqual(after);
    expect((await stack.secrets()).map(({ id }) => id).sort()).toEqual([renamed.id, kept.id].sort());
  });
});
