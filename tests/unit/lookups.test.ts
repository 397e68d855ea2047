import { describe, expect, test } from "@jest/globals";
import type { Emulator } from "../../emulator/index";
import { Lookups } from "../../provider/workspaces/lookups";
import { clientOf, emulate, failureOf } from "../support/servers";

const DIRECT = 7;

/** A workspace of secrets n0, n1 and so on, and its lookups. */
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

describe("lookups by id", () => {
  test("the first few are a GET each", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(DIRECT);
    const found = await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    expect(found).toEqual(secrets);
    expect(calls(emulator)).toEqual(times(DIRECT, "get"));
  });

  test("all further ones share one listing", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(50);
    const found = await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    expect(found).toEqual(secrets);
    expect(calls(emulator).sort()).toEqual([...times(DIRECT, "get"), "list"]);
  });

  test("one that the listing lacks is asked for by a GET before it counts as gone", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(20);
    await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const before = emulator.requests.length;
    const later = workspace.add("later");

    expect(await lookups.byId(later.id)).toEqual({ id: later.id, name: "later" });
    expect(await lookups.byId("never")).toBeUndefined();

    expect(calls(emulator).slice(before)).toEqual(["get", "get"]);
  });

  test("only a 404 of the API counts as gone", async () => {
    const { emulator, lookups } = await workspaceOf(0);
    emulator.fault({ kind: "status", status: 404, body: "<html>" });
    expect((await failureOf(lookups.byId("1"))).isForeign).toBe(true);
    expect(await lookups.byId("1")).toBeUndefined();
  });
});

describe("lookups by name", () => {
  test("the first few are a search each, of which the exact name counts", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(12);
    const [first] = secrets;
    const twin = workspace.add("n0");

    expect(await lookups.byName("n0")).toEqual([first, { id: twin.id, name: "n0" }]);
    expect(await lookups.byName("n1")).toEqual([secrets[1]]);
    expect(await lookups.byName("n")).toEqual([]);
    expect(await lookups.byName("N1")).toEqual([]);

    expect(calls(emulator)).toEqual(times(4, "search"));
  });

  test("a listing serves a lookup that begins within 5 s of it, and a later one gets a new listing", async () => {
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

  test("all further ones share one listing, with what it lacks being free", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(40);
    const found = await Promise.all([...secrets.map(({ name }) => name), "free"].map((name) => lookups.byName(name)));
    expect(found).toEqual([...secrets.map((secret) => [secret]), []]);
    expect(calls(emulator).sort()).toEqual(["list", ...times(DIRECT, "search")]);
  });

  test("they share the listing of those by id", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(20);
    await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    await Promise.all(secrets.map(({ name }) => lookups.byName(name)));
    expect(calls(emulator).sort()).toEqual([...times(DIRECT, "get"), "list"]);
  });
});

describe("what this process writes", () => {
  test("is asked for anew from then on, by name and by id, and nothing else is", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(20);
    await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const [renamed, other] = secrets as [{ id: string; name: string }, { id: string; name: string }];
    lookups.written({ id: renamed.id, name: "new" });
    workspace.rename(renamed.id, "new");
    const before = emulator.requests.length;

    expect(await lookups.byId(renamed.id)).toEqual({ id: renamed.id, name: "new" });
    expect(await lookups.byName("new")).toEqual([{ id: renamed.id, name: "new" }]);
    expect(await lookups.byId(other.id)).toEqual(other);

    expect(calls(emulator).slice(before)).toEqual(["get", "search"]);
  });

  test("does not count as one of the few, so that it causes no listing", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(DIRECT);
    const [{ id, name }] = secrets as [{ id: string; name: string }];
    for (const secret of secrets) {
      await lookups.byId(secret.id);
      await lookups.byName(secret.name);
    }
    lookups.written({ id, name });
    const before = emulator.requests.length;

    await lookups.byId(id);
    await lookups.byName(name);

    expect(calls(emulator).slice(before)).toEqual(["get", "search"]);
  });

  test("while the listing is under way is asked for anew as well", async () => {
    const { emulator, workspace, secrets, lookups } = await workspaceOf(20);
    const last = secrets.at(-1) as { id: string; name: string };
    emulator.fault({ kind: "delay", when: "after", ms: 50, on: "list" });
    // So that the listing holds the old name.
    const listed = emulator.waitForRequest(
      ({ operation, query }) => operation === "list" && query.search === undefined,
    );
    const byId = Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const byName = lookups.byName("new");
    await listed;
    lookups.written({ id: last.id, name: "new" });
    workspace.rename(last.id, "new");

    expect((await byId).at(-1)).toEqual({ id: last.id, name: "new" });
    expect(await byName).toEqual([{ id: last.id, name: "new" }]);
  });
});

describe("a listing that fails", () => {
  test("is not asked for again: each lookup asks for itself", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(12);
    emulator.fault({ kind: "status", status: 500, on: "list" });

    const found = await Promise.all(secrets.map(({ id }) => lookups.byId(id)));
    const named = await Promise.all(secrets.map(({ name }) => lookups.byName(name)));

    expect(found).toEqual(secrets);
    expect(named).toEqual(secrets.map((secret) => [secret]));
    expect(calls(emulator).sort()).toEqual([...times(12, "get"), "list", ...times(12, "search")]);
  });

  test("makes nothing look gone or free: a fault that lasts fails each lookup", async () => {
    const { emulator, secrets, lookups } = await workspaceOf(10);
    emulator.fault({ kind: "status", status: 500, times: Number.POSITIVE_INFINITY });
    const failures = await Promise.all(
      secrets.flatMap(({ id, name }) => [failureOf(lookups.byId(id)), failureOf(lookups.byName(name))]),
    );
    expect(failures).toHaveLength(20);
  });
});
