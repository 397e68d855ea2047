import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { cliIn, newKey } from "../support/commandRun";
import { deployed } from "../support/deployedNames";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { startStack } from "../support/testStack";

test("the exit code is 0 after one list request if nothing has drifted", async () => {
  const { stack } = await deployed(["A", "B"]);
  stack.workspace.add("THEIRS");
  const before = stack.emulator.requests.length;

  const { code, out, err } = await cliIn(stack, ["drift"]);

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^Stack test: 2 secrets, no drift\n1 secret in the workspace .*\n$/);
  expect(stack.emulator.requests.slice(before).map(({ operation }) => operation)).toEqual(["list"]);
});

test("each kind of drift is shown in each format, with exit code 2", async () => {
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
    provider: "default",
    workspace: "default",
    name: "GONE",
    secretId: ids.GONE,
    now: [],
  });
  expect(byName.OLD).toMatchObject({ kind: "renamed", now: [{ secretId: ids.OLD, name: "NEW | <b>" }] });
  expect(byName.AGAIN).toMatchObject({ kind: "replaced", now: [{ secretId: "id_again", name: "AGAIN" }] });
  expect(byName.MANY).toMatchObject({ kind: "replaced", now: [{ secretId: "id_1" }, { secretId: "id_2" }] });

  expect(markdown.out).toMatch(/^### Stack test: 5 secrets, 4 drifted\n\n\| resource \| name \| id \|/);
  expect(markdown.out).toContain(
    `| res-OLD | OLD | ${ids.OLD} | default | renamed | now named "NEW &#124; &#60;b&#62;"; will`,
  );

  expect(await readFile(stack.checkpointFile, "utf8")).toBe(state);
  expect(new Set(stack.emulator.requests.slice(requests).map(({ method }) => method))).toEqual(new Set(["GET"]));
  expect(text.out + json.out + markdown.out).not.toContain("value made");
});

test("pulumi up --refresh makes the changes that drift announces", async () => {
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

test("an undeployed change is pending: exit code 2, and no extra request", async () => {
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

test('if the program fails, drift is reported, but never "no drift"', async () => {
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

test("a secret that a list lacks isn't missing if the API finds its id", async () => {
  const { stack } = await deployed(["A"]);
  stack.emulator.fault({ kind: "malformed", on: "list", body: JSON.stringify({ secrets: [], next_cursor: null }) });

  expect((await cliIn(stack, ["drift"])).code).toBe(0);
});

test("a config with another endpoint is an error, never drift", async () => {
  const { stack, ids } = await deployed(["A"]);
  const other = await startAnother({ keys: { [stack.emulator.apiKey]: {} } });
  await stack.configure({ "elevenlabs:baseUrl": other.url });

  const { code, out, err, kind } = await cliIn(stack, ["drift"]);

  expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "wrong-account" });
  for (const fact of ['"A"', ids.A ?? "", stack.emulator.url, other.url]) expect(err).toContain(fact);
  expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
  expect(other.requests.map(({ operation }) => operation)).toEqual(["list", "get"]);
});

test("the key of another workspace is an error, and its commands end well", async () => {
  const stack = await startStack({
    emulator: { keys: { sk_old: { workspace: "old" }, sk_new: { workspace: "new" } } },
  });
  await stack.deploy('for (const name of ["A", "B"]) new WorkspaceSecret(name, { value: "v" });');
  const state = await readFile(stack.checkpointFile, "utf8");

  const ofEnvironment = await cliIn(stack, ["drift"], { ELEVENLABS_API_KEY: "sk_new" });
  await stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], "sk_new").orThrow();
  const ofConfig = await cliIn(stack, ["drift", "--stack", "test"]);

  expect(ofEnvironment).toMatchObject({ code: 1, out: "", kind: "wrong-account" });
  expect(ofEnvironment.err).toMatch(/^Set ELEVENLABS_API_KEY to the key of the workspace that has the secrets\.$/m);
  expect(ofConfig).toMatchObject({ code: 1, out: "", kind: "wrong-account" });
  expect(ofConfig.err.trimEnd().split("\n")).toHaveLength(3);
  const [, setKey] = /: pulumi (config set --stack test --secret elevenlabs:apiKey)$/m.exec(ofConfig.err) ?? [];
  const [, deleteState, urn] = /"pulumi (state delete --stack test) (urn:\S+)"/.exec(ofConfig.err) ?? [];
  await stack.cli(setKey?.split(" ") ?? [], "sk_old").orThrow();
  expect(await cliIn(stack, ["drift", "--state-only"])).toMatchObject({ code: 0 });
  expect(await readFile(stack.checkpointFile, "utf8")).toBe(state);
  await stack.cli([...(deleteState?.split(" ") ?? []), urn ?? "", "--yes"]).orThrow();
  expect(await stack.secrets()).toHaveLength(1);
});

test("a 401 and a proxy's page are errors with exit code 1, never drift", async () => {
  const { stack } = await deployed(["A"]);
  const invalidKey = { detail: { status: "invalid_api_key", message: "Invalid API key" } };
  const faults = [
    ["unauthorized", { kind: "status", status: 401, body: invalidKey }],
    ["not-the-api", { kind: "malformed" }],
  ] as const;
  for (const [expected, fault] of faults) {
    stack.emulator.clearFaults();
    stack.emulator.fault({ ...fault, on: "list", times: Number.POSITIVE_INFINITY });

    const { code, out, kind } = await cliIn(stack, ["drift", "--json"]);

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: expected });
  }
});

test("drift promises no new secret for a resource that left the program", async () => {
  const { stack, ids } = await deployed(["A"]);
  stack.workspace.remove(ids.A ?? "");
  await stack.program("");

  const { out } = await cliIn(stack, ["drift"]);

  expect(out).toMatch(/ gone; no longer in the program$/m);
});

test("drift compares every workspace; --workspace limits it to one", async () => {
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
