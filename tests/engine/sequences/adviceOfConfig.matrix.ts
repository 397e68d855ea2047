import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { commandsIn, runPrinted } from "../../support/printedAdvice";
import { type Run, startStack, type TestStack } from "../../support/testStack";
import { held } from "./support";

const PROGRAM = 'new WorkspaceSecrets("all");';

/** Starts a stack whose config has the secrets A and B, which are in the workspace. */
async function startWithSecrets() {
  const stack = await startStack();
  for (const name of ["A", "B"]) await set(stack, `secrets.${name}`);
  await stack.deploy(PROGRAM);
  return { stack, before: held(stack.workspace) };
}

async function set(stack: TestStack, path: string): Promise<void> {
  await stack.cli(["config", "set", "--secret", "--path", path], "a value").orThrow();
}

/** Expects that a run fails with this kind. Returns the error. */
function errorOf(run: Run, kind: string): string {
  expect(run.code).not.toBe(0);
  expect(run.kinds).toEqual([kind]);
  return run.problems[0]?.message ?? "";
}

describe("the advice of config-missing", () => {
  test("after config-missing, pulumi config refresh restores the config", async () => {
    const { stack, before } = await startWithSecrets();
    const file = join(stack.folder, "Pulumi.test.yaml");
    const { config: _, ...rest } = parse(await readFile(file, "utf8"));
    await writeFile(file, stringify(rest));
    const [, refresh] = commandsIn(errorOf(await stack.preview(), "config-missing"));

    await runPrinted(stack, refresh);
    await stack.deploy(PROGRAM);

    expect(held(stack.workspace)).toEqual(before);
  });

  test("after config-missing, the key of a renamed project works", async () => {
    const { stack, before } = await startWithSecrets();
    await set(stack, "old:secrets.A");
    await set(stack, "old:secrets.B");
    await stack.cli(["config", "rm", "secrets"]).orThrow();
    const [, advice] = /, set (secrets: .*)$/m.exec(errorOf(await stack.preview(), "config-missing")) ?? [];

    const up = await stack.deploy(`new WorkspaceSecrets("all", { ${advice} });`);

    expect(up.changes).toEqual({ same: 2 });
    expect(held(stack.workspace)).toEqual(before);
  });

  test("after config-missing, a new stack gets its first secret", async () => {
    const stack = await startStack();
    await stack.program(PROGRAM);
    const set = commandsIn(errorOf(await stack.preview(), "config-missing")).at(-1);

    await runPrinted(stack, set, "a value");
    await stack.deploy(PROGRAM);

    expect(stack.workspace.secrets()).toMatchObject([{ name: "NAME" }]);
  });
});

describe("the advice of config-not-an-object", () => {
  test("after config-not-an-object, pulumi config refresh restores the object", async () => {
    const { stack, before } = await startWithSecrets();
    await stack.cli(["config", "set", "--secret", "secrets", "text"]).orThrow();
    const [, refresh] = commandsIn(errorOf(await stack.preview(), "config-not-an-object"));

    await runPrinted(stack, refresh);
    await stack.deploy(PROGRAM);

    expect(held(stack.workspace)).toEqual(before);
  });

  test("after config-not-an-object, a new stack gets its first secret", async () => {
    const stack = await startStack();
    await stack.cli(["config", "set", "secrets", "text"]).orThrow();
    await stack.program(PROGRAM);
    const removeAndSet = commandsIn(errorOf(await stack.preview(), "config-not-an-object")).at(-1);

    await runPrinted(stack, removeAndSet, "a value");
    await stack.deploy(PROGRAM);

    expect(stack.workspace.secrets()).toMatchObject([{ name: "NAME" }]);
  });
});

describe("the advice of config-entries-invalid", () => {
  test("after config-entries-invalid, an empty value can be set", async () => {
    const { stack, before } = await startWithSecrets();
    await stack.cli(["config", "set", "--secret", "--path", "secrets.B", ""]).orThrow();
    const [setValue] = commandsIn(errorOf(await stack.preview(), "config-entries-invalid"));

    await runPrinted(stack, setValue, "a value");
    const up = await stack.deploy(PROGRAM);

    expect(up.changes).toEqual({ same: 2 });
    expect(held(stack.workspace)).toEqual(before);
  });

  test("after config-entries-invalid, a secret with an empty value can go", async () => {
    const { stack, before } = await startWithSecrets();
    await stack.cli(["config", "set", "--secret", "--path", "secrets.B", ""]).orThrow();
    const [, remove] = commandsIn(errorOf(await stack.preview(), "config-entries-invalid"));

    await runPrinted(stack, remove);
    const up = await stack.deploy(PROGRAM);

    expect(up.changes).toEqual({ same: 1, delete: 1 });
    expect(held(stack.workspace)).toEqual(before.filter((secret) => secret.includes(" A=")));
  });

  test("after config-entries-invalid, a number that is set as a secret works", async () => {
    const { stack, before } = await startWithSecrets();
    await stack.cli(["config", "set", "--path", "secrets.PIN", "1234"]).orThrow();
    const [setValue] = commandsIn(errorOf(await stack.preview(), "config-entries-invalid"));

    await runPrinted(stack, setValue?.replace("NAME", "PIN"), "1234");
    await stack.deploy(PROGRAM);

    expect(held(stack.workspace)).toHaveLength(before.length + 1);
    expect(held(stack.workspace)).toEqual(expect.arrayContaining([...before, expect.stringMatching(/ PIN=1234$/)]));
  });
});

test.each<[string, [string, string][], string]>([
  ["a misspelled setting", [["elevenlabs:regoin", "eu"]], ""],
  ["a number out of range", [["elevenlabs:maxRetries", "many"]], ""],
  ["an unknown region", [["elevenlabs:region", "mars"]], ""],
  ["a workspace with an unknown region", [["elevenlabs:workspaces.eu.region", "mars"]], "eu"],
  ["an unknown workspace", [], "eu"],
  ["workspaces that aren't an object", [["elevenlabs:workspaces", "text"]], "eu"],
])("the commands of an invalid config repair %s", async (_title, config, workspace) => {
  const stack = await startStack();
  for (const [path, text] of config) await stack.cli(["config", "set", "--path", path, text]).orThrow();
  const inputs = workspace === "" ? 'value: "v"' : `value: "v", workspace: "${workspace}"`;
  await stack.program(`new WorkspaceSecret("a", { ${inputs} });`);
  const refused = await stack.preview();
  const [command] = commandsIn(refused.problems[0]?.message);

  await runPrinted(stack, command?.replace("NAME", workspace), "sk_new");

  expect(refused.code).not.toBe(0);
  expect(await stack.preview()).toMatchObject({ code: 0, kinds: [] });
});

test("after plain-values, the advice replaces the values without a warning", async () => {
  const stack = await startStack();
  await stack.cli(["config", "set", "--path", "secrets.A", "plain"]).orThrow();
  const warned = await stack.deploy(PROGRAM);
  const before = stack.workspace.secrets();
  expect(warned.kinds).toEqual(["plain-values"]);

  await runPrinted(stack, commandsIn(warned.problems[0]?.message)[0], "a value");
  const up = await stack.deploy(PROGRAM);

  expect(up.kinds).toEqual([]);
  expect(stack.workspace.secrets()).toEqual([{ ...before[0], value: "a value" }]);
});

test.each([
  ["plain-api-key", ["elevenlabs:apiKey", "sk_plain"]],
  ["plain-api-keys", ["elevenlabs:workspaces", '{"eu":{"apiKey":"sk_plain"}}']],
])("after %s, a new key that is set as a secret works", async (kind, plain) => {
  const stack = await startStack();
  await stack.cli(["config", "set", ...plain]).orThrow();
  await stack.program('new WorkspaceSecret("a", { value: "v" });');
  const [setKey] = commandsIn(errorOf(await stack.preview(), kind));

  await runPrinted(stack, setKey?.replace("NAME", "eu"), stack.emulator.apiKey);
  const up = await stack.up();

  expect(up.code).toBe(0);
  expect(stack.workspace.secrets()).toHaveLength(1);
});
