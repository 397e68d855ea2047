import { describe, expect, test } from "@jest/globals";
import type { Emulator } from "../../emulator/index";
import { Lookups } from "../../provider/workspaces/lookups";
import { clientOf, emulate, failureOf } from "../support/servers";

const DIRECT = 7;

/** A workspace with secrets n0, n1 and so on, and its look-ups. */
async function workspaceOf(count: number) {
  const emulator = await emulate({ uniqueNames: false });
  const workspace = emulator.workspace();
  const secrets = Array.from({ length: count }, (_, index) => {
    const { id, name } = workspace.add(`n${index}`);
    return { id, name };
  });
  return { emulator, workspace, secrets, lookups: new Lookups(clientOf(emulator)) };
}

const calls = ({ requests }: Emulator) =>
  requests.map(({ operation, query: { search } }) =>
    operation === "list" && search !== undefined ? "search" : operation,
  );
const times = <T>(count: number, call: T) => Array.from({ length: count }, () => call);

describe("look-ups by id", () => {
  test("the first few look-ups by id are GETs", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(DIRECT);
    const found = await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    expect(found).toEqual(secrets);
    expect(calls(emulator)).toEqual(times(DIRECT, "get"));
  });

  test("all later look-ups by id share one list", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(50);
    const found = await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    expect(found).toEqual(secrets);
    expect(calls(emulator).sort()).toEqual([...times(DIRECT, "get"), "list"]);
  });

  test("a secret that the list lacks is gone only after a GET", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(20);
    await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const before = emulator.requests.length;
    const later = workspace.add("later");

    expect(await lookups.byId(later.id)).toEqual({ id: later.id, name: "later" });
    expect(await lookups.byId("never")).toBeUndefined();

    expect(calls(emulator).slice(before)).toEqual(["get", "get"]);
  });

  test("a secret is gone only if the API itself returns 404", async () => {
    const { emulator, lookups } = await workspaceOf(0);
    emulator.fault({ kind: "status", status: 404, body: "<html>" });
    expect((await failureOf(lookups.byId("1"))).isNotFromApi).toBe(true);
    expect(await lookups.byId("1")).toBeUndefined();
  });
});

describe("look-ups by name", () => {
  test("the first few look-ups by name are searches for the exact name", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(12);
    const [first] = secrets;
    const twin = workspace.add("n0");

    expect(await lookups.byName("n0")).toEqual([first, { id: twin.id, name: "n0" }]);
    expect(await lookups.byName("n1")).toEqual([secrets[1]]);
    expect(await lookups.byName("n")).toEqual([]);
    expect(await lookups.byName("N1")).toEqual([]);

    expect(calls(emulator)).toEqual(times(4, "search"));
  });

  test("a list is used for 5 s, and then replaced by a new list", async () => {
    const emulator = await emulate({ uniqueNames: false });
    let now = 0;
    const lookups = new Lookups(clientOf(emulator), () => now);
    await Promise.all(Array.from({ length: DIRECT + 1 }, (_, n) => lookups.byName(`n${n}`)));
    const { id } = emulator.workspace().add("late");
    const asked = emulator.requests.length;

    now = 5_000;
    expect(await lookups.byName("late")).toEqual([]);
    now = 5_001;
    expect(await Promise.all([lookups.byName("late"), lookups.byName("other")])).toEqual([[{ id, name: "late" }], []]);

    expect(calls(emulator).slice(asked)).toEqual(["list"]);
  });

  test("later look-ups by name share one list; a name that it lacks is free", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(40);
    const found = await Promise.all([...secrets.map(({ name }) => name), "free"].map((name) => lookups.byName(name)));
    expect(found).toEqual([...secrets.map((secret) => [secret]), []]);
    expect(calls(emulator).sort()).toEqual(["list", ...times(DIRECT, "search")]);
  });

  test("look-ups by name share the list of the look-ups by id", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(20);
    await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    await Promise.all(secrets.map(({ name }) => lookups.byName(name)));
    expect(calls(emulator).sort()).toEqual([...times(DIRECT, "get"), "list"]);
  });
});

describe("a secret that this process writes", () => {
  test("after a write, only the written secret is looked up directly", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(20);
    await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const [renamed, other] = secrets as [{ id: string; name: string }, { id: string; name: string }];
    lookups.noteWrite({ id: renamed.id, name: "new" });
    workspace.rename(renamed.id, "new");
    const before = emulator.requests.length;

    expect(await lookups.byId(renamed.id)).toEqual({ id: renamed.id, name: "new" });
    expect(await lookups.byName("new")).toEqual([{ id: renamed.id, name: "new" }]);
    expect(await lookups.byId(other.id)).toEqual(other);

    expect(calls(emulator).slice(before)).toEqual(["get", "search"]);
  });

  test("a written secret isn't one of the first few, so it causes no list", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(DIRECT);
    const [{ id, name }] = secrets as [{ id: string; name: string }];
    for (const secret of secrets) {
      await lookups.byId(secret.id);
      await lookups.byName(secret.name);
    }
    lookups.noteWrite({ id, name });
    const before = emulator.requests.length;

    await lookups.byId(id);
    await lookups.byName(name);

    expect(calls(emulator).slice(before)).toEqual(["get", "search"]);
  });

  test("a secret that is written during the list is looked up directly", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(20);
    const last = secrets.at(-1) as { id: string; name: string };
    emulator.fault({ kind: "delay", when: "after", ms: 50, on: "list" });
    // So the list has the old name.
    const listed = emulator.waitForRequest(
      ({ operation, query }) => operation === "list" && query.search === undefined,
    );
    const byId = Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const byName = lookups.byName("new");
    await listed;
    lookups.noteWrite({ id: last.id, name: "new" });
    workspace.rename(last.id, "new");

    expect((await byId).at(-1)).toEqual({ id: last.id, name: "new" });
    expect(await byName).toEqual([{ id: last.id, name: "new" }]);
  });
});

describe("a list that fails", () => {
  test("a failed list isn't retried: each look-up sends its own request", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(12);
    emulator.fault({ kind: "status", status: 500, on: "list" });

    const found = await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const named = await Promise.all(secrets.map(({ name }) => lookups.byName(name)));

    expect(found).toEqual(secrets);
    expect(named).toEqual(secrets.map((secret) => [secret]));
    expect(calls(emulator).sort()).toEqual([...times(12, "get"), "list", ...times(12, "search")]);
  });

  test("if every request fails, no secret is gone and no name is free", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(10);
    emulator.fault({ kind: "status", status: 500, times: Number.POSITIVE_INFINITY });
    const failures = await Promise.all(
      secrets.flatMap(({ id, name }) => [failureOf(lookups.byId(id)), failureOf(lookups.byName(name))]),
    );
    expect(failures).toHaveLength(20);
  });
});
