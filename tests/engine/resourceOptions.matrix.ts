import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { testFor } from "../support/hosts";
import { startStack, type TestStack } from "../support/testStack";

/** Declares a function `hook(name)`, whose hook writes its arguments to a file. */
const hookIn = ({ folder }: TestStack) => `
  const { appendFileSync } = require("node:fs");
  const note = (hook, args) =>
    appendFileSync(${JSON.stringify(join(folder, "hooks.jsonl"))}, JSON.stringify({ hook, args }) + "\\n");
  const hook = (name) => new pulumi.ResourceHook(name, (args) => note(name, args));`;

/** The calls of the hooks, in order. */
async function hookCalls(stack: TestStack): Promise<{ hook: string; args: Record<string, object | undefined> }[]> {
  const lines = await readFile(join(stack.folder, "hooks.jsonl"), "utf8");
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("hooks", () => {
  test("hooks run around each operation, and get no value in plain text", async () => {
    const stack = await startStack();
    const names = ["beforeCreate", "afterCreate", "beforeUpdate", "afterUpdate", "beforeDelete", "afterDelete"];
    const hooks = `Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, [hook(name)]]))`;
    const program = (value: string) =>
      `${hookIn(stack)} new WorkspaceSecret("a", { name: "A", value: "${value}" }, { hooks: ${hooks} });`;

    await stack.deploy(program("first value"));
    await stack.deploy(program("second value"));
    const destroyed = await stack.destroy("--run-program");

    const calls = await hookCalls(stack);
    expect(calls.map(({ hook }) => hook)).toEqual(names);
    expect(JSON.stringify(calls)).not.toMatch(/(first|second) value|__registration/);
    expect(destroyed).toMatchObject({ code: 0, calls: ["delete"] });
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test("a failed hook before a create means that nothing is created", async () => {
    const stack = await startStack();
    await stack.program(`
      const hook = new pulumi.ResourceHook("refuse", () => { throw new Error("not today"); });
      new WorkspaceSecret("a", { value: "v" }, { hooks: { beforeCreate: [hook] } });`);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.output).toContain("not today");
    expect(run.calls).toEqual([]);
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test("a create that an error hook repeats never makes a second secret", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false }, config: { "elevenlabs:maxRetries": "0" } });
    // The responses to the POST and to the searches are lost.
    stack.emulator.fault({ kind: "reset", on: "create", when: "after" });
    stack.emulator.fault({ kind: "reset", on: "list", after: 1, times: 3 });
    await stack.program(`${hookIn(stack)}
      let attempts = 0;
      const again = new pulumi.ErrorHook("again", ({ errors }) => { note("onError", { errors }); return attempts++ < 1; });
      new WorkspaceSecret("a", { name: "A", value: "v" }, { hooks: { onError: [again] } });`);

    const run = await stack.up();

    expect(run.calls.filter((call) => call === "create")).toHaveLength(1);
    expect(stack.workspace.secrets()).toHaveLength(1);
    expect(run.kinds).toEqual(["name-taken"]);
    const [first] = await hookCalls(stack);
    expect(JSON.stringify(first)).toContain("may-have-been-created");
  });
});

test("a transform of the whole stack reaches each secret", async () => {
  const stack = await startStack();
  await stack.program(`
    pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
      type.endsWith(":WorkspaceSecret") ? { props: { ...props, onInUse: "retain" }, opts } : undefined);
    new WorkspaceSecret("a", { value: "v" });
    new WorkspaceSecrets("all", { secrets: { B: "w" } });`);

  const run = await stack.up();

  expect(run).toMatchObject({ code: 0, changes: { create: 2 } });
  const inputs = (await stack.secrets()).map((secret) => secret.inputs);
  expect(inputs).toMatchObject([{ onInUse: "retain" }, { onInUse: "retain" }]);
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});

describe("replaceWith", () => {
  const program = (name: string, options = "", args = "") => `
    const other = new WorkspaceSecret("other", { name: "${name}", value: "v" });
    new WorkspaceSecret("a", { name: "A", value: "v"${args} }, { replaceWith: [other], ${options} });`;

  test("replaceWith makes a new secret if deleteBeforeReplace frees the name", async () => {
    const stack = await startStack();
    await stack.deploy(program("OTHER", "deleteBeforeReplace: true"));
    const before = stack.workspace.secrets();

    await stack.deploy(program("OTHER2", "deleteBeforeReplace: true"));

    const after = stack.workspace.secrets();
    expect(after.map(({ name }) => name).sort()).toEqual(["A", "OTHER2"]);
    expect(after.filter(({ id }) => before.some((old) => old.id === id))).toEqual([]);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("replaceWith never destroys a value that was adopted with keep", async () => {
    const stack = await startStack();
    const theirs = stack.workspace.add("A", "theirs");
    await stack.deploy(program("OTHER", "deleteBeforeReplace: true", ', onExisting: "keep"'));
    await stack.program(program("OTHER2", "deleteBeforeReplace: true", ', onExisting: "keep"'));

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["kept-value-at-risk"]);
    expect(stack.workspace.secrets()).toContainEqual(theirs);
  });
});

test("hideDiffs hides a change in the output, and the change is still made", async () => {
  const stack = await startStack();
  const program = (value: string) => `new WorkspaceSecret("a", { value: "${value}" }, { hideDiffs: ["value"] });`;
  await stack.deploy(program("v"));

  const run = await stack.deploy(program("w"));

  expect(run.calls).toEqual(["update"]);
  expect(stack.workspace.secrets()).toMatchObject([{ value: "w" }]);
});

testFor("native")("envVarMappings gives an explicit provider the key of another variable", async () => {
  const stack = await startStack({ emulator: { keys: { sk_us: { workspace: "us" }, sk_eu: { workspace: "eu" } } } });
  Object.assign(stack.env, { ELEVENLABS_API_KEY: "sk_us", EU_KEY: "sk_eu" });
  await stack.deploy(`
    const baseUrl = "${stack.emulator.url}";
    const eu = new Provider("eu", { baseUrl }, { envVarMappings: { EU_KEY: "ELEVENLABS_API_KEY" } });
    new WorkspaceSecret("a", { name: "A", value: "v" }, { provider: eu });`);

  expect(stack.emulator.workspace("eu").secrets()).toMatchObject([{ name: "A" }]);
  expect(stack.emulator.workspace("us").secrets()).toEqual([]);
});

describe("retainOnDelete of a component", () => {
  test("destroy leaves all secrets of the component in the workspace", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecrets("all", { secrets: { A: "v", B: "w" } }, { retainOnDelete: true });');
    const before = stack.workspace.secrets();

    const run = await stack.destroy();

    expect(run).toMatchObject({ code: 0, calls: [] });
    expect(before).toHaveLength(2);
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await stack.secrets()).toEqual([]);
  });
});

test("a state migration changes the state without a request", async () => {
  const stack = await startStack();
  await stack.deploy('new WorkspaceSecret("a", { value: "v" });');
  const before = stack.workspace.secrets();
  const program = `
    const retain = (properties) => ({ ...properties, onInUse: "retain" });
    const migrate = ({ oldState: [{ inputs, outputs, ...rest }] }) =>
      inputs.onInUse ? undefined : { newState: [{ ...rest, inputs: retain(inputs), outputs: retain(outputs) }] };
    new WorkspaceSecret("a", { value: "v", onInUse: "retain" }, { stateMigrations: [migrate] });`;

  const migrated = await stack.deploy(program);
  const again = await stack.preview("--refresh", "--expect-no-changes");

  expect(migrated).toMatchObject({ calls: [], changes: { same: 1 } });
  expect(again.code).toBe(0);
  expect(await stack.secrets()).toMatchObject([{ inputs: { onInUse: "retain" } }]);
  expect(stack.workspace.secrets()).toEqual(before);
});
