import { describe, expect, test } from "@jest/globals";
import { startStack, type TestStack } from "../support/testStack";

/** Four secrets made by hand, one for each way to take one over; the resource of each is named like the way. */
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
  /** The values in the workspace; fails where an id or a name is another, or a dependent is gone. */
  const values = () => {
    const now = stack.workspace.secrets();
    expect(now.map(({ value: _, ...rest }) => rest)).toEqual(secrets.map(({ value: _, ...rest }) => rest));
    return now.map(({ value }) => value);
  };
  return { id, program, values, ways };
}

describe("a secret that is taken over", () => {
  test('keeps its id and its users; "keep" leaves its value, the others push ours; and nothing changes from then on', async () => {
    const stack = await startStack();
    const { id, program, values, ways } = madeByHand(stack);

    const run = await stack.deploy(program("ours"));

    expect(values()).toEqual(["ours", "their keep", "ours", "their byIdKeep"]);
    expect(run.calls.filter((call) => call === "update")).toHaveLength(2);
    // By name it takes a search, by id a GET.
    expect(run.calls.filter((call) => call === "list")).toHaveLength(2);
    expect(run.calls.filter((call) => call === "get")).toHaveLength(2);
    expect(run.calls).toHaveLength(6);
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

  test("is ours from then on: a change of value or triggers pushes, dropping the input that took it over calls nothing, destroy deletes", async () => {
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

    // Also the triggers go, which pushes once more.
    const plain = ways.map((way) => `new WorkspaceSecret("${way}", { value: "v2" });`).join("\n");
    const dropped = await stack.deploy(plain);
    expect([dropped.changes, dropped.calls]).toEqual([{ update: 4 }, ["update", "update"]]);
    for (const { id } of stack.workspace.secrets()) stack.workspace.use(id, {});

    const destroyed = await stack.destroy();
    expect([destroyed.code, destroyed.changes]).toEqual([0, { delete: 4 }]);
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test("and then deleted by hand is made again, with our value", async () => {
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
  test("chooses among several secrets of one name, and leaves the others alone", async () => {
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

  test("of a secret with another name renames it and pushes the value, but never onto a name that is taken, nor with keep", async () => {
    // The API would let two secrets share a name; we do not.
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
    expect(run.output).toContain(
      `could not create secret "ANOTHER": secret ${kept.id} is named "KEPT", and the API renames only together with a value.`,
    );
    expect(run.output).toContain('Add  name: "KEPT"  or drop  onExisting: "keep"  to rename it and push the value.');
    expect(run.output).toContain(`could not create secret "TAKEN": the name "TAKEN" is taken by secret ${taken.id}.`);
    expect(run.output).toContain(
      'could not create secret "gone": workspace "default" has no secret of the existingId "no-such-id".',
    );
    expect(run.calls).not.toContain("create");

    const followed = await stack.deploy(program("KEPT"));
    expect(followed.calls).toEqual(["get"]);
    expect(stack.workspace.secrets()).toEqual(after);
    expect((await stack.secrets()).map(({ id }) => id).sort()).toEqual([renamed.id, kept.id].sort());
  });
});
