import { describe, expect, test } from "@jest/globals";
import type { FaultKind } from "pulumi-elevenlabs/emulator";
import { HOST, testFor } from "../support/hosts";
import { addWorkspaces, startAnother, startAnotherEach } from "../support/namedWorkspaces";
import { status } from "../support/setFaults";
import { expectError } from "../support/shownProblems";
import { startStack, type TestStack } from "../support/testStack";

/** Returns the part of the state that the provider writes. The engine's part changes at every write. */
async function stored(stack: TestStack) {
  const secrets = Object.values(await stack.decryptedSecrets());
  return secrets.map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
}

const DRIFT = ["--refresh", "--expect-no-changes"];

describe("a refresh", () => {
  test("a refresh sends one GET per secret, and can't detect a changed value", async () => {
    const stack = await startStack();
    await stack.deploy('for (const name of ["a", "b", "c"]) new WorkspaceSecret(name, { value: "v" })');
    for (const { id } of stack.workspace.secrets()) stack.workspace.setValue(id, "by hand");
    const before = await stored(stack);

    const run = await stack.refresh();

    expect(run.changes).toEqual({ same: 3 });
    expect(run.calls).toEqual(["get", "get", "get"]);
    expect(await stored(stack)).toEqual(before);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("a refresh reports a changed name as drift; up fixes it by onNameChange", async () => {
    const stack = await startStack();
    await stack.deploy(
      'new WorkspaceSecret("A", { value: "a" }); new WorkspaceSecret("B", { value: "b", onNameChange: "rename" })',
    );
    const idOf = (wanted: string) => stack.workspace.secrets().find(({ name }) => name === wanted)?.id ?? "";
    const [a, b] = [idOf("A"), idOf("B")] as const;
    expect((await stack.preview(...DRIFT)).code).toBe(0);
    stack.workspace.rename(a, "A by hand");
    stack.workspace.rename(b, "B by hand");

    expect((await stack.preview(...DRIFT)).code).not.toBe(0);
    expect((await stack.refresh()).changes).toEqual({ update: 2 });
    const { A, B } = await stack.decryptedSecrets();
    expect(A?.outputs).toMatchObject({ secretId: a, name: "A by hand" });
    expect(B?.outputs).toMatchObject({ secretId: b, name: "B by hand" });

    const run = await stack.up();
    expect(run.changes).toEqual({ "create-replacement": 1, replace: 1, "delete-replaced": 1, update: 1 });
    expect(run.calls.filter((call) => call !== "list").sort()).toEqual(["create", "delete", "update"]);
    expect(stack.workspace.secrets()).toMatchObject([
      { id: b, name: "B", value: "b" },
      { name: "A", value: "a" },
    ]);
    expect(idOf("A")).not.toBe(a);
  });
});

describe("a refresh of a secret that is gone", () => {
  test("a refresh removes a deleted secret; the next up creates it again", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("A", { value: "v" }); new WorkspaceSecret("B", { value: "v" })');
    for (const { id } of stack.workspace.secrets()) stack.workspace.remove(id);
    stack.emulator.fault({ ...status(404, { detail: "Not Found" }), on: "get" });

    const refresh = await stack.refresh();

    expect(refresh.code).toBe(0);
    expect(refresh.changes).toEqual({ delete: 2 });
    expect(refresh.diagnostics).toEqual([]);
    expect(await stack.secrets()).toEqual([]);
    const run = await stack.up();
    expect(run.changes).toEqual({ create: 2 });
    expect(run.calls.filter((call) => call !== "list")).toEqual(["create", "create"]);
    expect(stack.workspace.secrets()).toHaveLength(2);
  });

  test("a refresh leaves another secret with the same name alone", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    await stack.deploy('new WorkspaceSecret("T", { value: "v" })');
    const [old] = stack.workspace.secrets();
    stack.workspace.remove(old?.id ?? "");
    const stranger = stack.workspace.add("T", "by hand");

    const refreshed = await stack.refresh();
    expect(refreshed).toMatchObject({ code: 0, changes: { delete: 1 }, calls: ["get"], diagnostics: [] });
    const refused = await stack.up();
    expectError(refused, "T", { kind: "name-taken", facts: ['secret "T"', stranger.id] });
    expect(stack.workspace.secrets()).toEqual([stranger]);

    await stack.deploy(
      'exports.reference = new WorkspaceSecret("T", { value: "v", onExisting: "overwrite" }).reference',
    );
    expect(stack.workspace.secrets()).toEqual([{ ...stranger, value: "v" }]);
    const { output } = await stack.cli(["stack", "output", "--json"]).orThrow();
    expect(JSON.parse(output)).toEqual({ reference: { secret_id: stranger.id } });
    expect((await stack.preview(...DRIFT)).code).toBe(0);
  });
});

describe("a refresh that fails", () => {
  test("a failed refresh keeps the state, for any error except the API's 404", async () => {
    const elsewhere = await startAnother();
    const faults: Record<string, [fault: FaultKind, kind: string, fact: string]> = {
      key: [
        status(401, { detail: { status: "invalid_api_key", message: "Not this key" } }),
        "unauthorized",
        "401: Not this key",
      ],
      permission: [
        status(401, { detail: { status: "missing_permissions", message: "Not allowed" } }),
        "missing-permission",
        "401: Not allowed",
      ],
      forbidden: [status(403), "missing-permission", "403: Forbidden"],
      broken: [status(500), "api-failure", "500: Internal Server Error"],
      unavailable: [status(503), "api-failure", "503: Service Unavailable"],
      proxy: [status(404, "<h1>404</h1>"), "not-the-api", "404"],
      gateway: [status(404, { message: "no route" }), "not-the-api", "404"],
      portal: [{ kind: "malformed" }, "not-the-api", "JSON"],
      other: [{ kind: "malformed", body: '{"secret_id":""}' }, "not-the-api", "secret_id"],
      cut: [{ kind: "truncated" }, "unreachable", "127.0.0.1"],
      redirect: [{ kind: "redirect", location: `${elsewhere.url}/v1/convai/secrets` }, "not-the-api", "307"],
    };
    const names = Object.keys(faults);
    const emulators = await startAnotherEach(names);
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "1" } });
    await addWorkspaces(stack, Object.fromEntries(emulators));
    await stack.deploy(
      `for (const workspace of ${JSON.stringify(names)}) new WorkspaceSecret(workspace, { value: "v", workspace })`,
    );
    const before = await stored(stack);
    for (const [name, emulator] of emulators) {
      emulator.fault({ ...(faults[name]?.[0] as FaultKind), on: "get", times: Number.POSITIVE_INFINITY });
    }

    const run = await stack.refresh();

    for (const [name, emulator] of emulators) {
      const [, kind = "", fact = ""] = faults[name] ?? [];
      const [{ id } = { id: "" }] = emulator.workspace().secrets();
      expectError(run, name, { kind, facts: [`secret "${name}" (${id}) in workspace "${name}"`, fact] });
    }
    expect(await stored(stack)).toEqual(before);
    expect(elsewhere.requests).toEqual([]);
    for (const [, emulator] of emulators) {
      expect(emulator.workspace().secrets()).toHaveLength(1);
      emulator.clearFaults();
    }
    expect((await stack.preview(...DRIFT)).code).toBe(0);
  });
});

describe("a refresh of many secrets", () => {
  const MANY = 'for (let i = 0; i < 30; i++) new WorkspaceSecret("S" + i, { value: "v" })';
  const count = (calls: (string | undefined)[], wanted: string) => calls.filter((call) => call === wanted).length;

  test("a refresh of many secrets sends one list, and GETs only if needed", async () => {
    const stack = await startStack();
    await stack.deploy(MANY);
    const before = await stored(stack);

    const run = await stack.refresh();
    expect(run.changes).toEqual({ same: 30 });
    expect(count(run.calls, "list")).toBe(1);
    expect(count(run.calls, "get")).toBeLessThanOrEqual(7);
    expect(run.calls.length).toBe(count(run.calls, "list") + count(run.calls, "get"));

    stack.emulator.fault({ kind: "malformed", body: '{"secrets":[],"next_cursor":null}', on: "list" });
    const lacking = await stack.refresh();
    expect(lacking.changes).toEqual({ same: 30 });
    expect(count(lacking.calls, "list")).toBe(1);
    expect(count(lacking.calls, "get")).toBe(30);

    stack.emulator.fault({ kind: "status", status: 403, on: "list" });
    const failing = await stack.refresh();
    expect(failing.code).toBe(0);
    expect(failing.changes).toEqual({ same: 30 });
    expect(failing.diagnostics).toEqual([]);
    expect(count(failing.calls, "list")).toBe(1);
    expect(count(failing.calls, "get")).toBe(30);
    expect(await stored(stack)).toEqual(before);
  });

  test("a refresh reads all pages of the list before it removes a secret", async () => {
    const stack = await startStack({ emulator: { forcePageSize: 12 } });
    await stack.deploy(MANY);
    const [gone] = stack.workspace.secrets().filter(({ name }) => name === "S7");
    stack.workspace.remove(gone?.id ?? "");

    const run = await stack.refresh();

    expect(run.changes).toEqual({ same: 29, delete: 1 });
    expect(run.steps.S7).toBe("delete");
    const pages = run.requests.filter(({ operation, query }) => operation === "list" && query.search === undefined);
    expect(pages).toHaveLength(3);
    expect(count(run.calls, "get")).toBeLessThanOrEqual(8);
    expect((await stack.secrets()).length).toBe(29);
  });
});

describe("a look-up in the program", () => {
  test("WorkspaceSecret.get only reads a secret, and never deletes it", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("theirs", "their value");

    const run = await stack.deploy(`
      const theirs = WorkspaceSecret.get("lookup", "${id}");
      exports.seen = pulumi.all([theirs.name, theirs.secretId, theirs.workspace, theirs.endpoint, theirs.reference]);
    `);

    expect(run.calls).toEqual(["get"]);
    const { output } = await stack.cli(["stack", "output", "--json"]).orThrow();
    expect(JSON.parse(output).seen).toEqual(["theirs", id, "default", stack.emulator.url, { secret_id: id }]);
    expect((await stack.refresh()).code).toBe(0);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    const destroyed = await stack.destroy();
    expect(destroyed.code).toBe(0);
    expect(destroyed.requests).toEqual([]);
    expect(stack.workspace.secrets()).toMatchObject([{ id, name: "theirs", value: "their value" }]);
  });

  test("WorkspaceSecret.get of an unknown id is an error that shows the id", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("A", "theirs");
    await stack.program('WorkspaceSecret.get("lookup", "no_such_id")');

    const run = await stack.up();

    const kind = { dynamic: "id-not-found", native: "import-not-found" }[HOST];
    const workspace = { dynamic: 'workspace "default"', native: stack.emulator.url }[HOST];
    expectError(run, "lookup", { kind, facts: ['secret "no_such_id"', workspace] });

    await stack.deploy(`WorkspaceSecret.get("lookup", "${id}")`);
  });

  testFor("dynamic")("the import option is refused at preview; existingId does the same", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("T", "theirs");
    await stack.program(`new WorkspaceSecret("T", { value: "v" }, { import: "${id}" })`);

    const run = await stack.preview();

    expectError(run, undefined, {
      kind: "import-unsupported",
      facts: ['WorkspaceSecret "T"', `existingId: "${id}"`],
    });
    expect(run.output).not.toContain("at new WorkspaceSecret");
    expect(run.requests).toEqual([]);
  });
});
