import { describe, expect, test } from "@jest/globals";
import { canary } from "../support/canary";
import { HOST } from "../support/hosts";
import { commandsIn, runPrinted } from "../support/printedAdvice";
import { expectError, tidyProblems } from "../support/shownProblems";
import { type Run, type StackOptions, startStack, type TestStack } from "../support/testStack";

const key = canary("sk_");
const otherKey = canary("sk_");
const value = canary("");
const keys = { [key.text]: {}, [otherKey.text]: { permissions: ["read" as const] } };
const ONE = `new WorkspaceSecret("A", { value: "${value.text}" });`;

const shown = (run: Run) => tidyProblems(run, [key, otherKey, value]);

function start(options: StackOptions = {}): Promise<TestStack> {
  return startStack({ emulator: { keys }, ...options, config: { "elevenlabs:maxRetries": "0", ...options.config } });
}

/** Starts a stack without the API key that the harness sets in the environment. */
async function startWithoutKey(options: StackOptions = {}): Promise<TestStack> {
  const stack = await start(options);
  delete stack.env.ELEVENLABS_API_KEY;
  return stack;
}

describe("wrong inputs", () => {
  test("all wrong inputs fail at once at preview, each on its own property", async () => {
    const stack = await start();
    await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
    const before = [await stack.decryptedSecrets(), stack.workspace.secrets()];
    const runs: Record<string, Run> = {};
    for (const [what, args] of Object.entries({
      empty: '{ name: "", value: "", existingId: "", workspace: "", onExisting: "", onNameChange: "", onInUse: "" }',
      blank: '{ name: " ", value: "\\t\\n", existingId: " ", workspace: " ", triggers: "now" }',
      unknown: '{ value: "v", onExisting: "replace", onNameChange: "update", onInUse: "force", vaule: "v", Name: "A" }',
      typed: "{ name: 1, value: 2, existingId: [], workspace: {}, onExisting: true, triggers: { a: 1 } }",
      missing: "undefined",
    })) {
      await stack.program(`new WorkspaceSecret("A", ${args});`);
      runs[what] = what === "typed" ? await stack.up() : await stack.preview();
    }

    const kinds: Record<string, string[]> = {
      empty: ["input-choice", "input-empty"],
      blank: ["input-empty", "input-type"],
      unknown: ["input-choice", "input-unknown"],
      typed: ["input-choice", "input-type"],
      missing: ["input-missing"],
    };
    for (const [what, run] of Object.entries(runs)) {
      expect(run.code).not.toBe(0);
      expect(run.calls).toEqual([]);
      expect({ what, kinds: run.kinds }).toEqual({ what, kinds: kinds[what] });
      expect(shown(run)).toMatchSnapshot(what);
    }
    expect([await stack.decryptedSecrets(), stack.workspace.secrets()]).toEqual(before);
  });
});

test("triggers whose changes Pulumi can't detect are refused at preview", async () => {
  const stack = await start();
  const lost = [
    "new Date(0)",
    'new Map([["a", 1]])',
    "new Set([1])",
    "1n",
    "/a/",
    'new URL("https://a.example")',
    "() => 1",
    "NaN",
    "Infinity",
    'new pulumi.asset.StringAsset("a")',
    "{ nested: [new Date(0)] }",
  ];
  await stack.program(`new WorkspaceSecret("A", { value: "v", triggers: [${lost.join(", ")}] });`);

  const run = await stack.preview();

  expect(run.code).not.toBe(0);
  expect(run.calls).toEqual([]);
  expect(run.kinds).toEqual(["triggers-lost"]);
  expect(shown(run)).toMatchSnapshot();
  const fine = `[1, "a", null, true, { a: [pulumi.output(1), Promise.resolve("b")] }]`;
  const kept = await stack.deploy(`new WorkspaceSecret("A", { value: "v", triggers: ${fine} });`);
  expect(kept.changes).toEqual({ create: 1 });
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);

  const dated = (time: number) =>
    `new WorkspaceSecret("A", { value: "v", triggers: [new Date(${time}).toISOString()] });`;
  await stack.deploy(dated(0));
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  expect((await stack.deploy(dated(1))).calls).toEqual(["update"]);
});

test("triggers that Pulumi would lose inside outputs are refused at preview", async () => {
  const stack = await start();
  const lost: Record<string, string> = {
    "pulumi.output([new Date(0)])":
      "triggers[0] is an empty object (inside an output, a Date or a Map becomes an empty object)",
    "[pulumi.secret({ at: new Map() })]": "triggers[0].at is an empty object",
    "[pulumi.output(1).apply(() => new Date(0))]": "triggers[0] is an instance of Date",
    "pulumi.output(1).apply(() => [{ a: [new Set()] }])": "triggers[0].a[0] is an instance of Set",
    "[pulumi.output(NaN)]": "triggers[0] is NaN",
    "[Promise.resolve(new Map())]": "triggers[0] is an instance of Map",
    "[{ a: Promise.resolve([() => 1]) }]": "triggers[0].a[0] is a function",
    "Promise.resolve([new Date(0)])": "triggers[0] is an instance of Date",
    "[pulumi.output(1).apply(() => [pulumi.output(2).apply(() => 1n)])]": "triggers[0][0] is a bigint",
  };
  for (const [triggers, fact] of Object.entries(lost)) {
    await stack.program(`new WorkspaceSecret("A", { value: "v", triggers: ${triggers} });`);
    const run = await stack.preview();
    expect({ triggers, code: run.code, kinds: run.kinds }).toEqual({ triggers, code: 1, kinds: ["triggers-lost"] });
    expect(run.output).toContain(fact);
    expect(run.calls).toEqual([]);
  }
});

test("an empty object from another resource can be a trigger", async () => {
  const stack = await start();
  const program = (labels: string) => `
    const B = class extends pulumi.ComponentResource { constructor() { super("x:y:B", "b"); } };
    const b = new B();
    const labels = b.urn.apply(() => (${labels}));
    new WorkspaceSecret("A", { value: "v", triggers: [labels, { labels, more: Promise.resolve({}) }] });`;
  await stack.deploy(program("{}"));
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  expect((await stack.deploy(program("{ a: 1 }"))).calls).toEqual(["update"]);
});

test("an object given for a name or a policy isn't shown", async () => {
  const stack = await start();
  const given = `pulumi.secret({ token: "${value.text}" })`;
  await stack.program(
    `new WorkspaceSecret("A", { value: "v", name: ${given}, onExisting: ${given}, workspace: ${given} });`,
  );

  const run = await stack.preview();

  expect(run.code).not.toBe(0);
  expect(run.kinds).toEqual(["input-choice", "input-type"]);
  expect(run.output).toContain("name must be a string, not an object");
  expect(value.foundIn(run.output)).toEqual([]);
});

describe("secrets in config", () => {
  test.each([
    ["no secrets", "config-missing", undefined],
    ["an empty value", "config-entries-invalid", { GOOD: "v", "a.b": "" }],
    ["a string that isn't JSON", "config-not-an-object", "CRM_TOKEN"],
    ["a list", "config-not-an-object", [value.text]],
    ["a number", "config-not-an-object", 5],
    [
      "an object of values that aren't strings",
      "config-entries-invalid",
      {
        GOOD: "v",
        NUMBER: 1,
        TRUE: true,
        NULL: null,
        LIST: [value.text],
        OBJECT: { value: value.text },
        EMPTY: "",
        BLANK: " ",
        " ": "v",
      },
    ],
  ])("invalid secrets in config are one error at preview: %s", async (_title, kind, secrets) => {
    const stack = await start({ config: { secrets } });
    await stack.program('new WorkspaceSecrets("all");');

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(run.kinds).toEqual([kind]);
    expect(shown(run)).toMatchSnapshot();
  });
});

describe("the API key", () => {
  test("a preview makes no call and needs no API key; up says how to set it", async () => {
    const stack = await startWithoutKey();
    await stack.program(ONE);

    const preview = await stack.preview();
    const up = await stack.up();

    expect(preview.code).toBe(0);
    expect(preview.changes).toEqual({ create: 1 });
    expect(stack.emulator.requests).toEqual([]);
    expect(up.code).not.toBe(0);
    expect(up.kinds).toEqual(["no-api-key"]);
    expect(shown(up)).toMatchSnapshot();
    expect(await stack.secrets()).toEqual([]);

    await runPrinted(stack, commandsIn(up.problems[0]?.message)[0], key.text);
    expect(await stack.up()).toMatchObject({ code: 0, changes: { create: 1 } });
  });

  test("previewing an update, a replacement or a deletion needs no API key", async () => {
    const stack = await start();
    await stack.deploy('for (const name of ["A", "B", "C"]) new WorkspaceSecret(name, { value: "v1" });');
    delete stack.env.ELEVENLABS_API_KEY;
    await stack.program(`
      new WorkspaceSecret("A", { value: "v2" });
      new WorkspaceSecret("B", { value: "v1", name: "B2" });`);

    const run = await stack.preview();

    expect(run.code).toBe(0);
    expect(run.steps).toEqual({ A: "update", B: "create-replacement", C: "delete" });
    expect(run.calls).toEqual([]);
  });

  test.each<[title: string, kind: string, given: { environment?: string; config?: string }]>([
    ["wrong, from the environment", "unauthorized", { environment: "sk_wrong" }],
    ["wrong, from the config", "unauthorized", { config: "sk_wrong" }],
    ["without the permission to write", "missing-permission", { environment: otherKey.text }],
    ["with a line break", "malformed-api-key", { environment: `${key.text}\n${key.text}` }],
  ])("up explains how to fix a bad API key: %s", async (_title, kind, { environment, config }) => {
    const stack = await start({ env: environment === undefined ? {} : { ELEVENLABS_API_KEY: environment } });
    if (config) await stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], config).orThrow();
    await stack.program(ONE);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual([kind]);
    expect(shown(run)).toMatchSnapshot();
    expect(await stack.secrets()).toEqual([]);
    expect(stack.workspace.secrets()).toEqual([]);

    const [setKey] = commandsIn(run.problems[0]?.message);
    if (setKey) await runPrinted(stack, setKey, key.text);
    else stack.env.ELEVENLABS_API_KEY = key.text;
    expect(await stack.up()).toMatchObject({ code: 0, changes: { create: 1 } });
  });

  test.each([
    ["elevenlabs:apiKey", "plain-api-key", key.text],
    ["elevenlabs:workspaces", "plain-api-keys", { other: { apiKey: key.text } }],
  ])("an API key in plain text in %s never reaches the state", async (name, kind, given) => {
    const stack = await start({ config: { [name]: given } });
    await stack.program(ONE);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(run.kinds).toEqual([kind]);
    expect(shown(run)).toMatchSnapshot();
    const files = [...(await stack.writtenFiles())].filter(([, text]) => key.foundIn(text).length > 0);
    // The engine writes the stack's config to its history before it runs the program.
    expect(files.filter(([file]) => !file.endsWith(".history.json"))).toEqual([]);
  });
});

test("a plain-text API key next to encrypted keys is refused, with its path", async () => {
  const stack = await start();
  await stack.cli(["config", "set", "--secret", "--path", "elevenlabs:workspaces.a.apiKey"], key.text).orThrow();
  await stack.program(ONE);
  expect((await stack.preview()).code).toBe(0);
  await stack.cli(["config", "set", "--path", "elevenlabs:workspaces.b.apiKey"], key.text).orThrow();

  const run = await stack.up();

  expect(run.code).not.toBe(0);
  expect(run.calls).toEqual([]);
  expect(run.kinds).toEqual(["plain-api-key"]);
  expect(shown(run)).toMatchSnapshot();
});

describe("the config", () => {
  const IN_PROD = ONE.replace("}", ', workspace: "prod" }');

  test.each<[string, Record<string, unknown>, string]>([
    ["an unknown region", { "elevenlabs:region": "mars", "elevenlabs:baseUrl": undefined }, ONE],
    ["plain http to another host", { "elevenlabs:baseUrl": "http://api.example.com" }, ONE],
    ["maxRetries that isn't a number", { "elevenlabs:maxRetries": "many" }, ONE],
    ["maxRetries below zero", { "elevenlabs:maxRetries": "-1" }, ONE],
    ["workspaces that aren't JSON", { "elevenlabs:workspaces": "{prod" }, IN_PROD],
    ["a workspace with an unknown setting", { "elevenlabs:workspaces": { prod: { url: "https://x.test" } } }, IN_PROD],
    ["several faults", { "elevenlabs:region": "mars", "elevenlabs:timeoutSeconds": "abc" }, ONE],
    ["an unknown workspace", {}, IN_PROD],
    [
      "an unknown workspace from an output",
      {},
      ONE.replace("}", ', workspace: pulumi.output(Promise.resolve("prod")) }'),
    ],
  ])("config with %s fails at preview, with the fix and without a call", async (_title, config, program) => {
    const stack = await start({ config });
    await stack.program(program);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    // The engine calls the plugin's config check before any resource.
    const ofConfig = HOST === "native" && "elevenlabs:workspaces" in config;
    const ofWorkspace = ofConfig ? "provider-config-invalid" : "workspace-unusable";
    expect(run.kinds).toEqual([program === ONE ? "invalid-config" : ofWorkspace]);
    expect(shown(run)).toMatchSnapshot();
    expect(await stack.secrets()).toEqual([]);
  });

  test.each([
    ["", ONE],
    [", also if every secret is in another workspace", ONE.replace("}", ', workspace: "prod" }')],
    [", also if the program only looks secrets up", 'require("pulumi-elevenlabs").listWorkspaceSecrets();'],
  ])("unknown config keys fail at preview, with the key they resemble%s", async (_title, program) => {
    const stack = await start({ config: { "elevenlabs:regoin": "eu", "elevenlabs:apikey": value.text } });
    await stack.program(program);

    const run = await stack.preview();

    expect(run).toMatchObject({ calls: [], kinds: ["invalid-config"] });
    expect(run.output).toContain("elevenlabs:regoin is not a setting (did you mean region?)");
    expect(run.output).toContain("elevenlabs:apikey is not a setting (did you mean apiKey?)");
    expect(run.output).not.toContain(value.text);
  });

  test("the program of a project named elevenlabs may have its own keys", async () => {
    const stack = await start({ config: { "elevenlabs:crmToken": value.text } });
    await stack.changeProject({ name: "elevenlabs" });
    await stack.cli(["stack", "init", "test"]).orThrow();
    await stack.program(ONE);

    const run = await stack.preview();

    expect({ code: run.code, kinds: run.kinds }).toEqual({ code: 0, kinds: [] });
  });

  test("the config of another workspace only matters for the secrets in it", async () => {
    const stack = await start();
    const { url } = stack.emulator;
    const workspaces = {
      good: { apiKey: key.text, baseUrl: url },
      keyless: { baseUrl: url },
      wrongKey: { apiKey: "sk_wrong", baseUrl: url },
      readOnly: { apiKey: otherKey.text, baseUrl: url },
    };
    await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify(workspaces)).orThrow();
    await stack.program(`
      for (const workspace of ${JSON.stringify(Object.keys(workspaces))})
        new WorkspaceSecret(workspace, { value: "${value.text}", workspace });`);

    const run = await stack.up("--continue-on-error");

    expectError(run, "keyless", { kind: "no-api-key", facts: ['"keyless"'] });
    expectError(run, "wrongKey", { kind: "unauthorized", facts: ['"wrongKey"'] });
    expectError(run, "readOnly", { kind: "missing-permission", facts: ['"readOnly"'] });
    expect(run.problems).toHaveLength(3);
    expect(shown(run)).toMatchSnapshot();
    expect(stack.workspace.secrets()).toMatchObject([{ name: "good" }]);
  });

  test("the config of another workspace is checked at preview", async () => {
    const stack = await start();
    const other = { apiKey: key.text, region: "mars", baseUrl: `https://me:${value.text}@api.example.com` };
    await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify({ other })).orThrow();
    await stack.program(`new WorkspaceSecret("A", { value: "v", workspace: "other" });`);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(run.kinds).toEqual(["workspace-unusable"]);
    expect(shown(run)).toMatchSnapshot();
  });
});

test("a wrong input that is marked as a secret is refused, and isn't shown", async () => {
  const stack = await startStack();
  await stack.program(
    'new WorkspaceSecret("a", { value: "v", onExisting: pulumi.secret("s3cretWord"), workspace: pulumi.secret("s3cretPlace") });',
  );

  const run = await stack.preview();

  expect(run.code).not.toBe(0);
  expect(run.problems).toMatchObject([
    { kind: "input-choice", resource: "a", message: expect.stringContaining("onExisting must be one of") },
    { kind: "workspace-unusable", resource: "a", message: expect.stringContaining("workspace cannot be used") },
  ]);
  expect(run.output).not.toContain("s3cret");
});
