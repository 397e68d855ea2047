import { describe, expect, test } from "@jest/globals";
import type { FaultKind } from "pulumi-elevenlabs/emulator";
import { addWorkspaces, startAnother, startAnotherEach } from "../support/namedWorkspaces";
import { status } from "../support/setFaults";
import { shownProblems } from "../support/shownProblems";
import { startStack, type TestStack } from "../support/testStack";

/** What is ours in the state: the engine encrypts anew at every write, and notes when it looked last. */
async function held(stack: TestStack) {
  const secrets = Object.values(await stack.decryptedSecrets());
  return secrets.map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
}

const DRIFT = ["--refresh", "--expect-no-changes"];

describe("found", () => {
  test("a refresh costs one GET each, changes nothing, and does not see a value that was changed by hand", async () => {
    const stack = await startStack();
    await stack.deploy('for (const name of ["a", "b", "c"]) new WorkspaceSecret(name, { value: "v" })');
    for (const { id } of stack.workspace.secrets()) stack.workspace.setValue(id, "by hand");
    const before = await held(stack);

    const run = await stack.refresh();

    expect(run.changes).toEqual({ same: 3 });
    expect(run.calls).toEqual(["get", "get", "get"]);
    expect(await held(stack)).toEqual(before);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("another name is drift that preview --refresh tells, and up repairs it by onNameChange", async () => {
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

describe("gone", () => {
  test("a 404 of the API, in its long form or its short one, takes it out of the state, and the next up creates it", async () => {
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

  test("another secret of its name is left alone until onExisting adopts it", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    await stack.deploy('new WorkspaceSecret("T", { value: "v" })');
    const [old] = stack.workspace.secrets();
    stack.workspace.remove(old?.id ?? "");
    const stranger = stack.workspace.add("T", "by hand");

    const refreshed = await stack.refresh();
    expect(refreshed).toMatchObject({ code: 0, changes: { delete: 1 }, calls: ["get"], diagnostics: [] });
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`could not create secret "T": the name is taken by secret ${stranger.id}`);
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

describe("error", () => {
  test("whatever is no 404 of the API itself fails the refresh, is told, and leaves the state as it was", async () => {
    const elsewhere = await startAnother();
    const faults: Record<string, [FaultKind, string]> = {
      key: [status(401, { detail: { status: "invalid_api_key", message: "Not this key" } }), "401: Not this key"],
      permission: [
        status(401, { detail: { status: "missing_permissions", message: "Not allowed" } }),
        "401: Not allowed",
      ],
      forbidden: [status(403), "403: Forbidden"],
      broken: [status(500), "500: Internal Server Error"],
      unavailable: [status(503), "503: Service Unavailable"],
      proxy: [status(404, "<h1>404</h1>"), "something answered 404, and not in the API's form"],
      gateway: [status(404, { message: "no route" }), "something answered 404, and not in the API's form"],
      portal: [{ kind: "malformed" }, "what answered is not JSON"],
      other: [{ kind: "malformed", body: '{"secret_id":""}' }, "the answer is not of the API's form (at secret_id)"],
      cut: [{ kind: "truncated" }, "broke"],
      redirect: [{ kind: "redirect", location: `${elsewhere.url}/v1/convai/secrets` }, "something answered 307"],
    };
    const names = Object.keys(faults);
    const emulators = await startAnotherEach(names);
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "1" } });
    await addWorkspaces(stack, Object.fromEntries(emulators));
    await stack.deploy(
      `for (const workspace of ${JSON.stringify(names)}) new WorkspaceSecret(workspace, { value: "v", workspace })`,
    );
    const before = await held(stack);
    for (const [name, emulator] of emulators) {
      const [fault] = faults[name] as [FaultKind, string];
      emulator.fault({ ...fault, on: "get", times: Number.POSITIVE_INFINITY });
    }

    const run = await stack.refresh();

    expect(run.code).not.toBe(0);
    const problems = shownProblems(run.output);
    for (const name of names) {
      expect(problems[name]).toContain(`could not read secret "${name}" (ID) in workspace "${name}": `);
      expect(problems[name]).toContain(faults[name]?.[1]);
    }
    expect(await held(stack)).toEqual(before);
    expect(elsewhere.requests).toEqual([]);
    for (const [, emulator] of emulators) {
      expect(emulator.workspace().secrets()).toHaveLength(1);
      emulator.clearFaults();
    }
    expect((await stack.preview(...DRIFT)).code).toBe(0);
  });
});

describe("many", () => {
  const MANY = 'for (let i = 0; i < 30; i++) new WorkspaceSecret("S" + i, { value: "v" })';
  const count = (calls: (string | undefined)[], wanted: string) => calls.filter((call) => call === wanted).length;

  test("a refresh of many is a few GETs and one listing; what the listing lacks is asked for, and a failing one means nothing", async () => {
    const stack = await startStack();
    await stack.deploy(MANY);
    const before = await held(stack);

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
    expect(await held(stack)).toEqual(before);
  });

  test("a listing that comes in pages is followed to its end, and what is missing from all of them is gone", async () => {
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

describe("lookup", () => {
  test("WorkspaceSecret.get reads a secret that something else manages, and never changes or deletes it", async () => {
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

  test("WorkspaceSecret.get of an id that the workspace does not have is an error that names it", async () => {
    const stack = await startStack();
    await stack.program('WorkspaceSecret.get("lookup", "no_such_id")');

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain('could not read secret "no_such_id": workspace "default" has no secret of this id.');
  });

  test("the import option is refused at preview, with the argument that does the same", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("T", "theirs");
    await stack.program(`new WorkspaceSecret("T", { value: "v" }, { import: "${id}" })`);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain(`existingId: "${id}"`);
    expect(run.output).not.toContain("at new WorkspaceSecret");
    expect(run.requests).toEqual([]);
  });
});
