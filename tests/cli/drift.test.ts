import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { cliIn, newKey } from "../support/commandRun";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { startStack, type TestStack } from "../support/testStack";

/** A stack with secrets of these names, and their ids by name. `args` are more arguments of each. */
async function deployed(names: string[], args = ""): Promise<{ stack: TestStack; ids: Record<string, string> }> {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  await stack.deploy(
    `for (const name of ${JSON.stringify(names)}) new WorkspaceSecret("res-" + name, { name, value: "v"${args} });`,
  );
  const ids = Object.fromEntries(stack.workspace.secrets().map(({ name, id }) => [name, id]));
  return { stack, ids };
}

test("without drift, exits with 0 after one list request", async () => {
  const { stack } = await deployed(["A", "B"]);
  stack.workspace.add("THEIRS");
  const before = stack.emulator.requests.length;

  const { code, out, err } = await cliIn(stack, ["drift"]);

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^Stack test: 2 secrets, no drift\n.* 1 secret .*\n$/);
  expect(stack.emulator.requests.slice(before).map(({ operation }) => operation)).toEqual(["list"]);
});

test("reports each kind of drift in each format, exits with 2", async () => {
  const { stack, ids } = await deployed(["SAME", "GONE", "OLD", "AGAIN", "MANY"]);
  stack.workspace.remove(ids.GONE ?? "");
  stack.workspace.rename(ids.OLD ?? "", "NEW | <b>");
  for (const [name, id] of [
    ["AGAIN", "id_again"],
    ["MANY", "id_1"],
    ["MANY", "id_2"],
  ] as const) {
    if (ids[name] && stack.workspace.secrets().some((secret) => secret.id === ids[name]))
      stack.workspace.remove(ids[name]);
    stack.workspace.add(name, "value made by hand", { id });
  }
  const [state, requests] = [await readFile(stack.checkpointFile, "utf8"), stack.emulator.requests.length];

  const text = await cliIn(stack, ["drift"]);
  const json = await cliIn(stack, ["drift", "--json"]);
  const markdown = await cliIn(stack, ["drift", "--markdown"]);

  expect([text.code, json.code, markdown.code]).toEqual([2, 2, 2]);
  expect(text.out).toMatch(/^Stack test: 5 secrets, 4 drifted\n/);
  const rows = text.out.split("\n").map((line) => line.split(/ {2,}/).slice(0, 4));
  expect(rows).toEqual(
    expect.arrayContaining([
      ["res-GONE", "GONE", ids.GONE, "missing"],
      ["res-OLD", "OLD", ids.OLD, "renamed"],
      ["res-AGAIN", "AGAIN", ids.AGAIN, "replaced by hand"],
      ["res-MANY", "MANY", ids.MANY, "replaced by hand"],
    ]),
  );
  const details = (name: string) => new RegExp(`^res-${name} .*`, "m").exec(text.out)?.[0];
  expect(details("GONE")).toMatch(/ gone; will be created again$/);
  expect(details("OLD")).toMatch(/"NEW \| <b>"; will be replaced .*\(onNameChange: "replace"\)$/);
  expect(details("AGAIN")).toMatch(/ gone; id_again .*; .*onExisting: "overwrite"/);
  expect(details("MANY")).toMatch(/ gone; id_1, id_2 .*; .*existingId/);
  expect(text.out).toMatch(/^To repair: change the program.*: pulumi up --refresh$/m);
  expect(text.out).not.toContain("res-SAME");

  const parsed = JSON.parse(json.out);
  expect(parsed).toMatchObject({
    stack: "test",
    secrets: 5,
    comparedProgram: true,
    workspaces: [{ name: "default", endpoint: stack.emulator.url, unmanaged: 3 }],
  });
  const byName = Object.fromEntries(parsed.drift.map((one: { name: string }) => [one.name, one]));
  expect(byName.GONE).toEqual({
    kind: "missing",
    resource: "res-GONE",
    urn: expect.stringMatching(/::res-GONE$/),
    workspace: "default",
    name: "GONE",
    secretId: ids.GONE,
    now: [],
  });
  expect(byName.OLD).toMatchObject({ kind: "renamed", now: [{ secretId: ids.OLD, name: "NEW | <b>" }] });
  expect(byName.AGAIN).toMatchObject({ kind: "replaced", now: [{ secretId: "id_again", name: "AGAIN" }] });
  expect(byName.MANY).toMatchObject({ kind: "replaced", now: [{ secretId: "id_1" }, { secretId: "id_2" }] });

  expect(markdown.out).toMatch(/^### Stack test: 5 secrets, 4 drifted\n\n\| resource \| secret \| id \|/);
  expect(markdown.out).toContain(
    `| res-OLD | OLD | ${ids.OLD} | default | renamed | now named "NEW &#124; &#60;b&#62;"; will`,
  );

  expect(await readFile(stack.checkpointFile, "utf8")).toBe(state);
  expect(new Set(stack.emulator.requests.slice(requests).map(({ method }) => method))).toEqual(new Set(["GET"]));
  expect(text.out + json.out + markdown.out).not.toContain("value made");
});

test("pulumi up --refresh does what drift says", async () => {
  const { stack, ids } = await deployed(
    ["GONE", "OLD", "MOVED", "AGAIN"],
    ', onNameChange: name === "OLD" ? "rename" : "replace", onExisting: name === "AGAIN" ? "overwrite" : "fail"',
  );
  stack.workspace.remove(ids.GONE ?? "");
  stack.workspace.rename(ids.OLD ?? "", "NEW");
  stack.workspace.rename(ids.MOVED ?? "", "AWAY");
  stack.workspace.remove(ids.AGAIN ?? "");
  stack.workspace.add("AGAIN", "by hand", { id: "id_again" });
  const drift = await cliIn(stack, ["drift"]);
  expect(drift.code).toBe(2);
  expect(drift.out).toMatch(/ now named "NEW"; will be renamed back$/m);
  expect(drift.out).toMatch(/ gone; will be created again$/m);
  expect(drift.out).toMatch(/ now named "AWAY"; will be replaced by a new secret/m);
  expect(drift.out).toMatch(/ id_again has its name; will be adopted, and its value overwritten$/m);
  expect(drift.out).toMatch(/^To repair: pulumi up --refresh$/m);

  const { code } = await stack.up("--refresh");

  expect(code).toBe(0);
  const now = Object.fromEntries(stack.workspace.secrets().map(({ name, id, value }) => [name, { id, value }]));
  expect(now).toEqual({
    GONE: { id: expect.any(String), value: "v" },
    OLD: { id: ids.OLD, value: "v" },
    MOVED: { id: expect.not.stringMatching(`^${ids.MOVED}$`), value: "v" },
    AGAIN: { id: "id_again", value: "v" },
  });
  expect((await cliIn(stack, ["drift"])).code).toBe(0);
});

test("of adopted secrets: says what to edit, before and after a refresh", async () => {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  for (const [name, id] of Object.entries({ A: "id_a", B: "id_b" })) stack.workspace.add(name, "theirs", { id });
  const a = (args: string) => `new WorkspaceSecret("A", { value: "v"${args} });`;
  const b = (args: string) =>
    `new WorkspaceSecret("B", { value: "v", existingId: "id_b", onExisting: "keep"${args} });`;
  await stack.deploy(a(', existingId: "id_a", onExisting: "keep"') + b(""));
  stack.workspace.remove("id_a");
  stack.workspace.rename("id_b", "B2");

  const before = await cliIn(stack, ["drift"]);
  const failed = await stack.up("--refresh");
  const after = await cliIn(stack, ["drift"]);

  expect(before.code).toBe(2);
  expect(before.out).toMatch(/^A .* gone; .*remove existingId: "id_a"/m);
  expect(before.out).toMatch(/^B .* now named "B2"; set name: "B2", or change triggers/m);
  expect(before.out).toMatch(/^To repair: change the program.*: pulumi up --refresh$/m);
  expect(failed.code).not.toBe(0);
  expect(after.code).not.toBe(0);
  expect(after.out).not.toContain("no drift\n");

  await stack.program(a("") + b(', name: "B2"'));
  expect((await stack.up("--refresh")).code).toBe(0);
  expect(stack.workspace.secrets()).toMatchObject([{ id: "id_b", name: "B2", value: "theirs" }, { name: "A" }]);
  expect((await cliIn(stack, ["drift"])).code).toBe(0);
});

test("a change that no up has made is pending: exits with 2, no more calls", async () => {
  const { stack, ids } = await deployed(["UPDATED", "REMOVED", "REPLACED"]);
  await stack.program(`
    new WorkspaceSecret("res-UPDATED", { name: "UPDATED", value: "value w" });
    new WorkspaceSecret("res-REPLACED", { name: "OTHER", value: "v" });
    new WorkspaceSecret("res-NEW", { name: "NEW", value: "v" });`);
  const [state, requests] = [await readFile(stack.checkpointFile, "utf8"), stack.emulator.requests.length];

  const { code, out } = await cliIn(stack, ["drift", "--json"]);
  const text = await cliIn(stack, ["drift"]);
  const stateOnly = await cliIn(stack, ["drift", "--state-only"]);

  expect([code, text.code]).toEqual([2, 2]);
  const { drift } = JSON.parse(out);
  expect(drift.map((one: { kind: string }) => one.kind)).toEqual(Array(4).fill("pending"));
  const operations = drift.map((one: Record<string, string>) => [one.name, one.operation, one.secretId]);
  expect(operations.sort()).toEqual([
    ["NEW", "create", null],
    ["OTHER", "replace", ids.REPLACED],
    ["REMOVED", "delete", ids.REMOVED],
    ["UPDATED", "update", ids.UPDATED],
  ]);
  expect(text.out).toMatch(/^Stack test: 3 secrets, no drift, 4 pending$/m);
  expect(text.out).toMatch(/^res-UPDATED +UPDATED +\S+ +pending +will be updated/m);
  expect(text.out + out).not.toContain("value w");
  expect(stateOnly).toMatchObject({ code: 0, out: "Stack test: 3 secrets, no drift, program not compared\n" });
  expect(await readFile(stack.checkpointFile, "utf8")).toBe(state);
  expect(stack.emulator.requests.slice(requests).map(({ operation }) => operation)).toEqual(["list", "list", "list"]);
});

test("if the program fails: reports drift, but fails instead of no drift", async () => {
  const { stack, ids } = await deployed(["A"]);
  await stack.program('throw new pulumi.RunError("no such thing");');

  const clear = await cliIn(stack, ["drift"]);
  stack.workspace.remove(ids.A ?? "");
  const drifted = await cliIn(stack, ["drift"]);

  expect(clear).toMatchObject({ code: 1, out: "", kind: "preview-failed" });
  expect(clear.err).toMatch(/^error: .*"test".*no such thing/);
  expect(clear.err).toMatch(/^.*pulumi preview\n.*pulumi-elevenlabs drift --state-only$/m);
  expect(clear.err.trimEnd().split("\n")).toHaveLength(3);
  expect(drifted.code).toBe(2);
  expect(drifted.out).toMatch(/^Stack test: 1 secret, 1 drifted, program not compared$/m);
  expect(drifted.err).toMatch(/program was not compared.*no such thing/);
});

test("doesn't promise to create a secret that left the program", async () => {
  const { stack, ids } = await deployed(["A"]);
  stack.workspace.remove(ids.A ?? "");
  await stack.program("");

  const { out } = await cliIn(stack, ["drift"]);

  expect(out).toMatch(/ gone; no longer in the program$/m);
});

test("at a width of 60, an id stays on one line", async () => {
  const { stack, ids } = await deployed(["A_NAME_OF_SOME_LENGTH"]);
  stack.workspace.rename(ids.A_NAME_OF_SOME_LENGTH ?? "", "OTHER");

  const { out } = await cliIn(stack, ["drift"], { COLUMNS: "60" });

  expect(out).toContain(`${ids.A_NAME_OF_SOME_LENGTH}`);
});

test("the repair command names the stack of --stack", async () => {
  const { stack, ids } = await deployed(["GONE"]);
  stack.workspace.remove(ids.GONE ?? "");
  await stack.cli(["stack", "init", "other"]).orThrow();

  const text = await cliIn(stack, ["drift", "--stack", "test"], { PULUMI_STACK: "other" });
  const markdown = await cliIn(stack, ["drift", "--stack", "test", "--markdown"], { PULUMI_STACK: "other" });

  for (const { code, out } of [text, markdown]) {
    expect(code).toBe(2);
    expect(out).toMatch(/^To repair: pulumi up --stack test --refresh$/m);
  }
});

test("a secret that a list lacks isn't missing if the API finds its id", async () => {
  const { stack } = await deployed(["A"]);
  stack.emulator.fault({ kind: "malformed", on: "list", body: JSON.stringify({ secrets: [], next_cursor: null }) });

  expect((await cliIn(stack, ["drift"])).code).toBe(0);
});

test("compares each workspace of the state; --workspace limits it to one", async () => {
  const eu = await startAnother({ keys: { [newKey()]: {} } });
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  await addWorkspaces(stack, { eu });
  await stack.deploy(
    'new WorkspaceSecret("A", { value: "v" }); new WorkspaceSecret("B", { value: "v", workspace: "eu" });',
  );
  const [b] = eu.workspace().secrets();
  eu.workspace().remove(b?.id ?? "");

  const all = await cliIn(stack, ["drift"]);
  const one = await cliIn(stack, ["drift", "--workspace", "default"]);

  expect(all.code).toBe(2);
  expect(all.out).toMatch(/^Stack test: 2 secrets, 1 drifted$/m);
  expect(all.out).toMatch(new RegExp(`^B +B +${b?.id} +eu +missing `, "m"));
  expect(one).toMatchObject({ code: 0, out: "Stack test: 1 secret, no drift\n" });
  expect(all.out + all.err).not.toContain(eu.apiKey);
});

test("a config that points elsewhere is an error, never drift", async () => {
  const { stack, ids } = await deployed(["A"]);
  const other = await startAnother({ keys: { [stack.emulator.apiKey]: {} } });
  await stack.configure({ "elevenlabs:baseUrl": other.url });

  const { code, out, err, kind } = await cliIn(stack, ["drift"]);

  expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "endpoint-changed" });
  for (const fact of ['"A"', ids.A ?? "", stack.emulator.url, other.url]) expect(err).toContain(fact);
  expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
  expect(other.requests).toEqual([]);
});

test.each([
  [
    "401",
    "unauthorized",
    { kind: "status", status: 401, body: { detail: { status: "invalid_api_key", message: "Invalid API key" } } },
  ],
  ["a proxy's page", "not-the-api", { kind: "malformed" }],
] as const)("%s is an error with exit code 1, never drift", async (_title, expectedKind, fault) => {
  const { stack } = await deployed(["A"]);
  stack.emulator.fault({ ...fault, on: "list", times: Number.POSITIVE_INFINITY });

  const { code, out, kind } = await cliIn(stack, ["drift", "--json"]);

  expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: expectedKind });
});

test("ignores a secret that the program only looks up", async () => {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  const { id } = stack.workspace.add("THEIRS", "v");
  await stack.deploy(`WorkspaceSecret.get("theirs", "${id}");`);
  stack.workspace.rename(id, "OTHER");

  const { code, out } = await cliIn(stack, ["drift"]);

  expect({ code, out }).toEqual({ code: 0, out: "Stack test: 0 secrets, no drift\n" });
});
