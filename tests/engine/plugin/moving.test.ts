import { describe, expect, test } from "@jest/globals";
import { DYNAMIC_TYPE, NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { urn } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";

const PROGRAM = `
  new WorkspaceSecret("alone", { value: "v", triggers: [1], onInUse: "retain" });
  new WorkspaceSecrets("all", { secrets: { A: "1", B: "2" }, prefix: "p_" });`;

describe("a stack of the dynamic provider", () => {
  test("a changed import moves a stack to the plugin, without any request", async () => {
    const stack = await startStack({ host: "dynamic" });
    const before = await stack.deploy(PROGRAM);
    const ids = (await stack.secrets()).map(({ id }) => id).sort();
    await stack.useHost("native");
    await stack.program(PROGRAM);

    const preview = await stack.preview("--expect-no-changes");
    const moved = await stack.up();
    const refresh = await stack.refresh();
    const after = await stack.preview("--refresh", "--expect-no-changes");

    expect(before.changes).toEqual({ create: 3 });
    expect(preview).toMatchObject({ code: 0, calls: [] });
    expect(moved).toMatchObject({ code: 0, calls: [], changes: { same: 3 } });
    expect(refresh).toMatchObject({ code: 0, calls: ["get", "get", "get"] });
    expect(after.code).toBe(0);
    const secrets = await stack.secrets();
    expect(secrets.map(({ id }) => id).sort()).toEqual(ids);
    expect(secrets.map(({ type }) => type)).toEqual([NATIVE_TYPE, NATIVE_TYPE, NATIVE_TYPE]);
    const text = JSON.stringify(await stack.resources());
    for (const gone of [DYNAMIC_TYPE, "__provider", "valueDigest", "pulumi-nodejs"]) expect(text).not.toContain(gone);
  });
});

test("a move to the plugin may add the id of the resource's own secret", async () => {
  const stack = await startStack({ host: "dynamic" });
  await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
  const [secret] = stack.workspace.secrets();
  await stack.useHost("native");

  const moved = await stack.deploy(`new WorkspaceSecret("A", { value: "v", existingId: "${secret?.id}" });`);

  expect(moved.calls).toEqual([]);
  expect(stack.workspace.secrets()).toEqual([secret]);
});

describe("the way back to the dynamic provider", () => {
  test("the way back is refused without an alias; the error's alias fixes it", async () => {
    const stack = await startStack({ host: "native" });
    const program = 'new WorkspaceSecret("A", { value: "v", onExisting: "overwrite" });';
    await stack.deploy(program);
    const before = stack.workspace.secrets();
    await stack.useHost("dynamic");
    await stack.program(program);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["owned-by-other"]);
    const alias = `aliases: ["${urn("A", NATIVE_TYPE)}"]`;
    expect(run.problems[0]?.message).toContain(alias);
    expect(run.calls).toEqual([]);
    expect(stack.workspace.secrets()).toEqual(before);

    await stack.deploy(program.replace("});", `}, { ${alias} });`));
    expect(stack.workspace.secrets()).toEqual(before);
  });
});
