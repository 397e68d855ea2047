import { describe, expect, test } from "@jest/globals";
import { REGIONS } from "../../provider/api/endpoint";
import type { ConfigFault } from "../../provider/messages/configWording";
import { Problem } from "../../provider/messages/problem";
import { Workspaces } from "../../provider/workspaces/registry";
import { thrownProblem } from "../support/problems";
import { emulate, failureOf } from "../support/servers";

type Settings = Record<string, string | undefined>;

function workspaces(config: Settings, env: Settings = {}): Workspaces {
  return new Workspaces((key) => config[key], env);
}

function invalidConfig(config: Settings, { name, env }: { name?: string; env?: Settings } = {}) {
  const problem = thrownProblem(() => workspaces(config, env).get(name));
  if (!Problem.is(problem, "invalid-config")) throw problem;
  return problem;
}

/** What is wrong with the config of a workspace. */
function faultsOf(config: Settings, options?: { name?: string; env?: Settings }): ConfigFault[] {
  return invalidConfig(config, options).facts.faults;
}

const named = (settings: object) => ({ workspaces: JSON.stringify({ eu: settings }) });

/** Which workspace of the emulator a configured key belongs to. */
async function keyUsed(config: Settings, env: Settings, name?: string): Promise<string | undefined> {
  const emulator = await emulate({ keys: { sk_config: { workspace: "config" }, sk_env: { workspace: "env" } } });
  await workspaces({ baseUrl: emulator.url, ...config }, env)
    .get(name)
    .list();
  return emulator.requests[0]?.workspace;
}

describe("when the config is read", () => {
  test("config is read at the first use, and each workspace is opened once", () => {
    const read: string[] = [];
    const config = new Workspaces((key) => {
      read.push(key);
      return key === "maxRetries" ? "nonsense" : undefined;
    }, {});
    expect(read).toEqual([]);
    expect(() => config.get()).toThrow(Problem);

    const good = workspaces({});
    expect(good.get()).toBe(good.get("default"));
  });

  test("a missing API key only fails the first call", async () => {
    const server = await emulate();
    const workspace = workspaces({ baseUrl: server.url }).get();
    expect(workspace.keySource).toBeUndefined();
    expect((await failureOf(workspace.list())).failure).toEqual({ kind: "no-api-key" });
    expect(server.requests).toEqual([]);
  });
});

describe("precedence", () => {
  test.each<[string, Settings, Settings, string, "config" | "environment"]>([
    ["config over the environment", { apiKey: "sk_config" }, { ELEVENLABS_API_KEY: "sk_env" }, "config", "config"],
    ["the environment if the config has none", {}, { ELEVENLABS_API_KEY: "sk_env" }, "env", "environment"],
    [
      "the environment if the config is blank",
      { apiKey: "  " },
      { ELEVENLABS_API_KEY: "sk_env" },
      "env",
      "environment",
    ],
    ["config, without the line break of a file", { apiKey: "sk_config\n" }, {}, "config", "config"],
  ])("API key: %s", async (_, config, env, used, source) => {
    expect(await keyUsed(config, env)).toBe(used);
    expect(workspaces(config, env).get().keySource).toBe(source);
  });

  test.each<[string, Settings, Settings, string]>([
    ["the default", {}, {}, REGIONS.global],
    ["config", { region: "eu" }, {}, REGIONS.eu],
    ["the environment", {}, { ELEVENLABS_REGION: "in" }, REGIONS.in],
    ["config over the environment", { region: "us" }, { ELEVENLABS_REGION: "in" }, REGIONS.us],
    ["a base URL over a region", { region: "us", baseUrl: "https://a.example/" }, {}, "https://a.example"],
    ["a base URL in the environment", {}, { ELEVENLABS_BASE_URL: "http://localhost:1" }, "http://localhost:1"],
    [
      "a base URL in the config over the environment",
      { baseUrl: "https://a.example" },
      { ELEVENLABS_BASE_URL: "https://b.example" },
      "https://a.example",
    ],
    [
      "the default if all are blank",
      { region: " ", baseUrl: "" },
      { ELEVENLABS_REGION: "", ELEVENLABS_BASE_URL: " " },
      REGIONS.global,
    ],
  ])("endpoint: %s", (_, config, env, endpoint) => {
    expect(workspaces(config, env).get().endpoint).toBe(endpoint);
  });
});

describe("named workspaces", () => {
  test("have their own key and endpoint, and inherit neither", async () => {
    const { url } = await emulate();
    const config = { apiKey: "sk_env", region: "us", ...named({ apiKey: "sk_config", baseUrl: url }) };
    const env = { ELEVENLABS_API_KEY: "sk_env", ELEVENLABS_REGION: "in" };
    const eu = workspaces(config, env).get("eu");
    expect([eu.name, eu.endpoint, eu.keySource]).toEqual(["eu", url, "config"]);

    const bare = workspaces({ apiKey: "sk_env", ...named({ region: "sg" }) }, env).get("eu");
    expect(bare.endpoint).toBe(REGIONS.sg);
    expect((await failureOf(bare.list())).failure).toEqual({ kind: "no-api-key" });
    expect(workspaces(named({}), env).get("eu").endpoint).toBe(REGIONS.global);
  });

  test("with the same URL and API key are one account", () => {
    const opened = workspaces({
      apiKey: "sk_a",
      workspaces: JSON.stringify({
        twin: { apiKey: "sk_a" },
        cousin: { apiKey: "sk_b" },
        eu: { apiKey: "sk_a", region: "eu" },
      }),
    });
    const isDefault = (name: string) => opened.get(name).account.fingerprint === opened.get().account.fingerprint;
    expect(["twin", "cousin", "eu"].map(isDefault)).toEqual([true, false, false]);
  });

  test.each<[Settings, string[]]>([
    [{}, ["default"]],
    [named({}), ["default", "eu"]],
    [{ workspaces: '{"eu":{},"default":{}}' }, ["default", "eu"]],
  ])("in %j are %j", (config, names) => expect(workspaces(config).names()).toEqual(names));

  test("send their API key", async () => {
    const emulator = await emulate({ keys: { sk_config: { workspace: "config" }, sk_env: { workspace: "env" } } });
    const config = named({ apiKey: "sk_config\n", baseUrl: emulator.url });
    await workspaces(config, { ELEVENLABS_API_KEY: "sk_env" }).get("eu").list();
    expect(emulator.requests[0]?.workspace).toBe("config");
  });

  test.each(["us", "toString", "__proto__", ""])("do not include %j, and the fault lists those that exist", (name) => {
    const problem = invalidConfig(named({ apiKey: "sk_canary" }), { name });
    expect(problem.facts.faults).toEqual([{ kind: "workspace-unknown", name, known: ["default", "eu"] }]);
    expect(problem.message).not.toContain("canary");
  });

  test("may be missing altogether", () => {
    const problem = invalidConfig({}, { name: "eu" });
    expect(problem.facts.faults).toEqual([{ kind: "workspace-unknown", name: "eu", known: ["default"] }]);
    expect(problem.attempt).toEqual({ step: "useConfig" });
  });

  test("need a base URL of their own if ELEVENLABS_BASE_URL is set", async () => {
    const env = { ELEVENLABS_BASE_URL: "http://localhost:1" };
    expect(faultsOf(named({ apiKey: "sk_config" }), { name: "eu", env })).toEqual([
      { kind: "base-url-of-environment", workspace: "eu" },
    ]);
    const own = named({ apiKey: "sk_config", baseUrl: "http://localhost:2" });
    expect(workspaces(own, env).get("eu").endpoint).toBe("http://localhost:2");
  });
});

describe("a wrong setting", () => {
  const aboveZero = { isWhole: false, isZeroAllowed: false, default: 30 };
  const zeroOrMore = { isWhole: true, isZeroAllowed: true, default: 4 };
  const wholeAboveZero = { isWhole: true, isZeroAllowed: false, default: 16 };

  test.each([
    ["timeoutSeconds", "0", aboveZero],
    ["timeoutSeconds", "-1", aboveZero],
    ["timeoutSeconds", "soon", aboveZero],
    ["timeoutSeconds", "30s", aboveZero],
    ["timeoutSeconds", "Infinity", aboveZero],
    ["timeoutSeconds", "NaN", aboveZero],
    ["maxRetries", "-1", zeroOrMore],
    ["maxRetries", "1.5", zeroOrMore],
    ["maxRetries", "many", zeroOrMore],
    ["maxConcurrency", "0", wholeAboveZero],
    ["maxConcurrency", "0.5", wholeAboveZero],
    ["maxConcurrency", "\u001b[2J", wholeAboveZero],
  ])("%s %j comes with what is allowed, and the default", (key, given, allowed) => {
    expect(faultsOf({ [key]: given })).toEqual([{ kind: "number-out-of-range", key, given, ...allowed }]);
  });

  const known = ["global", "us", "eu", "in", "sg"];
  const topLevel = (key: string) => ({ config: { key: `elevenlabs:${key}`, steps: [] } });
  const ofEu = (key: string) => ({ config: { key: "elevenlabs:workspaces", steps: ["eu", key] } });

  test.each<[string, Settings, string | undefined, object]>([
    ["the config", { region: "mars" }, undefined, topLevel("region")],
    ["a named workspace", { workspaces: '{"eu":{"region":"mars"}}' }, "eu", ofEu("region")],
  ])("for region in %s comes with the regions", (_, config, name, place) => {
    expect(faultsOf(config, { ...(name && { name }) })).toEqual([
      { kind: "region-unknown", place, given: "mars", known },
    ]);
  });

  test.each<[string, Settings, string | undefined, object]>([
    ["the config", { baseUrl: "http://u:canary@api.example" }, undefined, topLevel("baseUrl")],
    ["a named workspace", { workspaces: '{"eu":{"baseUrl":"http://u:canary@api.example"}}' }, "eu", ofEu("baseUrl")],
  ])("for baseUrl in %s is not shown, because it may contain a password", (_, config, name, place) => {
    const problem = invalidConfig(config, { ...(name && { name }) });
    expect(problem.facts.faults).toEqual([{ kind: "base-url-invalid", place, fault: "has-credentials" }]);
    expect(problem.message).not.toContain("canary");
  });

  test("in the environment comes with the name of the variable", () => {
    const place = (variable: string) => ({ variable });
    expect(faultsOf({}, { env: { ELEVENLABS_REGION: "mars" } })).toEqual([
      { kind: "region-unknown", place: place("ELEVENLABS_REGION"), given: "mars", known },
    ]);
    expect(faultsOf({}, { env: { ELEVENLABS_BASE_URL: "api.example" } })).toEqual([
      { kind: "base-url-invalid", place: place("ELEVENLABS_BASE_URL"), fault: "not-a-url" },
    ]);
  });

  test("for region is found beside a base URL, too", () => {
    expect(faultsOf({ region: "mars", baseUrl: "https://a.example" })).toMatchObject([
      { kind: "region-unknown", given: "mars" },
    ]);
  });

  test("is found together with all others", () => {
    const config = { region: "mars", baseUrl: "a.example", timeoutSeconds: "abc", maxRetries: "-1" };
    expect(faultsOf(config)).toMatchObject([
      { kind: "region-unknown", place: topLevel("region") },
      { kind: "base-url-invalid", place: topLevel("baseUrl") },
      { kind: "number-out-of-range", key: "timeoutSeconds" },
      { kind: "number-out-of-range", key: "maxRetries" },
    ]);
  });

  test.each(["constructor", "__proto__", "a.b"])("is not the name %j of a workspace", (name) => {
    expect(workspaces({ workspaces: `{"${name}":{"region":"eu"}}` }).get(name).endpoint).toContain(".eu.");
  });

  test.each(["a.b", "it's"])("of workspace %j comes with its path in the config", (name) => {
    const config = { workspaces: JSON.stringify({ [name]: { region: "mars" } }) };
    const place = { config: { key: "elevenlabs:workspaces", steps: [name, "region"] } };
    expect(faultsOf(config, { name })).toMatchObject([{ kind: "region-unknown", place }]);
  });

  test("is a description of the default workspace among the named ones", () => {
    expect(faultsOf({ workspaces: '{"default":{"region":"eu"}}' })).toEqual([{ kind: "default-workspace-described" }]);
  });

  test.each<[string, string, { place?: string }]>([
    ["text that isn't JSON", "sk_canary", {}],
    ["a list", '["sk_canary"]', { place: "0" }],
    ["a JSON string", '"sk_canary"', {}],
    ["null", "null", {}],
    ["a key instead of a workspace", '{"eu":"sk_canary"}', { place: "eu" }],
    ["a key that isn't a string", '{"eu":{"apiKey":["sk_canary"]}}', { place: "eu.apiKey" }],
    ["an unknown setting", '{"eu":{"apikey":"sk_canary"}}', { place: "eu.apikey" }],
  ])("in elevenlabs:workspaces comes with its place only: %s", (_, text, place) => {
    const problem = invalidConfig({ workspaces: text }, { name: "eu" });
    expect(problem.facts.faults).toEqual([{ kind: "workspaces-malformed", ...place }]);
    expect(problem.message).not.toContain("canary");
  });

  test("in elevenlabs:workspaces does not affect the default workspace", () => {
    expect(workspaces({ workspaces: "nonsense" }).get().name).toBe("default");
  });
});

describe("numbers", () => {
  test.each(["1.001", "30.0015", "2147484", "1e12"])(
    "a timeout of %s seconds works, whatever timers accept",
    async (timeoutSeconds) => {
      const { url: baseUrl, apiKey } = await emulate({ latencyMs: 5 });
      expect(await workspaces({ baseUrl, apiKey, timeoutSeconds, maxRetries: "0" }).get().list()).toEqual([]);
    },
  );

  test("timeoutSeconds, maxRetries and maxConcurrency apply to calls", async () => {
    const emulator = await emulate({ maxConcurrent: 1, latencyMs: 3 });
    const config = { baseUrl: emulator.url, apiKey: emulator.apiKey, maxRetries: "0", maxConcurrency: "1" };
    const workspace = workspaces(config).get();

    await Promise.all([workspace.list("a"), workspace.list("b"), workspace.list("c")]);
    expect(emulator.requests.map(({ status }) => status)).toEqual([200, 200, 200]);

    emulator.fault({ kind: "status", status: 503 });
    expect((await failureOf(workspace.list())).failure).toMatchObject({ kind: "answered", status: 503 });
    expect(emulator.requests).toHaveLength(4);

    emulator.fault({ kind: "hang" });
    const hasty = workspaces({ ...config, timeoutSeconds: "0.5" }).get();
    expect((await failureOf(hasty.list())).failure).toMatchObject({ kind: "timeout", seconds: 0.5 });
  });
});
