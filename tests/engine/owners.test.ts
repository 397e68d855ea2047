import { describe, expect, test } from "@jest/globals";
import { digest } from "../../provider/secret/digest";
import { HOST, HOSTS } from "../support/hosts";
import { kindIn } from "../support/problems";
import { type Run, SECRET_TYPE, startStack, type TestStack } from "../support/testStack";

const MODULE = HOSTS[HOST].module;

const urn = (name: string) => `urn:pulumi:test::test::${SECRET_TYPE}::${name}`;

/** Each resource of the state with the id of the secret that it owns, sorted by name. */
async function owners(stack: TestStack): Promise<string[]> {
  const secrets = await stack.secrets();
  return secrets
    .map((secret) => `${secret.urn.split("::").at(-1)} ${secret.id}${secret.delete ? " (to delete)" : ""}`)
    .sort();
}

/** All warnings of a run, including those of the engine itself. */
function warnings({ diagnostics }: Run) {
  return diagnostics
    .filter(({ severity }) => severity === "warning")
    .map(({ message }) => ({ kind: kindIn(message), message }));
}

interface StateEntry {
  urn: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/**
 * Adds a resource `logical` to the state that owns the same secret as the first one. People can do that with `pulumi state`,
 * and versions of this package that did not look into the state could do it too.
 */
async function addOwner(stack: TestStack, logical: string, changes: { name?: string; existingId?: string } = {}) {
  const { output } = await stack.cli(["stack", "export", "--show-secrets"]).orThrow();
  const state = JSON.parse(output) as { deployment: { resources: StateEntry[] } };
  const first = state.deployment.resources.find(({ urn }) => urn.includes(SECRET_TYPE));
  if (!first) throw new Error("The state has no secret");
  const { valueDigest, ...outputs } = first.outputs;
  const secret = { ...(valueDigest as object), plaintext: JSON.stringify(digest("w")) };
  const value = { ...(first.inputs.value as object), plaintext: JSON.stringify("w") };
  state.deployment.resources.push({
    ...first,
    urn: urn(logical),
    inputs: { ...first.inputs, value, ...changes },
    outputs: { ...outputs, ...changes, valueDigest: secret },
  });
  await stack.cli(["stack", "import"], JSON.stringify(state)).orThrow();
}

/** The warning that a secret is not deleted, because another resource owns it. */
const isLeft = (name: string, id: string | undefined) => ({
  kind: "left-to-other-owner",
  message: expect.stringMatching(new RegExp(`"${name}" \\(${id}\\)[^]*triggers`)),
});

/** The error of a program that declares `resource` with an input that `holder` already has. */
const declaredTwice = (resource: string, holder: string, given: string) => ({
  severity: "error",
  kind: "declared-twice",
  message: expect.stringContaining(`WorkspaceSecret "${resource}": "${holder}" already has the ${given}`),
});

describe("two resources of one program", () => {
  test("with one name: the second fails before any call, whatever onExisting", async () => {
    const stack = await startStack();
    const first = 'new WorkspaceSecret("a", { name: "CRM", value: "v" });';
    await stack.deploy(first);
    const before = stack.workspace.secrets();
    const held = await owners(stack);

    const programs = [
      `new WorkspaceSecret("b", { name: "CRM", value: "w", onExisting: "overwrite" });`,
      `new WorkspaceSecret("b", { name: pulumi.output("CRM"), value: "w", onExisting: "overwrite" });`,
    ];
    for (const second of programs) {
      await stack.program(first + second);
      const run = second === programs[0] ? await stack.preview() : await stack.up();
      expect(run.code).not.toBe(0);
      expect(run.problems).toMatchObject([declaredTwice("b", "a", 'name "CRM"')]);
      expect(run.output).not.toMatch(/^\s+at .*:\d+/m);
      expect(run.calls).toEqual([]);
    }
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await owners(stack)).toEqual(held);
  });

  test("that own one secret: the next up leaves it to the one that stays", async () => {
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

  test("that own one secret: destroy deletes it once and leaves nothing", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("old", { name: "CRM", value: "v" });');
    await addOwner(stack, "new");

    const run = await stack.destroy();

    expect([run.code, run.changes, warnings(run)]).toEqual([0, { delete: 2 }, []]);
    expect(stack.workspace.secrets()).toEqual([]);
    expect(await owners(stack)).toEqual([]);
  });

  test("with one name that is known only during the update: the second fails", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    const program = (names: string[]) => `
      const base = new WorkspaceSecret("base", { value: "v" });
      for (const name of ${JSON.stringify(names)}) {
        new WorkspaceSecret(name, { name: pulumi.interpolate\`OF_\${base.secretId}\`, value: name, onExisting: "overwrite" });
      }`;

    await stack.program(program(["a", "b"]));
    expect((await stack.preview()).code).toBe(0);
    const run = await stack.up();

    expect(run.code).not.toBe(0);
    const [base] = stack.workspace.secrets();
    expect(run.problems).toMatchObject([declaredTwice("b", "a", `name "OF_${base?.id}"`)]);
    await stack.deploy(program(["a"]));
    expect(stack.workspace.secrets().map(({ name, value }) => [name, value])).toEqual([
      ["base", "v"],
      [`OF_${base?.id}`, "a"],
    ]);
    expect(await stack.secrets()).toHaveLength(2);
  });

  test("with one existingId: the second fails, and owns nothing", async () => {
    const stack = await startStack();
    stack.workspace.add("THEIRS", "theirs", { id: "sec_1" });
    const program = (id: string) =>
      stack.program(`
        new WorkspaceSecret("a", { name: "THEIRS", value: "a", existingId: "sec_1" });
        new WorkspaceSecret("b", { value: "b", existingId: ${id} });
      `);

    await program('"sec_1"');
    const preview = await stack.preview();
    await program('pulumi.output("sec_1")');
    const up = await stack.up();

    for (const run of [preview, up]) {
      expect(run.code).not.toBe(0);
      expect(run.problems).toMatchObject([declaredTwice("b", "a", 'existingId "sec_1"')]);
    }
    expect(stack.workspace.secrets()).toMatchObject([{ id: "sec_1", name: "THEIRS" }]);
    expect(await owners(stack)).not.toContain("b sec_1");
  });

  test("with one name, one of them in a component: the second fails", async () => {
    const stack = await startStack();
    await stack.program(
      'new WorkspaceSecrets("all", { prefix: "P_", secrets: { X: "v" } }); new WorkspaceSecret("b", { name: "P_X", value: "w" });',
    );

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([declaredTwice("b", "all-X", 'name "P_X"')]);
  });

  test("from two copies of the package: the second fails, creating nothing", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false, latencyMs: 50 } });
    await stack.program(`
      delete require.cache[require.resolve("${MODULE}")];
      const copy = require("${MODULE}");
      new WorkspaceSecret("a", { name: "CRM", value: "v", onExisting: "overwrite" });
      new copy.WorkspaceSecret("b", { name: "CRM", value: "v", onExisting: "overwrite" });
    `);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    // The engine checks resources side by side, so either may be the second.
    const resource = expect.stringMatching(/^[ab]$/);
    expect(run.problems).toMatchObject([{ severity: "error", kind: "name-declared-twice", resource }]);
    expect(stack.workspace.secrets()).toHaveLength(1);
    expect(await stack.secrets()).toHaveLength(1);
  });

  test("may share a name in two workspaces", async () => {
    const stack = await startStack({ emulator: { keys: { sk_default: {}, sk_other: { workspace: "other" } } } });
    const workspaces = { other: { apiKey: "sk_other", baseUrl: stack.emulator.url } };
    await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify(workspaces)).orThrow();

    await stack.deploy(`
      new WorkspaceSecret("a", { name: "CRM", value: "a" });
      new WorkspaceSecret("b", { name: "CRM", value: "b", workspace: "other" });
    `);

    expect(stack.workspace.secrets()).toMatchObject([{ name: "CRM", value: "a" }]);
    expect(stack.emulator.workspace("other").secrets()).toMatchObject([{ name: "CRM", value: "b" }]);
  });
});

describe("a secret that two resources of the program own", () => {
  test("fails the second resource until one of the two is removed", async () => {
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
      expect(run.problems).toMatchObject([{ severity: "error", kind: "two-owners", resource: "a" }]);
      expect(run.problems[0]?.message).toContain(`"A" (${made?.id})`);
      expect(run.problems[0]?.message).toContain('"B"');
    }

    const run = await stack.deploy(`${a});`);
    expect(run.calls).toEqual([]);
    expect(warnings(run)).toEqual([isLeft("B", made?.id)]);
    expect(await owners(stack)).toEqual([`a ${made?.id}`]);
    expect(stack.workspace.secrets()).toHaveLength(1);
  });
});

describe("a resource that is renamed in the program", () => {
  test("finds its own secret: the error suggests aliases, which fix it", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("old", { name: "CRM", value: "v" });');
    const before = stack.workspace.secrets();

    await stack.program('new WorkspaceSecret("new", { name: "CRM", value: "v" });');
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.problems).toMatchObject([{ kind: "name-taken", resource: "new" }]);
    expect(failed.problems[0]?.message).toContain(`${before[0]?.id}, which nothing uses`);
    expect(failed.problems[0]?.message).toContain('aliases: [{ name: "OLD_NAME" }]');

    const cured = await stack.deploy(
      'new WorkspaceSecret("new", { name: "CRM", value: "v" }, { aliases: [{ name: "old" }] });',
    );
    expect([cured.changes, cured.calls]).toEqual([{ same: 1 }, []]);
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await owners(stack)).toEqual([`new ${before[0]?.id}`]);
  });

  test.each(["overwrite", "keep"])(
    "is refused at preview with %s, even with --target; aliases fix it",
    async (onExisting) => {
      const stack = await startStack();
      const program = (logical: string, options = "{}") =>
        `new WorkspaceSecret("${logical}", { name: "CRM", value: "v", onExisting: "${onExisting}" }, ${options});`;
      await stack.deploy(program("old"));
      const before = stack.workspace.secrets();

      await stack.program(program("new"));
      for (const run of [await stack.preview(), await stack.up(), await stack.up("--target", urn("new"))]) {
        expect(run.code).not.toBe(0);
        expect(run.problems).toMatchObject([{ kind: "input-owned-in-stack", resource: "new" }]);
        const { message = "" } = run.problems[0] ?? {};
        expect(message).toMatch(new RegExp(`: name .*${before[0]?.id}.* resource "old"`));
        expect(message).toContain('aliases: [{ name: "old" }]');
        expect(run.calls).toEqual([]);
      }
      expect(await owners(stack)).toEqual([`old ${before[0]?.id}`]);

      const cured = await stack.deploy(program("new", '{ aliases: [{ name: "old" }] }'));
      expect([cured.changes, cured.calls]).toEqual([{ same: 1 }, []]);
      expect(stack.workspace.secrets()).toEqual(before);
      expect(await owners(stack)).toEqual([`new ${before[0]?.id}`]);
    },
  );

  test("keeps its secret if the renamed component above it has an alias", async () => {
    const stack = await startStack();
    const program = (name: string, options = "{}") =>
      `new WorkspaceSecrets("${name}", { secrets: { CRM: "v" }, onExisting: "overwrite" }, ${options});`;
    await stack.deploy(program("old"));
    const before = stack.workspace.secrets();

    const run = await stack.deploy(program("new", '{ aliases: [{ name: "old" }] }'));

    expect(run.calls).toEqual([]);
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await owners(stack)).toEqual([`new-CRM ${before[0]?.id}`]);
  });
});

describe("a replaced secret", () => {
  test("whose delete failed is not deleted once a resource has adopted it", async () => {
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

  test("by --replace requires overwrite or deleteBeforeReplace", async () => {
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
      { kind: "name-taken", resource: "plain", message: expect.stringContaining(id.plain ?? "no id") },
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

  test("that moves to an alias of its workspace is adopted, not deleted", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("a", { name: "CRM", value: "v" });');
    const before = stack.workspace.secrets();
    const workspaces = { prod: { apiKey: stack.emulator.apiKey, baseUrl: stack.emulator.url } };
    await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify(workspaces)).orThrow();

    const run = await stack.deploy(
      'new WorkspaceSecret("a", { name: "CRM", value: "v", workspace: "prod", onExisting: "overwrite" });',
    );

    expect(run.calls).toEqual(["list", "update"]);
    expect(warnings(run)).toEqual([isLeft("CRM", before[0]?.id)]);
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await owners(stack)).toEqual([`a ${before[0]?.id}`]);
  });
});
