import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { canary } from "../support/canary";
import { tidyProblems } from "../support/shownProblems";
import { type Run, SECRET_TYPE, startStack, type TestStack } from "../support/testStack";

const value = canary("");
const shown = (run: Run) => tidyProblems(run, [value]);

/** Expects that the run shows only a warning about these config values in plain text. */
function expectPlainValuesWarning(run: Run, names: string, command: string): string {
  expect(Object.keys(shown(run))).toEqual(["test-test"]);
  expect(run.problems).toMatchObject([{ severity: "warning", kind: "plain-values" }]);
  const { message = "" } = run.problems[0] ?? {};
  expect(message).toContain(`Config secrets has ${names} in plain text`);
  expect(message).toContain(command);
  return message;
}

async function setSecret(stack: TestStack, path: string, secret: string): Promise<void> {
  await stack.cli(["config", "set", "--secret", "--path", path], secret).orThrow();
}

async function outputs(stack: TestStack): Promise<unknown> {
  return JSON.parse((await stack.cli(["stack", "output", "--json"]).orThrow()).output);
}

const urnOf = (name: string) => `urn:pulumi:test::test::elevenlabs:index:WorkspaceSecrets$${SECRET_TYPE}::${name}`;

describe("WorkspaceSecrets", () => {
  test("WorkspaceSecrets manages one secret for each key, and no other secret", async () => {
    const stack = await startStack();
    const foreign = stack.workspace.add("FOREIGN", "theirs");
    const alike = stack.workspace.add("dev_OLD_TOO", "theirs");
    for (const name of ["OLD", "KEPT"]) await setSecret(stack, `secrets.${name}`, `value of ${name}`);
    await stack.program('exports.ids = new WorkspaceSecrets("all", { prefix: "dev_" }).secretIds;');

    const preview = await stack.preview();
    const first = await stack.up();

    expect(preview.steps).toEqual({ "all-OLD": "create", "all-KEPT": "create" });
    for (const key of ["OLD", "KEPT"]) expect(preview.output).toContain(`WorkspaceSecret all-${key} create`);
    expect(preview.calls).toEqual([]);
    expect(first.changes).toEqual({ create: 2 });
    const ours = () => stack.workspace.secrets().filter(({ id }) => id !== foreign.id && id !== alike.id);
    const byName = () => Object.fromEntries(ours().map(({ name, value }) => [name, value]));
    const idOf = (wanted: string) => ours().find(({ name }) => name === wanted)?.id;
    expect(byName()).toEqual({ dev_OLD: "value of OLD", dev_KEPT: "value of KEPT" });
    expect(await outputs(stack)).toEqual({ ids: { dev_OLD: idOf("dev_OLD"), dev_KEPT: idOf("dev_KEPT") } });
    expect((await stack.secrets()).map(({ urn }) => urn).sort()).toEqual([urnOf("all-KEPT"), urnOf("all-OLD")]);
    const kept = idOf("dev_KEPT");

    await stack.cli(["config", "rm", "--path", "secrets.OLD"]).orThrow();
    await setSecret(stack, "secrets.NEW", "value of NEW");
    const second = await stack.up();

    expect(second.steps).toEqual({ "all-OLD": "delete", "all-KEPT": "same", "all-NEW": "create" });
    expect(second.calls).toEqual(["list", "create", "delete"]);
    expect(byName()).toEqual({ dev_KEPT: "value of KEPT", dev_NEW: "value of NEW" });
    expect(await outputs(stack)).toEqual({ ids: { dev_KEPT: kept, dev_NEW: idOf("dev_NEW") } });
    expect((await stack.secrets()).map(({ urn }) => urn).sort()).toEqual([urnOf("all-KEPT"), urnOf("all-NEW")]);

    await stack.destroy();

    expect(stack.workspace.secrets()).toEqual([foreign, alike]);
  });

  test("values set without --secret are still stored encrypted, with a warning", async () => {
    const stack = await startStack({ config: { secrets: { PLAIN: value.text, ALSO: "v" } } });

    const run = await stack.deploy('new WorkspaceSecrets("all");');

    const command = "pulumi config set --secret --path secrets.ALSO";
    expect(expectPlainValuesWarning(run, '"ALSO", "PLAIN"', command)).toContain("in the state");
    expect(value.foundIn(JSON.stringify(await stack.secrets()))).toEqual([]);
    expect((await stack.secret("all-PLAIN"))?.inputs?.value).toBe(value.text);
    expect(stack.workspace.secrets().find(({ name }) => name === "PLAIN")?.value).toBe(value.text);
  });

  test("only values that were set without --secret cause a warning", async () => {
    const stack = await startStack();
    await setSecret(stack, "secrets.SECRET", value.text);
    await stack.program('new WorkspaceSecrets("all");');
    const allSecret = await stack.preview();
    await stack.cli(["config", "set", "--plaintext", "--path", "secrets.PLAIN", "plain"]).orThrow();

    const mixed = await stack.up();

    expect(shown(allSecret)).toEqual({});
    const command = "pulumi config set --secret --path secrets.PLAIN";
    expect(expectPlainValuesWarning(mixed, '"PLAIN"', command)).not.toContain("in the state");
    expect(value.foundIn(await readFile(stack.checkpointFile, "latin1"))).toEqual([]);
  });

  test("an object that was set as one secret causes no warning", async () => {
    const stack = await startStack();
    const text = JSON.stringify({ A: "one", B: "two" });
    await stack.cli(["config", "set", "--secret", "secrets"], text).orThrow();

    const run = await stack.deploy('new WorkspaceSecrets("all");');

    expect(shown(run)).toEqual({});
    const made = stack.workspace.secrets().map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(made)).toEqual({ A: "one", B: "two" });
  });

  test("the warning's command works, even for a key with dots", async () => {
    const stack = await startStack({ config: { secrets: { "crm.token": "plain" } } });
    await stack.program('new WorkspaceSecrets("all");');
    const { output } = await stack.preview();
    const [, path = ""] = /--path '([^']+)'/.exec(output) ?? [];

    await setSecret(stack, path, value.text);

    const up = await stack.up();
    expect(shown(up)).toEqual({});
    expect(stack.workspace.secrets()).toMatchObject([{ name: "crm.token", value: value.text }]);
  });

  test("secretsFromConfig reads any config key; other arguments apply to all", async () => {
    const stack = await startStack();
    const taken = stack.workspace.add("TOKEN", "theirs");
    await setSecret(stack, "crm.TOKEN", "crm");
    await setSecret(stack, "shared:tokens.HOOK", "shared");

    const run = await stack.deploy(`
      new WorkspaceSecrets("crm", { secrets: secretsFromConfig("crm"), onExisting: "overwrite" });
      new WorkspaceSecrets("shared", { secrets: secretsFromConfig("shared:tokens") });
      new WorkspaceSecrets("computed", { secrets: { COMPUTED: pulumi.output("computed") } });
      exports.token = secretsFromConfig("crm").TOKEN;`);

    expect(await outputs(stack)).toEqual({ token: "[secret]" });
    expect(run.steps).toEqual({ "crm-TOKEN": "create", "shared-HOOK": "create", "computed-COMPUTED": "create" });
    const found = stack.workspace.secrets();
    expect(found).toHaveLength(3);
    expect(found).toContainEqual(expect.objectContaining({ id: taken.id, name: "TOKEN", value: "crm" }));
    expect(found).toContainEqual(expect.objectContaining({ name: "HOOK", value: "shared" }));
    expect(found).toContainEqual(expect.objectContaining({ name: "COMPUTED", value: "computed" }));
  });
});
