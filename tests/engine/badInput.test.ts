import { describe, expect, test } from "@jest/globals";
import { canary } from "../support/canary";
import { tidyProblems } from "../support/shownProblems";
import { type Run, type StackOptions, startStack, type TestStack } from "../support/testStack";

const key = canary("sk_");
const otherKey = canary("sk_");
const value = canary("");
const keys = { [key.text]: {}, [otherKey.text]: { permissions: ["read" as const] } };
const ONE = `new WorkspaceSecret("A", { value: "${value.text}" });`;

const told = (run: Run) => tidyProblems(run, [key, otherKey, value]);

function start(options: StackOptions = {}): Promise<TestStack> {
  return startStack({ emulator: { keys }, ...options, config: { "elevenlabs:maxRetries": "0", ...options.config } });
}

/** Without the key that the harness puts there. */
async function startWithoutKey(options: StackOptions = {}): Promise<TestStack> {
  const stack = await start(options);
  delete stack.env.ELEVENLABS_API_KEY;
  return stack;
}

describe("inputs", () => {
  test("that are empty, blank, of a wrong type or unknown all fail at once, each on its property, and nothing changes", async () => {
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

    for (const [what, run] of Object.entries(runs)) {
      expect(run.code).not.toBe(0);
      expect(run.calls).toEqual([]);
      expect(told(run)).toMatchSnapshot(what);
    }
    expect([await stack.decryptedSecrets(), stack.workspace.secrets()]).toEqual(before);
  });
});

test("triggers whose changes Pulumi would lose are refused, all at once, at preview", async () => {
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
  expect(told(run)).toMatchSnapshot();
  const fine = `[1, "a", null, true, { a: [pulumi.output(1), Promise.resolve("b")] }]`;
  const kept = await stack.deploy(`new WorkspaceSecret("A", { value: "v", triggers: ${fine} });`);
  expect(kept.changes).toEqual({ create: 1 });
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});

test("an object that is given for a name or a policy is not shown", async () => {
  const stack = await start();
  const given = `pulumi.secret({ token: "${value.text}" })`;
  await stack.program(
    `new WorkspaceSecret("A", { value: "v", name: ${given}, onExisting: ${given}, workspace: ${given} });`,
  );

  const run = await stack.preview();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain("name must be a string, not an object");
  expect(value.foundIn(run.output)).toEqual([]);
});

describe("secrets in config", () => {
  test.each([
    ["missing", undefined],
    ["an empty value", { GOOD: "v", "a.b": "" }],
    ["no JSON", "CRM_TOKEN"],
    ["a list", [value.text]],
    ["no object", 5],
    [
      "an object of other things",
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
  ])("%s: one error tells all that is wrong, at preview", async (_title, secrets) => {
    const stack = await start({ config: { secrets } });
    await stack.program('new WorkspaceSecrets("all");');

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(told(run)).toMatchSnapshot();
  });
});

describe("the key", () => {
  test("that is missing does not stop a preview, which makes no call; up tells how to set it", async () => {
    const stack = await startWithoutKey();
    await stack.program(ONE);

    const preview = await stack.preview();
    const up = await stack.up();

    expect(preview.code).toBe(0);
    expect(preview.changes).toEqual({ create: 1 });
    expect(stack.emulator.requests).toEqual([]);
    expect(up.code).not.toBe(0);
    expect(told(up)).toMatchSnapshot();
    expect(await stack.secrets()).toEqual([]);
  });

  test("is not needed to preview a change, a replacement and a deletion either", async () => {
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

  test.each<[string, { environment?: string; config?: string }]>([
    ["wrong, from the environment", { environment: "sk_wrong" }],
    ["wrong, from the config", { config: "sk_wrong" }],
    ["without the permission to write", { environment: otherKey.text }],
    ["with a line break", { environment: `${key.text}\n${key.text}` }],
  ])("that is %s is told of by up, which says what to do", async (_title, { environment, config }) => {
    const stack = await start({ env: environment === undefined ? {} : { ELEVENLABS_API_KEY: environment } });
    if (config) await stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], config).orThrow();
    await stack.program(ONE);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(told(run)).toMatchSnapshot();
    expect(await stack.secrets()).toEqual([]);
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test.each([
    ["elevenlabs:apiKey", key.text],
    ["elevenlabs:workspaces", { other: { apiKey: key.text } }],
  ])("in plain text in %s is refused before it reaches the state", async (name, given) => {
    const stack = await start({ config: { [name]: given } });
    await stack.program(ONE);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(told(run)).toMatchSnapshot();
    const files = [...(await stack.writtenFiles())].filter(([, text]) => key.foundIn(text).length > 0);
    // The engine notes the stack's config down for its history before the program runs.
    expect(files.filter(([file]) => !file.endsWith(".history.json"))).toEqual([]);
  });
});

test("a key in plain text beside secret ones is refused, by its path", async () => {
  const stack = await start();
  await stack.cli(["config", "set", "--secret", "--path", "elevenlabs:workspaces.a.apiKey"], key.text).orThrow();
  await stack.program(ONE);
  expect((await stack.preview()).code).toBe(0);
  await stack.cli(["config", "set", "--path", "elevenlabs:workspaces.b.apiKey"], key.text).orThrow();

  const run = await stack.up();

  expect(run.code).not.toBe(0);
  expect(run.calls).toEqual([]);
  expect(told(run)).toMatchSnapshot();
});

describe("the config", () => {
  const IN_PROD = ONE.replace("}", ', workspace: "prod" }');

  test.each<[string, Record<string, unknown>, string]>([
    ["an unknown region", { "elevenlabs:region": "mars", "elevenlabs:baseUrl": undefined }, ONE],
    ["plain http to another host", { "elevenlabs:baseUrl": "http://api.example.com" }, ONE],
    ["maxRetries that is no number", { "elevenlabs:maxRetries": "many" }, ONE],
    ["maxRetries below zero", { "elevenlabs:maxRetries": "-1" }, ONE],
    ["workspaces that are no JSON", { "elevenlabs:workspaces": "{prod" }, IN_PROD],
    ["a workspace with an unknown setting", { "elevenlabs:workspaces": { prod: { url: "https://x.test" } } }, IN_PROD],
    [
      "several faults, a region beside a base URL among them",
      { "elevenlabs:region": "mars", "elevenlabs:timeoutSeconds": "abc" },
      ONE,
    ],
    ["a workspace that is not described", {}, IN_PROD],
    ["a workspace that an output names", {}, ONE.replace("}", ', workspace: pulumi.output(Promise.resolve("prod")) }')],
  ])("with %s: a preview says what would be right, and sends nothing", async (_title, config, program) => {
    const stack = await start({ config });
    await stack.program(program);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(told(run)).toMatchSnapshot();
    expect(await stack.secrets()).toEqual([]);
  });

  test("of a further workspace is met by its secrets alone, in the same words", async () => {
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

    expect(told(run)).toMatchSnapshot();
    expect(stack.workspace.secrets()).toMatchObject([{ name: "good" }]);
  });

  test("of a further workspace is checked at preview, on the property that names it", async () => {
    const stack = await start();
    const other = { apiKey: key.text, region: "mars", baseUrl: `https://me:${value.text}@api.example.com` };
    await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify({ other })).orThrow();
    await stack.program(`new WorkspaceSecret("A", { value: "v", workspace: "other" });`);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(told(run)).toMatchSnapshot();
  });
});

test("a wrong input that the program marked as a secret is refused, and not printed", async () => {
  const stack = await startStack();
  await stack.program(
    'new WorkspaceSecret("a", { value: "v", onExisting: pulumi.secret("s3cretWord"), workspace: pulumi.secret("s3cretPlace") });',
  );

  const run = await stack.preview();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain('onExisting must be one of "fail", "overwrite", "keep"');
  expect(run.output).toContain("workspace cannot be used");
  expect(run.output).not.toContain("s3cret");
});
