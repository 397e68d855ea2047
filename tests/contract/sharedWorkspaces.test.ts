import { describe, expect, test } from "@jest/globals";
import type { Emulator } from "../../emulator/index";
import { WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import type { WorkspaceSecretState } from "../../provider/secret/state";
import { Workspaces } from "../../provider/workspaces/registry";
import { emulate } from "../support/servers";

// What depends on the order of calls that overlap, which no real engine can be told.

/** The provider's process in one operation of the engine. The workspace "twin" is the default one by another name. */
function operation({ url, apiKey }: Emulator): WorkspaceSecretLifecycle {
  const settings: Record<string, string> = { apiKey, baseUrl: url };
  settings.workspaces = JSON.stringify({ twin: { ...settings } });
  return new WorkspaceSecretLifecycle({
    workspaces: new Workspaces((key) => settings[key], {}),
    warn: () => Promise.resolve(),
  });
}

const inputs = (name: string) => ({ name, value: `value of ${name}` });

/** A secret that an earlier operation has made, as the state holds it. */
async function made(emulator: Emulator, name: string): Promise<{ id: string; state: WorkspaceSecretState }> {
  return operation(emulator).create(inputs(name));
}

test("a secret that is being taken over has an owner: the resource that holds it already fails, instead of sharing it", async () => {
  const emulator = await emulate();
  const { id, state } = await made(emulator, "PAYMENT");
  emulator.workspace().rename(id, "PAY");
  const up = operation(emulator);
  const pushed = emulator.waitForRequest(({ operation }) => operation === "update");

  up.check(inputs("PAY"));
  const takeOver = up.create({ ...inputs("PAY"), onExisting: "overwrite" });
  await pushed;

  expect(() => up.diff(id, state, inputs("PAYMENT"))).toThrow(
    'it belongs to another resource of this program too, named "PAY"',
  );
  expect(await takeOver).toMatchObject({ id });
});

test("a take-over that failed leaves the secret to the resource that holds it", async () => {
  const emulator = await emulate();
  const { id, state } = await made(emulator, "PAYMENT");
  emulator.workspace().rename(id, "PAY");
  emulator.fault({ kind: "status", status: 500, on: "update" });
  const up = operation(emulator);
  up.check(inputs("PAY"));

  await expect(up.create({ ...inputs("PAY"), onExisting: "overwrite" })).rejects.toThrow(
    `secret ${id} may hold the new value all the same`,
  );

  expect(up.diff(id, state, inputs("PAYMENT"))).toEqual({ changes: false, replaces: [] });
});

test("a refresh never takes a secret by its name", async () => {
  const emulator = await emulate();
  const gone = await made(emulator, "CRM");
  const renamed = await made(emulator, "CRM_OLD");
  emulator.workspace().remove(gone.id);
  emulator.workspace().rename(renamed.id, "CRM");
  const refresh = operation(emulator);

  expect(await refresh.read(gone.id, gone.state)).toBeUndefined();
  expect(await refresh.read(renamed.id, renamed.state)).toMatchObject({ id: renamed.id, state: { name: "CRM" } });
});

describe("two names in the config for one workspace", () => {
  test("make no two secrets of one name", async () => {
    const emulator = await emulate({ uniqueNames: false });
    const up = operation(emulator);

    const made = [up.create(inputs("CRM")), up.create({ ...inputs("CRM"), workspace: "twin" })];

    expect(await Promise.allSettled(made)).toMatchObject([
      { status: "fulfilled" },
      { reason: { reason: "another resource of this program creates a secret of this name" } },
    ]);
    expect(emulator.workspace().secrets()).toHaveLength(1);
  });

  test("make no two owners of one secret", async () => {
    const emulator = await emulate();
    const { id, state } = await made(emulator, "CRM");
    const up = operation(emulator);
    up.check(inputs("CRM"));
    up.diff(id, state, inputs("CRM"));

    const takeOver = up.create({ name: "CRM", value: "theirs", workspace: "twin", onExisting: "overwrite" });

    await expect(takeOver).rejects.toThrow(
      `secret ${id} belongs to another resource of this program, named "CRM" in workspace "default"`,
    );
    expect(emulator.workspace().secrets()).toMatchObject([{ id, value: "value of CRM" }]);
  });
});

describe("a name that was given up is free for the rest of the operation, also where all names were listed before", () => {
  async function listed(emulator: Emulator) {
    const up = operation(emulator);
    for (const name of Array.from({ length: 8 }, (_, index) => `OTHER_${index}`)) await up.create(inputs(name));
    const listings = emulator.requests.filter(({ operation, query }) => operation === "list" && !query.search);
    expect(listings).not.toEqual([]);
    return up;
  }

  test("by a rename", async () => {
    const emulator = await emulate();
    const { id, state } = await made(emulator, "CRM");
    const up = await listed(emulator);

    await up.update(id, state, { ...inputs("CRM_OLD"), onNameChange: "rename" });

    expect((await up.create(inputs("CRM"))).id).not.toBe(id);
  });

  test("by a take-over that renames", async () => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("CRM");
    const up = await listed(emulator);

    await up.create({ ...inputs("CRM_OLD"), existingId: id });

    expect((await up.create(inputs("CRM"))).id).not.toBe(id);
  });
});
