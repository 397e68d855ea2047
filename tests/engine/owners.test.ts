import { describe, expect, test } from "@jest/globals";
import { HOST, HOSTS } from "../support/hosts";
import { addOwner, declaredTwice, isLeft, owners, urn, warnings } from "../support/ownedSecrets";
import { startStack } from "../support/testStack";

const MODULE = HOSTS[HOST].module;

describe("two resources of one program", () => {
  test("two resources with one name: the second fails before any call", async () => {
    const stack = await startStack();
    const first = 'const a = new WorkspaceSecret("a", { name: "CRM", value: "v" });';
    await stack.deploy(first);
    const before = stack.workspace.secrets();
    const held = await owners(stack);

    const programs = [
      `new WorkspaceSecret("b", { name: "CRM", value: "w", onExisting: "overwrite" }, { dependsOn: a });`,
      `new WorkspaceSecret("b", { name: pulumi.output("CRM"), value: "w", onExisting: "overwrite" }, { dependsOn: a });`,
    ];
    for (const second of programs) {
      await stack.program(first + second);
      const run = second === programs[0] ? await stack.preview() : await stack.up();
      expect(run.code).not.toBe(0);
      expect(run.problems).toMatchObject([declaredTwice("b", "a", "name")]);
      expect(run.output).not.toMatch(/^\s+at .*:\d+/m);
      expect(run.calls).toEqual([]);
    }
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await owners(stack)).toEqual(held);

    const other = await stack.deploy(`${first} new WorkspaceSecret("b", { name: "OTHER", value: "w" });`);
    expect(other.changes).toEqual({ same: 1, create: 1 });
    expect(stack.workspace.secrets()).toMatchObject([...before, { name: "OTHER", value: "w" }]);
  });

  test("if two resources own one secret, removing one keeps the secret", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("old", { name: "CRM", value: "v" });');
    const [made] = stack.workspace.secrets();
    await addOwner(stack, "new");
    stack.workspace.setValue(made?.id ?? "", "w");
    expect(await owners(stack)).toEqual([`new ${made?.id}`, `old ${made?.id}`]);

    const refresh = await stack.refresh();

    expect({ code: refresh.code, errors: refresh.diagnostics }).toEqual({ code: 0, errors: [] });
    const run = await stack.deploy('new WorkspaceSecret("new", { name: "CRM", value: "w", onExisting: "overwrite" });');
    expect(run.calls).toEqual([]);
    expect(warnings(run)).toEqual([isLeft("CRM", made?.id)]);
    expect(await owners(stack)).toEqual([`new ${made?.id}`]);
    expect(stack.workspace.secrets()).toMatchObject([{ id: made?.id, value: "w" }]);
  });

  test("if two resources own one secret, destroy deletes it once", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("old", { name: "CRM", value: "v" });');
    await addOwner(stack, "new");

    const run = await stack.destroy();

    expect([run.code, run.changes, warnings(run)]).toEqual([0, { delete: 2 }, []]);
    expect(stack.workspace.secrets()).toEqual([]);
    expect(await owners(stack)).toEqual([]);
  });

  test("two resources with one existingId: the second fails, and owns nothing", async () => {
    const stack = await startStack();
    stack.workspace.add("THEIRS", "theirs", { id: "sec_1" });
    stack.workspace.add("b", "theirs", { id: "sec_2" });
    const program = (id: string) =>
      stack.program(`
        const a = new WorkspaceSecret("a", { name: "THEIRS", value: "a", existingId: "sec_1" });
        new WorkspaceSecret("b", { value: "b", existingId: ${id} }, { dependsOn: a });
      `);

    await program('"sec_1"');
    const preview = await stack.preview();
    await program('pulumi.output("sec_1")');
    const up = await stack.up();

    for (const run of [preview, up]) {
      expect(run.code).not.toBe(0);
      expect(run.problems).toMatchObject([declaredTwice("b", "a", "existingId")]);
    }
    expect(stack.workspace.secrets()).toMatchObject([
      { id: "sec_1", name: "THEIRS" },
      { id: "sec_2", value: "theirs" },
    ]);
    expect(await owners(stack)).not.toContain("b sec_1");

    await program('"sec_2"');
    expect((await stack.up()).code).toBe(0);
    expect(await owners(stack)).toEqual(["a sec_1", "b sec_2"]);
  });

  test("two copies of the package: the second resource fails and creates none", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false, latencyMs: 50 } });
    await stack.program(`
      delete require.cache[require.resolve("${MODULE}")];
      const copy = require("${MODULE}");
      new WorkspaceSecret("a", { name: "CRM", value: "v", onExisting: "overwrite" });
      new copy.WorkspaceSecret("b", { name: "CRM", value: "v", onExisting: "overwrite" });
    `);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    // The engine checks resources concurrently, so either can be the second.
    const resource = expect.stringMatching(/^[ab]$/);
    expect(run.problems).toMatchObject([{ severity: "error", kind: "declared-twice", resource }]);
    expect(stack.workspace.secrets()).toHaveLength(1);
    expect(await stack.secrets()).toHaveLength(1);
  });
});

describe("a secret that two resources of the program own", () => {
  test("if two resources own one secret, the second fails until one is removed", async () => {
    const stack = await startStack();
    const a = 'new WorkspaceSecret("a", { name: "A", value: "v" }';
    await stack.deploy(`${a});`);
    const [made] = stack.workspace.secrets();
    await addOwner(stack, "b", { name: "B", existingId: made?.id ?? "" });

    await stack.program(`
      const b = new WorkspaceSecret("b", { name: "B", value: "w", existingId: "${made?.id}" });
      ${a}, { dependsOn: b });
    `);
    for (const run of [await stack.up(), await stack.preview()]) {
      expect(run.code).not.toBe(0);
      expect(run.problems).toMatchObject([{ severity: "error", kind: "owned-by-other", resource: "a" }]);
      expect(run.problems[0]?.message).toContain(`"A" (${made?.id})`);
      expect(run.problems[0]?.message).toContain('resource "b"');
    }

    const run = await stack.deploy(`${a});`);
    expect(run.calls).toEqual([]);
    expect(warnings(run)).toEqual([isLeft("B", made?.id)]);
    expect(await owners(stack)).toEqual([`a ${made?.id}`]);
    expect(stack.workspace.secrets()).toHaveLength(1);
  });
});

describe("a resource that is renamed in the program", () => {
  test("a renamed resource finds its own secret; the error suggests aliases", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("old", { name: "CRM", value: "v" });');
    const before = stack.workspace.secrets();

    await stack.program('new WorkspaceSecret("new", { name: "CRM", value: "v" });');
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.problems).toMatchObject([{ kind: "owned-by-other", resource: "new" }]);
    expect(failed.problems[0]?.message).toContain(`${before[0]?.id} belongs to resource "old"`);
    expect(failed.problems[0]?.message).toContain(`aliases: ["${urn("old")}"]`);

    const cured = await stack.deploy(
      `new WorkspaceSecret("new", { name: "CRM", value: "v" }, { aliases: ["${urn("old")}"] });`,
    );
    expect([cured.changes, cured.calls]).toEqual([{ same: 1 }, []]);
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await owners(stack)).toEqual([`new ${before[0]?.id}`]);
  });

  test.each(["overwrite", "keep"])(
    "a renamed resource is refused with onExisting %s; aliases fix it",
    async (onExisting) => {
      const stack = await startStack();
      const program = (logical: string, options = "{}") =>
        `new WorkspaceSecret("${logical}", { name: "CRM", value: "v", onExisting: "${onExisting}" }, ${options});`;
      await stack.deploy(program("old"));
      const before = stack.workspace.secrets();

      await stack.program(program("new"));
      for (const run of [await stack.preview(), await stack.up(), await stack.up("--target", urn("new"))]) {
        expect(run.code).not.toBe(0);
        expect(run.problems).toMatchObject([{ kind: "owned-by-other", resource: "new" }]);
        const { message = "" } = run.problems[0] ?? {};
        expect(message).toMatch(new RegExp(`: name .*${before[0]?.id}.* resource "old"`));
        expect(message).toContain(`aliases: ["${urn("old")}"]`);
        expect(run.calls).toEqual([]);
      }
      expect(await owners(stack)).toEqual([`old ${before[0]?.id}`]);

      const cured = await stack.deploy(program("new", `{ aliases: ["${urn("old")}"] }`));
      expect([cured.changes, cured.calls]).toEqual([{ same: 1 }, []]);
      expect(stack.workspace.secrets()).toEqual(before);
      expect(await owners(stack)).toEqual([`new ${before[0]?.id}`]);
    },
  );
});

describe("a replaced secret", () => {
  test("a replacement by --replace requires overwrite or deleteBeforeReplace", async () => {
    const stack = await startStack();
    const program = `
      new WorkspaceSecret("taken", { value: "v", onExisting: "overwrite" });
      new WorkspaceSecret("before", { value: "v", onExisting: "overwrite" }, { deleteBeforeReplace: true });
      new WorkspaceSecret("plain", { value: "v" });
    `;
    await stack.deploy(program);
    const id = Object.fromEntries(stack.workspace.secrets().map((secret) => [secret.name, secret.id]));

    const failed = await stack.up("--replace", urn("plain"));
    expect(failed.code).not.toBe(0);
    expect(failed.problems).toMatchObject([
      { kind: "name-taken", resource: "plain", message: expect.stringMatching(`${id.plain}[^]*deleteBeforeReplace`) },
    ]);
    expect(failed.calls).not.toContain("delete");

    const run = await stack.up("--replace", urn("taken"), "--replace", urn("before"));
    expect(run.code).toBe(0);
    expect(run.requests.filter(({ operation }) => operation === "delete")).toMatchObject([
      { path: `/v1/convai/secrets/${id.before}` },
    ]);
    expect(warnings(run)).toEqual([isLeft("taken", id.taken)]);
    const now = Object.fromEntries(stack.workspace.secrets().map((secret) => [secret.name, secret.id]));
    expect(now).toEqual({ taken: id.taken, before: expect.any(String), plain: id.plain });
    expect(now.before).not.toBe(id.before);
    expect(await owners(stack)).toEqual([`before ${now.before}`, `plain ${id.plain}`, `taken ${id.taken}`]);
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });

  test("a secret whose delete failed isn't deleted once a resource adopts it", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("a", { name: "OLD", value: "v" });');
    const [old] = stack.workspace.secrets();
    stack.emulator.fault({ kind: "status", status: 500, on: "delete" });
    await stack.program('new WorkspaceSecret("a", { name: "NEW", value: "v" });');
    expect((await stack.up()).code).not.toBe(0);
    expect(await owners(stack)).toContain(`a ${old?.id} (to delete)`);

    const run = await stack.deploy('new WorkspaceSecret("a", { name: "OLD", value: "w", onExisting: "overwrite" });');

    expect(run.calls.filter((call) => call === "delete")).toHaveLength(1);
    expect(warnings(run)).toEqual([isLeft("OLD", old?.id)]);
    expect(stack.workspace.secrets()).toEqual([{ ...old, value: "w" }]);
    expect(await owners(stack)).toEqual([`a ${old?.id}`]);
  });

  test("a move to another config name of one workspace adopts the secret", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("a", { name: "CRM", value: "v" });');
    const before = stack.workspace.secrets();
    const workspaces = { prod: { apiKey: stack.emulator.apiKey, baseUrl: stack.emulator.url } };
    await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify(workspaces)).orThrow();

    const run = await stack.deploy(
      'new WorkspaceSecret("a", { name: "CRM", value: "v", workspace: "prod", onExisting: "overwrite" });',
    );

    expect(run.calls).toEqual(["list", "get", "update"]);
    expect(warnings(run)).toEqual([isLeft("CRM", before[0]?.id)]);
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await owners(stack)).toEqual([`a ${before[0]?.id}`]);
  });
});
