import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { cliIn, newKey } from "../support/commandRun";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { startStack, type TestStack } from "../support/testStack";

/** A stack of secrets that are as the program made them, by name. */
async function deployed(names: string[], args = ""): Promise<{ stack: TestStack; ids: Record<string, string> }> {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  await stack.deploy(
    `for (const name of ${JSON.stringify(names)}) new WorkspaceSecret("res-" + name, { name, value: "v"${args} });`,
  );
  const ids = Object.fromEntries(stack.workspace.secrets().map(({ name, id }) => [name, id]));
  return { stack, ids };
}

test("without drift the exit code is 0, at the price of one listing", async () => {
  const { stack } = await deployed(["A", "B"]);
  stack.workspace.add("THEIRS");
  const before = stack.emulator.requests.length;

  const { code, out, err } = await cliIn(stack, ["drift"]);

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toBe("Stack test: 2 secrets, no drift\nThe workspace holds 1 secret that this stack does not own.\n");
  expect(stack.emulator.requests.slice(before).map(({ operation }) => operation)).toEqual(["list"]);
});

test("every kind of drift is told in words, JSON and Markdown, with exit code 2, and nothing is changed", async () => {
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

  const words = await cliIn(stack, ["drift"]);
  const json = await cliIn(stack, ["drift", "--json"]);
  const markdown = await cliIn(stack, ["drift", "--markdown"]);

  expect([words.code, json.code, markdown.code]).toEqual([2, 2, 2]);
  expect(words.out).toMatch(/^Stack test: 5 secrets, 4 drifted\n/);
  const rows = words.out.split("\n").map((line) => line.split(/ {2,}/).slice(0, 4));
  expect(rows).toEqual(
    expect.arrayContaining([
      ["res-GONE", "GONE", ids.GONE, "missing"],
      ["res-OLD", "OLD", ids.OLD, "renamed"],
      ["res-AGAIN", "AGAIN", ids.AGAIN, "replaced by hand"],
      ["res-MANY", "MANY", ids.MANY, "replaced by hand"],
    ]),
  );
  expect(words.out).toMatch(/ gone; will be created again$/m);
  expect(words.out).toMatch(/ named "NEW \| <b>"; will be deleted once there is a new one of its name/);
  expect(words.out).toMatch(/ gone; id_again has its name; add {2}onExisting: "overwrite" {2}to take it over/);
  expect(words.out).toMatch(/ gone; id_1, id_2 have its name; choose it, or one of them, by {2}existingId$/m);
  expect(words.out).toMatch(/^To repair: change the program where it says so, then run {2}pulumi up --refresh$/m);
  expect(words.out).not.toContain("res-SAME");

  const told = JSON.parse(json.out);
  expect(told).toMatchObject({
    stack: "test",
    secrets: 5,
    comparedProgram: true,
    workspaces: [{ name: "default", endpoint: stack.emulator.url, unmanaged: 3 }],
  });
  const byName = Object.fromEntries(told.drift.map((one: { name: string }) => [one.name, one]));
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
    `| res-OLD | OLD | ${ids.OLD} | default | renamed | named "NEW &#124; &#60;b&#62;"; will`,
  );

  expect(await readFile(stack.checkpointFile, "utf8")).toBe(state);
  expect(new Set(stack.emulator.requests.slice(requests).map(({ method }) => method))).toEqual(new Set(["GET"]));
  expect(words.out + json.out + markdown.out).not.toContain("value made");
});

test("what it says will happen is what pulumi up --refresh does", async () => {
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
  expect(drift.out).toMatch(/ named "NEW"; will be given its name back$/m);
  expect(drift.out).toMatch(
    / named "AWAY"; will be deleted once there is a new one of its name, as onNameChange says$/m,
  );
  expect(drift.out).toMatch(/ id_again has its name; will be taken over, and its value overwritten$/m);
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

test("adopted secrets that were deleted or renamed by hand: it says what to edit, before and after a refresh", async () => {
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
  expect(before.out).toMatch(/ gone; remove {2}existingId: "id_a" {2}from the program, and it is created again$/m);
  expect(before.out).toMatch(
    / named "B2"; set {2}name: "B2" {2}or change {2}triggers {2}to push the program's value$/m,
  );
  expect(before.out).toMatch(/^To repair: change the program, then run {2}pulumi up --refresh$/m);
  expect(failed.code).not.toBe(0);
  expect(after.code).not.toBe(0);
  expect(after.out).not.toContain("no drift\n");

  await stack.program(a("") + b(', name: "B2"'));
  expect((await stack.up("--refresh")).code).toBe(0);
  expect(stack.workspace.secrets()).toMatchObject([{ id: "id_b", name: "B2", value: "theirs" }, { name: "A" }]);
  expect((await cliIn(stack, ["drift"])).code).toBe(0);
});

test("what the program wants and no up has done is pending, with exit code 2, and asks the API nothing more", async () => {
  const { stack, ids } = await deployed(["UPDATED", "REMOVED", "REPLACED"]);
  await stack.program(`
    new WorkspaceSecret("res-UPDATED", { name: "UPDATED", value: "value w" });
    new WorkspaceSecret("res-REPLACED", { name: "OTHER", value: "v" });
    new WorkspaceSecret("res-NEW", { name: "NEW", value: "v" });`);
  const [state, requests] = [await readFile(stack.checkpointFile, "utf8"), stack.emulator.requests.length];

  const { code, out } = await cliIn(stack, ["drift", "--json"]);
  const words = await cliIn(stack, ["drift"]);
  const stateOnly = await cliIn(stack, ["drift", "--state-only"]);

  expect([code, words.code]).toEqual([2, 2]);
  const { drift } = JSON.parse(out);
  expect(drift.map((one: { kind: string }) => one.kind)).toEqual(Array(4).fill("pending"));
  const operations = drift.map((one: Record<string, string>) => [one.name, one.operation, one.secretId]);
  expect(operations.sort()).toEqual([
    ["NEW", "create", null],
    ["OTHER", "replace", ids.REPLACED],
    ["REMOVED", "delete", ids.REMOVED],
    ["UPDATED", "update", ids.UPDATED],
  ]);
  expect(words.out).toMatch(/^Stack test: 3 secrets, no drift, 4 pending$/m);
  expect(words.out).toMatch(/^res-UPDATED +UPDATED +\S+ +pending +will be updated: the program and the state differ$/m);
  expect(words.out + out).not.toContain("value w");
  expect(stateOnly).toMatchObject({ code: 0, out: "Stack test: 3 secrets, no drift, program not compared\n" });
  expect(await readFile(stack.checkpointFile, "utf8")).toBe(state);
  expect(stack.emulator.requests.slice(requests).map(({ operation }) => operation)).toEqual(["list", "list", "list"]);
});

test("a program that fails is an error with exit code 1, never an all-clear; drift is told all the same", async () => {
  const { stack, ids } = await deployed(["A"]);
  await stack.program('throw new pulumi.RunError("no such thing");');

  const clear = await cliIn(stack, ["drift"]);
  stack.workspace.remove(ids.A ?? "");
  const drifted = await cliIn(stack, ["drift"]);

  expect(clear).toMatchObject({ code: 1, out: "" });
  expect(clear.err).toMatch(/^error: could not preview stack "test": pulumi says: .*no such thing/);
  expect(clear.err.trimEnd().split("\n")).toHaveLength(3);
  expect(drifted.code).toBe(2);
  expect(drifted.out).toMatch(/^Stack test: 1 secret, 1 drifted, program not compared$/m);
  expect(drifted.err).toContain("The program was left out: pulumi says: ");
});

test("what is gone, and no longer in the program, is not said to be created again", async () => {
  const { stack, ids } = await deployed(["A"]);
  stack.workspace.remove(ids.A ?? "");
  await stack.program("");

  const { out } = await cliIn(stack, ["drift"]);

  expect(out).toMatch(/ gone; the program no longer has it$/m);
});

test("at a width of 60, an id is on one line", async () => {
  const { stack, ids } = await deployed(["A_NAME_OF_SOME_LENGTH"]);
  stack.workspace.rename(ids.A_NAME_OF_SOME_LENGTH ?? "", "OTHER");

  const { out } = await cliIn(stack, ["drift"], { COLUMNS: "60" });

  expect(out).toContain(`${ids.A_NAME_OF_SOME_LENGTH}`);
});

test("the repair that it names is of the stack that was asked for", async () => {
  const { stack, ids } = await deployed(["GONE"]);
  stack.workspace.remove(ids.GONE ?? "");
  await stack.cli(["stack", "init", "other"]).orThrow();

  const words = await cliIn(stack, ["drift", "--stack", "test"], { PULUMI_STACK: "other" });
  const markdown = await cliIn(stack, ["drift", "--stack", "test", "--markdown"], { PULUMI_STACK: "other" });

  for (const { code, out } of [words, markdown]) {
    expect(code).toBe(2);
    expect(out).toMatch(/^To repair: pulumi up --stack test --refresh$/m);
  }
});

test("a secret that a listing lacks is missing only where the API says so of its id", async () => {
  const { stack } = await deployed(["A"]);
  stack.emulator.fault({ kind: "malformed", on: "list", body: JSON.stringify({ secrets: [], next_cursor: null }) });

  expect((await cliIn(stack, ["drift"])).code).toBe(0);
});

test("each workspace that the state names is looked at, with its own key; --workspace looks at one alone", async () => {
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
  const { stack } = await deployed(["A"]);
  const other = await startAnother({ keys: { [stack.emulator.apiKey]: {} } });
  await stack.configure({ "elevenlabs:baseUrl": other.url });

  const { code, out, err } = await cliIn(stack, ["drift"]);

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(
    /^error: could not look for secret "A" \(\S+\): it lives at http:\S+, but the config now points workspace "default" at /,
  );
  expect(err.trimEnd().split("\n")).toHaveLength(2);
  expect(other.requests).toEqual([]);
});

test.each([
  ["401", { kind: "status", status: 401, body: { detail: { status: "invalid_api_key", message: "Invalid API key" } } }],
  ["a proxy's page", { kind: "malformed" }],
] as const)("%s is an error with exit code 1, never drift", async (_title, fault) => {
  const { stack } = await deployed(["A"]);
  stack.emulator.fault({ ...fault, on: "list", times: Number.POSITIVE_INFINITY });

  const { code, out, err } = await cliIn(stack, ["drift", "--json"]);

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^error: could not look for the secrets: /);
});

test("what the program only looks up is no secret of the stack", async () => {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  const { id } = stack.workspace.add("THEIRS", "v");
  await stack.deploy(`WorkspaceSecret.get("theirs", "${id}");`);
  stack.workspace.rename(id, "OTHER");

  const { code, out } = await cliIn(stack, ["drift"]);

  expect({ code, out }).toEqual({ code: 0, out: "Stack test: 0 secrets, no drift\n" });
});
