import { describe, expect, test } from "@jest/globals";
import type { DependentSeeds, Emulator, FaultKind } from "pulumi-elevenlabs/emulator";
import { addWorkspaces, startAnotherEach } from "../support/namedWorkspaces";
import { status } from "../support/setFaults";
import { shownProblems } from "../support/shownProblems";
import { type Run, startStack, type TestStack } from "../support/testStack";

const SECRET = 'new WorkspaceSecret("T", { value: "v" })';
const RETAINED = 'new WorkspaceSecret("T", { value: "v", onInUse: "retain" })';

function onlyId(stack: TestStack): string {
  const [secret, ...others] = stack.workspace.secrets();
  expect(others).toEqual([]);
  return secret?.id ?? "";
}

describe("delete", () => {
  test("a secret that leaves the program, and one of a destroyed stack, cost one DELETE each, and no other secret is touched", async () => {
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

  test("a secret that is gone already counts as deleted, also where only the answer to its DELETE was lost", async () => {
    const stack = await startStack();
    await stack.deploy(["A", "B", "C"].map((name) => SECRET.replace("T", name)).join(";"));
    const [a, b] = stack.workspace.secrets();
    stack.workspace.remove(a?.id ?? "");
    stack.workspace.remove(b?.id ?? "");
    stack.emulator.fault({ kind: "status", status: 404, body: { detail: "Not Found" }, on: "delete" });
    stack.emulator.fault({ kind: "reset", when: "after", on: "delete", after: 1 });

    const run = await stack.destroy();

    expect(run.code).toBe(0);
    expect(run.diagnostics).toEqual([]);
    expect(await stack.secrets()).toEqual([]);
  });
});

describe("delete of a secret in use", () => {
  test("whatever status refuses it, the error lists who uses it, the state keeps it, and it goes once nothing uses it", async () => {
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

    expect(run.code).not.toBe(0);
    const problems = shownProblems(run.output);
    for (const [name, emulator] of emulators) {
      expect(problems[`S${name}`]).toContain(
        `could not delete secret "S${name}" (ID) in workspace "${name}": it is used by agent "Support" (ID).\n` +
          "It can be deleted once they no longer use it",
      );
      expect(emulator.workspace().secrets()).toHaveLength(1);
      use(emulator, {});
    }
    expect((await stack.secrets()).map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());

    expect((await stack.destroy()).code).toBe(0);
    for (const [, emulator] of emulators) expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("the error names every dependent, of every kind and page, also where the secret's own list of them is empty", async () => {
    const stack = await startStack();
    await stack.deploy(SECRET);
    const id = onlyId(stack);
    const many = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind} ${index}`);
    const hidden = (id: string) => ({ type: "unknown" as const, id });
    stack.workspace.use(id, {
      // Above 100 of a kind the API answers in pages.
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
    expect(run.code).not.toBe(0);
    expect(usersIn(run.output).sort()).toEqual([...expected, ...withoutPages].sort());

    const empty = { tools: [], agents: [], phone_numbers: [], mcp_servers: [], others: [] };
    const body = JSON.stringify({ type: "stored", secret_id: id, name: "T", used_by: empty });
    stack.emulator.fault({ kind: "malformed", body, on: "get" });
    const again = await stack.destroy();
    expect(again.code).not.toBe(0);
    expect(usersIn(again.output).sort()).toEqual(expected.sort());
    expect(onlyId(stack)).toBe(id);
  });

  test('with onInUse "retain" it is left in the workspace and forgotten, with a warning that names who uses it', async () => {
    const stack = await startStack();
    await stack.deploy(`${RETAINED}; ${RETAINED.replace('"T"', '"unused"')}`);
    const id = stack.workspace.secrets().find(({ name }) => name === "T")?.id ?? "";
    stack.workspace.use(id, { tools: ["CRM"] });

    const run = await stack.destroy();

    expect(run.code).toBe(0);
    const [warning, ...others] = warningsOf(run);
    expect(others).toEqual([]);
    expect(warning).toContain(`Secret "T" (${id}) is left in the workspace`);
    expect(warning).toMatch(/it is used by tool "CRM" \(.+\)\.$/);
    expect(await stack.secrets()).toEqual([]);
    expect(onlyId(stack)).toBe(id);
  });

  test("a dependent of a kind that is not documented is named as far as it is known, and retained all the same", async () => {
    const stack = await startStack();
    await stack.deploy(SECRET);
    const id = onlyId(stack);
    stack.workspace.use(id, { tools: ["CRM"] });
    const used_by = {
      tools: [{ type: "archived", id: "tool_9", access_level: null }],
      agents: null,
      phone_numbers: [{ phone_number_id: "phone_1", phone_number: "+1555", label: null, provider: "new" }],
      mcp_servers: null,
      others: ["new_kind", null],
    };
    const body = JSON.stringify({ type: "stored", secret_id: id, name: "T", used_by });
    stack.emulator.fault({ kind: "malformed", body, on: "get", times: Number.POSITIVE_INFINITY });

    const refreshed = await stack.refresh();
    const refused = await stack.destroy();
    await stack.deploy(RETAINED);
    const retained = await stack.destroy();

    expect(refreshed).toMatchObject({ code: 0, diagnostics: [] });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(
      'it is used by tool tool_9, phone number "+1555" (phone_1), new kind, something else',
    );
    expect(retained.code).toBe(0);
    expect(onlyId(stack)).toBe(id);
  });

  test('onInUse "retain" that is set only after a refusal counts from the next up on', async () => {
    const stack = await startStack();
    await stack.deploy(SECRET);
    stack.workspace.use(onlyId(stack), { tools: ["CRM"] });
    expect((await stack.destroy()).code).not.toBe(0);

    await stack.deploy(RETAINED);
    const run = await stack.destroy();

    expect(run.code).toBe(0);
    expect(await stack.secrets()).toEqual([]);
    expect(onlyId(stack)).not.toBe("");
  });

  test.each([
    ["", RETAINED],
    [" that is set together with the new name", SECRET],
  ])('with onInUse "retain"%s, a replaced secret in use is left behind under its old name', async (_, before) => {
    const stack = await startStack();
    await stack.deploy(before);
    const old = onlyId(stack);
    stack.workspace.use(old, { agents: ["Support"] });

    const run = await stack.deploy(RETAINED.replace('value: "v"', 'name: "NEW", value: "v"'));

    expect(warningsOf(run)).toEqual([expect.stringContaining(`Secret "T" (${old}) is left in the workspace`)]);
    expect(stack.workspace.secrets()).toMatchObject([{ id: old, name: "T" }, { name: "NEW" }]);
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([stack.workspace.secrets()[1]?.id]);
  });

  test("a replaced secret in use stays as a pending delete, which is explained and goes through once nothing uses it", async () => {
    const stack = await startStack();
    await stack.deploy(SECRET);
    const old = onlyId(stack);
    stack.workspace.use(old, { agents: ["Support"] });
    await stack.program(SECRET.replace('value: "v"', 'name: "NEW", value: "v"'));

    const first = await stack.up();
    expect(first.code).not.toBe(0);
    expect(first.calls).toEqual(["list", "create", "delete", "get"]);
    expect(first.output).toContain(`could not delete secret "T" (${old}): it is used by agent "Support"`);
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
    expect(second.code).not.toBe(0);
    expect(second.calls).toEqual(["delete", "get"]);
    expect(second.output).toContain(`could not delete secret "T" (${old}): it is used by agent "Support"`);

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

describe("delete that fails for another reason", () => {
  test("the error shows the API's own words, and neither onInUse forgets the secret", async () => {
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "0" } });
    const faults: Record<string, [FaultKind, string]> = {
      refused: [
        status(409, { detail: { status: "locked", message: "Locked by a release" } }),
        "409: Locked by a release",
      ],
      key: [status(401, { detail: { status: "invalid_api_key", message: "Not this key" } }), "401: Not this key"],
      permission: [status(401, { detail: { status: "missing_permissions", message: "Read only" } }), "401: Read only"],
      forbidden: [status(403, { detail: { code: "forbidden", message: "Not here" } }), "403: Not here"],
      broken: [status(500), "500: Internal Server Error"],
      unavailable: [status(503), "503: Service Unavailable"],
      proxy: [status(404, "<h1>404</h1>"), "something answered 404, and not in the API's form"],
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
      const [fault] = faults[name] as [FaultKind, string];
      emulator.fault({ ...fault, on: "delete", times: Number.POSITIVE_INFINITY });
      // Only of a refusal it matters whether the secret is in use.
      if (!["refused", "forbidden"].includes(name)) use(emulator, { agents: ["Support"] });
    }

    const run = await stack.destroy("--continue-on-error");

    expect(run.code).not.toBe(0);
    const problems = shownProblems(run.output);
    for (const name of names) {
      for (const logicalName of [name, `${name}-retain`]) {
        expect(problems[logicalName]).toContain(
          `could not delete secret "${logicalName}" (ID) in workspace "${name}": `,
        );
        expect(problems[logicalName]).toContain(faults[name]?.[1]);
      }
    }
    expect(await stack.secrets()).toHaveLength(2 * names.length);
    for (const [, emulator] of emulators) expect(emulator.workspace().secrets()).toHaveLength(2);
  });

  test("where the dependents cannot be read, the refusal stands with the API's own words, and nothing is forgotten", async () => {
    const stack = await startStack();
    await stack.deploy(RETAINED);
    const id = onlyId(stack);
    stack.workspace.use(id, { agents: ["Support"] });
    stack.emulator.fault({ ...status(403), on: "get" });

    const run = await stack.destroy();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain("the API answered 409: Secret is in use and cannot be deleted.");
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([id]);
    expect(onlyId(stack)).toBe(id);
  });
});

function warningsOf({ diagnostics }: Run): string[] {
  return diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
}

function use(emulator: Emulator, dependents: DependentSeeds): void {
  for (const { id } of emulator.workspace().secrets()) emulator.workspace().use(id, dependents);
}

/** Who uses the secret, as the error under `Diagnostics` lists them. */
function usersIn(output: string): string[] {
  const [, users = ""] = /Diagnostics:.* it is used by (.+?)\.\n/s.exec(output) ?? [];
  return users.split(", ");
}
