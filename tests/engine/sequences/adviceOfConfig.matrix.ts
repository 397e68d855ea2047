import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
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

function expectFails(run: Run, kind: string, advice: string): void {
  expect(run.code).not.toBe(0);
  expect(run.output).toContain(`[${kind}]`);
  expect(run.output).toContain(advice);
}

describe("the advice of config-missing", () => {
  test("after config-missing, pulumi config refresh restores the config", async () => {
    const { stack, before } = await startWithSecrets();
    const file = join(stack.folder, "Pulumi.test.yaml");
    const { config: _, ...rest } = parse(await readFile(file, "utf8"));
    await writeFile(file, stringify(rest));
    expectFails(await stack.preview(), "config-missing", "pulumi config refresh");

    await stack.cli(["config", "refresh"]).orThrow();
    await stack.deploy(PROGRAM);

    expect(held(stack.workspace)).toEqual(before);
  });

  test("after config-missing, the key of a renamed project works", async () => {
    const { stack, before } = await startWithSecrets();
    await set(stack, "old:secrets.A");
    await set(stack, "old:secrets.B");
    await stack.cli(["config", "rm", "secrets"]).orThrow();
    const advice = 'secrets: secretsFromConfig("old:secrets")';
    expectFails(await stack.preview(), "config-missing", advice);

    const up = await stack.deploy(`new WorkspaceSecrets("all", { ${advice} });`);

    expect(up.changes).toEqual({ same: 2 });
    expect(held(stack.workspace)).toEqual(before);
  });

  test("after config-missing, a new stack gets its first secret", async () => {
    const stack = await startStack();
    await stack.program(PROGRAM);
    expectFails(await stack.preview(), "config-missing", "pulumi config set --secret --path secrets.NAME");

    await set(stack, "secrets.NAME");
    await stack.deploy(PROGRAM);

    expect(stack.workspace.secrets()).toMatchObject([{ name: "NAME" }]);
  });
});

describe("the advice of config-not-an-object", () => {
  test("after config-not-an-object, pulumi config refresh restores the object", async () => {
    const { stack, before } = await startWithSecrets();
    await stack.cli(["config", "set", "--secret", "secrets", "text"]).orThrow();
    expectFails(await stack.preview(), "config-not-an-object", "pulumi config refresh");

    await stack.cli(["config", "refresh"]).orThrow();
    await stack.deploy(PROGRAM);

    expect(held(stack.workspace)).toEqual(before);
  });

  test("after config-not-an-object, a new stack gets its first secret", async () => {
    const stack = await startStack();
    await stack.cli(["config", "set", "secrets", "text"]).orThrow();
    await stack.program(PROGRAM);
    expectFails(await stack.preview(), "config-not-an-object", "pulumi config rm secrets && pulumi config set");

    await stack.cli(["config", "rm", "secrets"]).orThrow();
    await set(stack, "secrets.NAME");
    await stack.deploy(PROGRAM);

    expect(stack.workspace.secrets()).toMatchObject([{ name: "NAME" }]);
  });
});

test("after plain-values, the advice replaces the values without a warning", async () => {
  const stack = await startStack();
  await stack.cli(["config", "set", "--path", "secrets.A", "plain"]).orThrow();
  const warned = await stack.deploy(PROGRAM);
  const before = stack.workspace.secrets();

  await set(stack, "secrets.A");
  const up = await stack.deploy(PROGRAM);

  expect(warned.output).toContain("pulumi config set --secret --path secrets.A");
  expect(up.kinds).toEqual([]);
  expect(stack.workspace.secrets()).toEqual([{ ...before[0], value: "a value" }]);
});

test.each([
  ["plain-api-key", ["elevenlabs:apiKey", "sk_plain"], "elevenlabs:apiKey"],
  ["plain-api-keys", ["elevenlabs:workspaces", '{"eu":{"apiKey":"sk_plain"}}'], "elevenlabs:workspaces.eu.apiKey"],
])("after %s, a new key that is set as a secret works", async (kind, plain, path) => {
  const stack = await startStack();
  await stack.cli(["config", "set", ...plain]).orThrow();
  await stack.program('new WorkspaceSecret("a", { value: "v" });');
  expectFails(await stack.preview(), kind, "pulumi config set --secret");

  await stack.cli(["config", "set", "--secret", "--path", path], stack.emulator.apiKey).orThrow();
  const up = await stack.up();

  expect(up.code).toBe(0);
  expect(stack.workspace.secrets()).toHaveLength(1);
});
