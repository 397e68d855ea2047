import { describe, expect, test } from "@jest/globals";
import { startStack } from "./harness/index";

describe("create", () => {
  test("a free name costs one lookup and one POST, and the secret is in the workspace and in the state", async () => {
    const stack = await startStack();

    const run = await stack.deploy('new WorkspaceSecret("CRM_TOKEN", { value: "v1" }); ');

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
      reference: { secret_id: made?.id },
    });
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });
});

describe("diff", () => {
  test("a changed value is one PATCH of the same secret", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("CRM_TOKEN", { value: "v1" })');
    const [before] = stack.workspace.secrets();

    const run = await stack.deploy('new WorkspaceSecret("CRM_TOKEN", { value: "v2" })');

    expect(run.changes).toEqual({ update: 1 });
    expect(run.calls).toEqual(["update"]);
    expect(stack.workspace.secrets()).toMatchObject([{ id: before?.id, name: "CRM_TOKEN", value: "v2" }]);
  });

  test("a changed name makes the new secret before it deletes the old", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("token", { name: "OLD", value: "v" })');

    const run = await stack.deploy('new WorkspaceSecret("token", { name: "NEW", value: "v" })');

    expect(run.calls).toEqual(["list", "create", "delete"]);
    expect(stack.workspace.secrets().map(({ name }) => name)).toEqual(["NEW"]);
    expect(run.changes).toEqual({ "create-replacement": 1, replace: 1, "delete-replaced": 1 });
  });
});
