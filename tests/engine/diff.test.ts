import { describe, expect, test } from "@jest/globals";
import { HOST } from "../support/hosts";
import { addWorkspaces } from "../support/namedWorkspaces";
import { expectError } from "../support/shownProblems";
import { startStack } from "../support/testStack";

describe("a changed name", () => {
  test("a changed name creates a secret before it deletes the old secret", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("token", { name: "OLD", value: "v" })');
    const [old] = stack.workspace.secrets();

    const run = await stack.deploy('new WorkspaceSecret("token", { name: "NEW", value: "v" })');

    expect(run.calls).toEqual(["list", "create", "delete"]);
    expect(run.changes).toEqual({ "create-replacement": 1, replace: 1, "delete-replaced": 1 });
    const [made, ...others] = stack.workspace.secrets();
    expect(others).toEqual([]);
    expect(made).toMatchObject({ name: "NEW", value: "v" });
    expect(made?.id).not.toBe(old?.id);
    expect((await stack.secret("token"))?.id).toBe(made?.id);
  });

  test('onNameChange "rename" is one PATCH that keeps the id', async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("token", { name: "OLD", value: "v1" })');
    const [before] = stack.workspace.secrets();
    stack.workspace.use(before?.id ?? "", { agents: ["Support"] });

    const run = await stack.deploy(
      'new WorkspaceSecret("token", { name: "NEW", value: "v2", onNameChange: "rename" })',
    );

    expect(run.changes).toEqual({ update: 1 });
    // The search prevents two secrets with the same name.
    expect(run.calls).toEqual(["list", "update"]);
    expect(stack.workspace.secrets()).toMatchObject([{ id: before?.id, name: "NEW", value: "v2" }]);
    expect((await stack.secret("token"))?.outputs).toMatchObject({ secretId: before?.id, name: "NEW" });
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test('onNameChange "rename" is refused if another secret has the new name', async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    await stack.deploy('new WorkspaceSecret("token", { name: "OLD", value: "v", onNameChange: "rename" })');
    const other = stack.workspace.add("NEW", "theirs");
    const before = stack.workspace.secrets();

    await stack.program('new WorkspaceSecret("token", { name: "NEW", value: "v", onNameChange: "rename" })');
    const refused = await stack.up();

    expectError(refused, "token", { kind: "new-name-taken", facts: ['the name "NEW"', other.id] });
    expect(refused.calls).toEqual(["list"]);
    expect(stack.workspace.secrets()).toEqual(before);

    stack.workspace.remove(other.id);
    const run = await stack.up();
    expect(run.changes).toEqual({ update: 1 });
    expect(stack.workspace.secrets()).toMatchObject([{ id: before[0]?.id, name: "NEW", value: "v" }]);
  });
});

describe("value and triggers", () => {
  test("a changed value is one PATCH of the same secret", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("CRM_TOKEN", { value: "v1" })');
    const [before] = stack.workspace.secrets();

    const run = await stack.deploy('new WorkspaceSecret("CRM_TOKEN", { value: "v2" })');

    expect(run.changes).toEqual({ update: 1 });
    expect(run.requests).toMatchObject([{ method: "PATCH", path: `/v1/convai/secrets/${before?.id}` }]);
    expect(stack.workspace.secrets()).toMatchObject([{ id: before?.id, name: "CRM_TOKEN", value: "v2" }]);
  });

  test("changed triggers push the value; a new order of keys changes nothing", async () => {
    const stack = await startStack();
    const deploy = (args: string) => stack.deploy(`new WorkspaceSecret("T", { value: "v" ${args} })`);
    await deploy("");
    const [{ id } = { id: "" }] = stack.workspace.secrets();

    const pushed = { changes: { update: 1 }, calls: ["update"] };
    for (const [args, expected] of [
      [', triggers: [1, { a: "x", b: 2 }]', pushed],
      [', triggers: [1, { b: 2, a: "x" }]', { changes: { same: 1 }, calls: [] }],
      [', triggers: [1, { a: "y", b: 2 }]', pushed],
      ["", pushed],
    ] as const) {
      stack.workspace.setValue(id, "changed by hand");
      const run = await deploy(args);
      expect({ args, changes: run.changes, calls: run.calls }).toEqual({ args, ...expected });
      const isPushed = expected === pushed;
      expect(stack.workspace.secrets()).toMatchObject([{ id, name: "T", value: isPushed ? "v" : "changed by hand" }]);
    }
  });
});

describe("a preview", () => {
  test("a preview treats unknown inputs as changed, and makes no call", async () => {
    const stack = await startStack();
    const secrets = (known: string) => `
      const known = ${known};
      new WorkspaceSecret("value", { value: pulumi.interpolate\`v\${known}\` });
      new WorkspaceSecret("trigger", { value: "v", triggers: [{ deep: ["x", { deeper: known }] }] });
      new WorkspaceSecret("replaced", { value: "v", name: pulumi.interpolate\`a\${known}\` });
      new WorkspaceSecret("renamed", { value: "v", name: pulumi.interpolate\`b\${known}\`, onNameChange: "rename" });
      new WorkspaceSecret("moved", { value: "v", workspace: known });
      new WorkspaceSecret("policy", { value: "v", onInUse: known.apply(() => "fail") });
      new WorkspaceSecret("plain", { value: "v" });
    `;
    await stack.deploy(secrets('pulumi.output("default")'));
    delete stack.env.ELEVENLABS_API_KEY;

    await stack.program(secrets('new WorkspaceSecret("new", { value: "v" }).id.apply(() => "default")'));
    const run = await stack.preview();

    expect(run.code).toBe(0);
    expect(run.requests).toEqual([]);
    expect(run.steps).toMatchObject({
      new: "create",
      value: "update",
      trigger: "update",
      renamed: "update",
      replaced: "update",
      moved: "update",
      policy: "update",
      plain: "same",
    });
  });
});

describe("no change", () => {
  test("a secret that was just created shows no change", async () => {
    const stack = await startStack();

    const run = await stack.deploy('exports.reference = new WorkspaceSecret("CRM_TOKEN", { value: "v1" }).reference');

    expect(run.changes).toEqual({ create: 1 });
    expect(run.calls).toEqual(["list", "create"]);
    const [made] = stack.workspace.secrets();
    expect(made).toMatchObject({ name: "CRM_TOKEN", value: "v1" });
    const state = await stack.secret("CRM_TOKEN");
    expect(state?.id).toBe(made?.id);
    expect(state?.outputs).toMatchObject({
      secretId: made?.id,
      name: "CRM_TOKEN",
      workspace: "default",
      endpoint: stack.emulator.url,
    });
    const { output } = await stack.cli(["stack", "output", "--json"]).orThrow();
    expect(JSON.parse(output)).toEqual({ reference: { secret_id: made?.id } });
    const preview = await stack.preview("--expect-no-changes");
    expect(preview).toMatchObject({ code: 0, requests: [] });
  });

  test("a changed onExisting, onInUse or onNameChange makes no call", async () => {
    const stack = await startStack();
    await stack.deploy(
      `new WorkspaceSecret("a", { value: "v" }); new WorkspaceSecret("b", { value: "v", onInUse: "retain" });
       new WorkspaceSecret("c", { value: "v" });`,
    );

    const run = await stack.deploy(
      `new WorkspaceSecret("a", { value: "v", onExisting: "overwrite" }); new WorkspaceSecret("b", { value: "v" });
       new WorkspaceSecret("c", { value: "v", onNameChange: "rename" });`,
    );

    expect(run.changes).toEqual({ update: 3 });
    expect(run.calls).toEqual([]);
    // The engine passes the inputs of the last update to the plugin, so the plugin's outputs don't repeat them.
    const kept = { dynamic: "outputs", native: "inputs" } as const;
    expect((await stack.secret("a"))?.[kept[HOST]]).toMatchObject({ onExisting: "overwrite" });
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("after the first up, no up, refresh or preview makes a change", async () => {
    const stack = await startStack({ emulator: { keys: { key_a: {}, key_b: { workspace: "b" } } } });
    await addWorkspaces(stack, { second: { apiKey: "key_b", url: stack.emulator.url } });
    stack.workspace.add("kept", "theirs");
    stack.workspace.add("overwritten", "theirs");
    const { id } = stack.workspace.add("adopted", "theirs");
    await stack.deploy(`
      new WorkspaceSecret("plain", { value: "v" });
      new WorkspaceSecret("triggers", { value: "v", triggers: [1, null, { a: [true] }, pulumi.secret("s")] });
      new WorkspaceSecret("rename", { value: "v", onNameChange: "rename" });
      new WorkspaceSecret("kept", { value: "v", onExisting: "keep" });
      new WorkspaceSecret("overwritten", { value: "v", onExisting: "overwrite" });
      new WorkspaceSecret("adopted", { value: "v", existingId: ${JSON.stringify(id)} });
      new WorkspaceSecret("retain", { value: "v", onInUse: "retain" });
      new WorkspaceSecret("elsewhere", { name: "plain", value: "v", workspace: "second" });
      new WorkspaceSecret("spelled out", {
        value: "v", onExisting: "fail", onNameChange: "replace", onInUse: "fail", workspace: "default", triggers: [],
      });
    `);
    expect(stack.workspace.secrets()).toContainEqual(expect.objectContaining({ name: "kept", value: "theirs" }));
    const made = await stack.secrets();
    expect(made).toHaveLength(9);

    const runs = [
      await stack.up(),
      await stack.refresh(),
      await stack.up(),
      await stack.preview("--expect-no-changes"),
    ];

    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(runs.map(({ changes }) => changes)).toEqual(Array(4).fill({ same: 9 }));
    // The refresh makes all of these calls: a GET for each of the first 8 secrets, then one list.
    expect(runs.flatMap(({ calls }) => calls).sort()).toEqual([...Array(8).fill("get"), "list"]);
  });
});

describe("existingId", () => {
  test("another existingId replaces the secret; its own id makes no call", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v" })');
    const [own] = stack.workspace.secrets();
    const other = stack.workspace.add("other", "theirs");
    const deploy = (id: string | undefined) =>
      stack.deploy(`new WorkspaceSecret("T", { value: "v", existingId: ${JSON.stringify(id)} })`);

    expect(await deploy(own?.id)).toMatchObject({ changes: { update: 1 }, calls: [] });
    expect(await deploy(undefined)).toMatchObject({ changes: { update: 1 }, calls: [] });
    expect(stack.workspace.secrets()).toHaveLength(2);
    stack.workspace.rename(own?.id ?? "", "moved away");
    const run = await deploy(other.id);

    expect(run.changes).toEqual({ "create-replacement": 1, replace: 1, "delete-replaced": 1 });
    expect(stack.workspace.secrets()).toMatchObject([{ id: other.id, name: "T", value: "v" }]);
  });
});
