import { describe, expect, test } from "@jest/globals";
import type { Emulator } from "../../emulator/index";
import { WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import type { WorkspaceSecretState } from "../../provider/secret/state";
import { trackingByDigest } from "../../provider/secret/valueTracking";
import { Workspaces } from "../../provider/workspaces/workspaces";
import { problemOf, thrownProblem } from "../support/problems";
import { emulate } from "../support/servers";

// These tests depend on a certain order of concurrent calls, which can't be enforced with a real engine.

/**
 * The provider process of one operation of the engine. "twin" is another name for the default workspace. During a
 * refresh, the engine doesn't run the program.
 */
function operation({ url, apiKey }: Emulator, { runsProgram = true } = {}): WorkspaceSecretLifecycle {
  const settings: Record<string, string> = { apiKey, baseUrl: url };
  settings.workspaces = JSON.stringify({ twin: { ...settings } });
  return new WorkspaceSecretLifecycle({
    workspaces: new Workspaces((key) => settings[key], {}),
    valueTracking: trackingByDigest,
    isConfigCurrent: () => runsProgram,
    warn: () => Promise.resolve(),
  });
}

const inputs = (name: string) => ({ name, value: `value of ${name}` });

/** Creates a secret in an earlier operation, and returns the secret's state. */
async function created(emulator: Emulator, name: string): Promise<{ id: string; state: WorkspaceSecretState }> {
  return operation(emulator).create(inputs(name));
}

test("a secret that is being adopted has an owner, so its old owner fails", async () => {
  const emulator = await emulate();
  const { id, state } = await created(emulator, "PAYMENT");
  emulator.workspace().rename(id, "PAY");
  const up = operation(emulator);
  const pushed = emulator.waitForRequest(({ operation }) => operation === "update");

  up.check(inputs("PAY"));
  const adoption = up.create({ ...inputs("PAY"), onExisting: "overwrite" });
  await pushed;

  expect(thrownProblem(() => up.diff({ id, state }, inputs("PAYMENT")))).toMatchObject({
    kind: "owned-by-other",
    facts: { id, resource: "PAY", where: "both" },
  });
  expect(await adoption).toMatchObject({ id });
});

test("a failed adoption leaves the secret to its owner", async () => {
  const emulator = await emulate();
  const { id, state } = await created(emulator, "PAYMENT");
  emulator.workspace().rename(id, "PAY");
  emulator.fault({ kind: "status", status: 500, on: "update" });
  const up = operation(emulator);
  up.check(inputs("PAY"));

  expect(await problemOf(up.create({ ...inputs("PAY"), onExisting: "overwrite" }))).toMatchObject({
    kind: "may-have-been-updated",
    facts: { id, failure: { kind: "status", status: 500 } },
  });

  expect(up.diff({ id, state }, inputs("PAYMENT"))).toEqual({ hasChanges: false, changed: [], replacing: [] });
});

test("a refresh never adopts a secret by its name", async () => {
  const emulator = await emulate();
  const gone = await created(emulator, "CRM");
  const renamed = await created(emulator, "CRM_OLD");
  emulator.workspace().remove(gone.id);
  emulator.workspace().rename(renamed.id, "CRM");
  const refresh = operation(emulator, { runsProgram: false });

  expect(await refresh.read(gone)).toBeUndefined();
  expect(await refresh.read(renamed)).toMatchObject({ id: renamed.id, state: { name: "CRM" } });
});

describe("two names in the config for one workspace", () => {
  test("two names for one workspace never create two secrets with one name", async () => {
    const emulator = await emulate({ uniqueNames: false });
    const up = operation(emulator);

    const creates = [up.create(inputs("CRM")), up.create({ ...inputs("CRM"), workspace: "twin" })];

    expect(await Promise.allSettled(creates)).toMatchObject([
      { status: "fulfilled" },
      { reason: { kind: "owned-by-other", facts: { resource: "CRM", where: "program" } } },
    ]);
    expect(emulator.workspace().secrets()).toHaveLength(1);
  });

  test("two names for one workspace never give one secret two owners", async () => {
    const emulator = await emulate();
    const { id, state } = await created(emulator, "CRM");
    const up = operation(emulator);
    up.check(inputs("CRM"));
    up.diff({ id, state }, inputs("CRM"));

    const adoption = up.create({ name: "CRM", value: "theirs", workspace: "twin", onExisting: "overwrite" });

    expect(await problemOf(adoption)).toMatchObject({
      kind: "owned-by-other",
      facts: { id, resource: "CRM", where: "program" },
    });
    expect(emulator.workspace().secrets()).toMatchObject([{ id, value: "value of CRM" }]);
  });
});

describe("a name that became free after all names were listed can be used again", () => {
  async function afterListing(emulator: Emulator) {
    const up = operation(emulator);
    for (const name of Array.from({ length: 8 }, (_, index) => `OTHER_${index}`)) await up.create(inputs(name));
    const listings = emulator.requests.filter(({ operation, query }) => operation === "list" && !query.search);
    expect(listings).not.toEqual([]);
    return up;
  }

  test("a rename frees the old name, even after all names were listed", async () => {
    const emulator = await emulate();
    const { id, state } = await created(emulator, "CRM");
    const up = await afterListing(emulator);

    await up.update({ id, state }, { ...inputs("CRM_OLD"), onNameChange: "rename" });

    expect((await up.create(inputs("CRM"))).id).not.toBe(id);
  });

  test("an adoption with a rename also frees the old name", async () => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("CRM");
    const up = await afterListing(emulator);

    await up.create({ ...inputs("CRM_OLD"), existingId: id });

    expect((await up.create(inputs("CRM"))).id).not.toBe(id);
  });
});
