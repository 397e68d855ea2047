import { describe, expect, test } from "@jest/globals";
import type { DependentSeeds, Emulator, FaultKind } from "pulumi-elevenlabs/emulator";
import { addWorkspaces, startAnotherEach } from "../support/namedWorkspaces";
import { dependentsIn, onlyId, RETAINED, SECRET, warningsOf } from "../support/secretInUse";
import { status } from "../support/setFaults";
import { expectError } from "../support/shownProblems";
import { startStack } from "../support/testStack";

describe("a delete", () => {
  test("a delete sends one DELETE, and touches no other secret", async () => {
    const stack = await startStack();
    const theirs = stack.workspace.add("theirs", "v");
    await stack.deploy(`${SECRET}; new WorkspaceSecret("other", { value: "v" })`);

    const run = await stack.deploy(SECRET);
    expect(run.changes).toEqual({ same: 1, delete: 1 });
    expect(run.calls).toEqual(["delete"]);
    expect(stack.workspace.secrets().map(({ name }) => name)).toEqual(["theirs", "T"]);

    const destroyed = await stack.destroy();
    expect(destroyed.code).toBe(0);
    expect(destroyed.calls).toEqual(["delete"]);
    expect(stack.workspace.secrets()).toEqual([theirs]);
    expect(await stack.secrets()).toEqual([]);
  });

  test("a delete succeeds if the secret is gone or the response was lost", async () => {
    const stack = await startStack();
    // Each resource depends on the previous resource, so the deletes run in the order C, B, A.
    await stack.deploy(`
      const A = new WorkspaceSecret("A", { value: "v" });
      const B = new WorkspaceSecret("B", { value: "v" }, { dependsOn: A });
      new WorkspaceSecret("C", { value: "v" }, { dependsOn: B });
    `);
    for (const { id, name } of stack.workspace.secrets()) if (name !== "C") stack.workspace.remove(id);
    stack.emulator.fault({ kind: "reset", when: "after", on: "delete" });
    const notFound = { detail: "Not Found" };
    stack.emulator.fault({ kind: "status", status: 404, body: notFound, on: "delete", after: 2 });

    const run = await stack.destroy();

    expect(run.code).toBe(0);
    expect(run.diagnostics).toEqual([]);
    expect(run.calls).toEqual(["delete", "delete", "delete", "delete", "list"]);
    expect(await stack.secrets()).toEqual([]);
  });
});

describe("a delete of a secret in use", () => {
  test("a delete of a secret in use fails with its dependents, for any status", async () => {
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "0" } });
    const statuses = ["409", "400", "422", "403"];
    const emulators = await startAnotherEach(statuses, (status) => ({ inUseStatus: Number(status) }));
    await addWorkspaces(stack, Object.fromEntries(emulators));
    await stack.deploy(
      `for (const workspace of ${JSON.stringify(statuses)}) new WorkspaceSecret("S" + workspace, { value: "v", workspace })`,
    );
    for (const [, emulator] of emulators) use(emulator, { agents: ["Support"] });
    const before = await stack.secrets();

    const run = await stack.destroy("--continue-on-error");

    for (const [name, emulator] of emulators) {
      const [{ id, dependents } = { id: "", dependents: undefined }, ...others] = emulator.workspace().secrets();
      expect(others).toEqual([]);
      const [agent] = dependents?.agents ?? [];
      const facts = [`secret "S${name}" (${id}) in workspace "${name}"`, `agent "Support" (${agent?.id})`];
      expectError(run, `S${name}`, { kind: "in-use", facts });
      use(emulator, {});
    }
    expect((await stack.secrets()).map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());

    expect((await stack.destroy()).code).toBe(0);
    for (const [, emulator] of emulators) expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("dependents of each kind and page are listed, even if a GET shows none", async () => {
    const stack = await startStack();
    await stack.deploy(SECRET);
    const id = onlyId(stack);
    const many = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind} ${index}`);
    const hidden = (id: string) => ({ type: "unknown" as const, id });
    stack.workspace.use(id, {
      // The API returns more than 100 dependents of a kind in pages.
      agents: [...many("agent", 130), hidden("agent_hidden")],
      tools: [hidden("tool_hidden"), ...many("tool", 25)],
      phone_numbers: many("line", 12),
      mcp_servers: ["Docs", hidden("mcp_hidden")],
      others: ["conversation_initiation_webhook"],
    });
    const used = stack.workspace.secrets()[0]?.dependents;
    const named = (kind: string, one: object) =>
      "name" in one && "id" in one ? `${kind} "${one.name}" (${one.id})` : "id" in one ? `${kind} ${one.id}` : "";
    const expected = [
      ...(used?.agents ?? []).map((one) => named("agent", one)),
      ...(used?.tools ?? []).map((one) => named("tool", one)),
      ...(used?.phone_numbers ?? []).map((one) => `phone number "${one.label}" (${one.phone_number_id})`),
    ];
    const withoutPages = [
      ...(used?.mcp_servers ?? []).map((one) => named("MCP server", one)),
      "conversation initiation webhook",
    ];
    expect(expected.length + withoutPages.length).toBe(131 + 26 + 12 + 3);

    const run = await stack.destroy();
    expect(dependentsIn(run).sort()).toEqual([...expected, ...withoutPages].sort());

    const empty = { tools: [], agents: [], phone_numbers: [], mcp_servers: [], others: [] };
    const body = JSON.stringify({ type: "stored", secret_id: id, name: "T", used_by: empty });
    stack.emulator.fault({ kind: "malformed", body, on: "get" });
    const again = await stack.destroy();
    expect(dependentsIn(again).sort()).toEqual(expected.sort());
    expect(onlyId(stack)).toBe(id);
  });

  test('onInUse "retain" keeps a secret in use, and warns with its dependents', async () => {
    const stack = await startStack();
    await stack.deploy(`${RETAINED}; ${RETAINED.replace('"T"', '"unused"')}`);
    const id = stack.workspace.secrets().find(({ name }) => name === "T")?.id ?? "";
    stack.workspace.use(id, { tools: ["CRM"] });

    const run = await stack.destroy();

    expect(run.code).toBe(0);
    const [tool] = stack.workspace.secrets()[0]?.dependents?.tools ?? [];
    const [warning, ...others] = warningsOf(run);
    expect(others).toEqual([]);
    expect(warning?.kind).toBe("left-in-use");
    expect(warning?.message).toContain(`Secret "T" (${id})`);
    expect(warning?.message).toContain(`tool "CRM" (${tool && "id" in tool ? tool.id : ""})`);
    expect(await stack.secrets()).toEqual([]);
    expect(onlyId(stack)).toBe(id);
  });

  test.each([
    ["before the new name", RETAINED],
    ["with the new name", SECRET],
  ])('a replaced secret is kept if onInUse "retain" was set %s', async (_, before) => {
    const stack = await startStack();
    await stack.deploy(before);
    const old = onlyId(stack);
    stack.workspace.use(old, { agents: ["Support"] });

    const run = await stack.deploy(RETAINED.replace('value: "v"', 'name: "NEW", value: "v"'));

    const message = expect.stringContaining(`Secret "T" (${old})`);
    expect(warningsOf(run)).toEqual([expect.objectContaining({ kind: "left-in-use", message })]);
    expect(stack.workspace.secrets()).toMatchObject([{ id: old, name: "T" }, { name: "NEW" }]);
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([stack.workspace.secrets()[1]?.id]);
  });

  test("a failed delete of a replaced secret succeeds once nothing uses it", async () => {
    const stack = await startStack();
    await stack.deploy(SECRET);
    const old = onlyId(stack);
    stack.workspace.use(old, { agents: ["Support"] });
    await stack.program(SECRET.replace('value: "v"', 'name: "NEW", value: "v"'));

    const first = await stack.up();
    const inUse = { kind: "in-use", facts: [`secret "T" (${old})`, 'agent "Support"'] };
    expectError(first, "T", inUse);
    expect(first.calls).toEqual(["list", "create", "delete", "get"]);
    const made = stack.workspace.secrets().find(({ name }) => name === "NEW")?.id;
    const state = (await stack.secrets()).map(({ id, delete: pending = false }) => ({ id, pending }));
    expect(state).toHaveLength(2);
    expect(state).toEqual(
      expect.arrayContaining([
        { id: made, pending: false },
        { id: old, pending: true },
      ]),
    );

    const second = await stack.up();
    expectError(second, "T", inUse);
    expect(second.calls).toEqual(["delete", "get"]);

    expect((await stack.refresh()).code).toBe(0);
    expect(await stack.secrets()).toHaveLength(2);
    stack.workspace.use(old, {});
    const third = await stack.up();
    expect(third.code).toBe(0);
    expect(third.calls).toEqual(["delete"]);
    expect(onlyId(stack)).toBe(made);
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([made]);
  });
});

describe("a delete that fails for another reason", () => {
  test("any other failure shows the API's message, and keeps the state", async () => {
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "0" } });
    const faults: Record<string, [fault: FaultKind, kind: string, fact: string]> = {
      refused: [
        status(409, { detail: { status: "locked", message: "Locked by a release" } }),
        "refused",
        "409: Locked by a release",
      ],
      key: [
        status(401, { detail: { status: "invalid_api_key", message: "Not this key" } }),
        "unauthorized",
        "401: Not this key",
      ],
      permission: [
        status(401, { detail: { status: "missing_permissions", message: "Read only" } }),
        "missing-permission",
        "401: Read only",
      ],
      forbidden: [
        status(403, { detail: { code: "forbidden", message: "Not here" } }),
        "missing-permission",
        "403: Not here",
      ],
      broken: [status(500), "api-failure", "500: Internal Server Error"],
      unavailable: [status(503), "api-failure", "503: Service Unavailable"],
      proxy: [status(404, "<h1>404</h1>"), "not-the-api", "404"],
    };
    const names = Object.keys(faults);
    const emulators = await startAnotherEach(names);
    await addWorkspaces(stack, Object.fromEntries(emulators));
    await stack.deploy(`
      for (const workspace of ${JSON.stringify(names)}) {
        new WorkspaceSecret(workspace, { value: "v", workspace });
        new WorkspaceSecret(workspace + "-retain", { value: "v", workspace, onInUse: "retain" });
      }
    `);
    for (const [name, emulator] of emulators) {
      emulator.fault({ ...(faults[name]?.[0] as FaultKind), on: "delete", times: Number.POSITIVE_INFINITY });
      // After any other error, it makes no difference whether the secret is in use.
      if (!["refused", "forbidden"].includes(name)) use(emulator, { agents: ["Support"] });
    }

    const run = await stack.destroy("--continue-on-error");

    for (const [name, emulator] of emulators) {
      const [, kind = "", fact = ""] = faults[name] ?? [];
      const secrets = emulator.workspace().secrets();
      expect(secrets.map((secret) => secret.name).sort()).toEqual([name, `${name}-retain`]);
      for (const secret of secrets) {
        expectError(run, secret.name, {
          kind,
          facts: [`secret "${secret.name}" (${secret.id}) in workspace "${name}"`, fact],
        });
      }
    }
    expect(await stack.secrets()).toHaveLength(2 * names.length);
  });

  test("if the dependents can't be read, the API's message is shown", async () => {
    const stack = await startStack();
    await stack.deploy(RETAINED);
    const id = onlyId(stack);
    stack.workspace.use(id, { agents: ["Support"] });
    stack.emulator.fault({ ...status(403), on: "get" });

    const run = await stack.destroy();

    expectError(run, "T", { kind: "refused", facts: [id, "409: Secret is in use and cannot be deleted."] });
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([id]);
    expect(onlyId(stack)).toBe(id);
  });
});

function use(emulator: Emulator, dependents: DependentSeeds): void {
  for (const { id } of emulator.workspace().secrets()) emulator.workspace().use(id, dependents);
}
