import { describe, expect, test } from "@jest/globals";
import { REGIONS } from "../../provider/api/endpoint";
import * as kinds from "../../provider/messages/config";
import { Problem } from "../../provider/messages/problem";
import type { ConfigFault } from "../../provider/workspaces/settings";
import { Workspaces } from "../../provider/workspaces/workspaces";
import { thrownProblem } from "../support/problems";
import { emulate, failureOf } from "../support/servers";

type Settings = Record<string, string | undefined>;

function workspaces(config: Settings, env: Settings = {}): Workspaces {
  return new Workspaces((key) => config[key], env);
}

function invalidConfig(config: Settings, { name, env }: { name?: string; env?: Settings } = {}) {
  const problem = thrownProblem(() => workspaces(config, env).get(name));
  if (!kinds.invalidConfig.is(problem)) throw problem;
  return problem;
}

/** Returns the faults in a workspace's config. */
function faultsOf(config: Settings, options?: { name?: string; env?: Settings }): ConfigFault[] {
  return invalidConfig(config, options).facts.faults;
}

const named = (settings: object) => ({ workspaces: JSON.stringify({ eu: settings }) });

/** Sends a request, and returns the emulator's workspace that its API key belongs to. */
async function keyUsed(config: Settings, env: Settings, name?: string): Promise<string | undefined> {
  const emulator = await emulate({ keys: { sk_config: { workspace: "config" }, sk_env: { workspace: "env" } } });
  await workspaces({ baseUrl: emulator.url, ...config }, env)
    .get(name)
    .list();
  return emulator.requests[0]?.workspace;
}

describe("when the config is read", () => {
  test("config is read at first use, and each workspace is opened once", () => {
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
    ["config before the environment", { apiKey: "sk_config" }, { ELEVENLABS_API_KEY: "sk_env" }, "config", "config"],
    ["the environment if the config has none", {}, { ELEVENLABS_API_KEY: "sk_env" }, "env", "environment"],
    [
      "the environment if the config is blank",
      { apiKey: "  " },
      { ELEVENLABS_API_KEY: "sk_env" },
      "env",
      "environment",
    ],
    ["the config, without the line break of a file", { apiKey: "sk_config\n" }, {}, "config", "config"],
  ])("the API key comes from %s", async (_, config, env, used, source) => {
    expect(await keyUsed(config, env)).toBe(used);
    expect(workspaces(config, env).get().keySource).toBe(source);
  });

  test.each<[string, Settings, Settings, string]>([
    ["the default", {}, {}, REGIONS.global],
    ["the config", { region: "eu" }, {}, REGIONS.eu],
    ["the environment", {}, { ELEVENLABS_REGION: "in" }, REGIONS.in],
    ["config before the environment", { region: "us" }, { ELEVENLABS_REGION: "in" }, REGIONS.us],
    ["a base URL before a region", { region: "us", baseUrl: "https://a.example/" }, {}, "https://a.example"],
    ["a base URL in the environment", {}, { ELEVENLABS_BASE_URL: "http://localhost:1" }, "http://localhost:1"],
    [
      "a base URL in the config before the environment",
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
  ])("the endpoint comes from %s", (_, config, env, endpoint) => {
    expect(workspaces(config, env).get().endpoint).toBe(endpoint);
  });
});

describe("named workspaces", () => {
  test("a named workspace inherits neither the API key nor the endpoint", async () => {
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

  test("workspaces with the same URL and API key are one account", () => {
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
  ])("the workspaces in %j are %j", (config, names) => expect(workspaces(config).names()).toEqual(names));

  test("a named workspace sends its own API key", async () => {
    const emulator = await emulate({ keys: { sk_config: { workspace: "config" }, sk_env: { workspace: "env" } } });
    const config = named({ apiKey: "sk_config\n", baseUrl: emulator.url });
    await workspaces(config, { ELEVENLABS_API_KEY: "sk_env" }).get("eu").list();
    expect(emulator.requests[0]?.workspace).toBe("config");
  });

  test.each(["us", "toString", "__proto__", ""])("an unknown workspace %j fails with the known names", (name) => {
    const problem = invalidConfig(named({ apiKey: "sk_canary" }), { name });
    expect(problem.facts.faults).toEqual([{ kind: "workspace-unknown", name, known: ["default", "eu"] }]);
    expect(problem.message).not.toContain("canary");
  });

  test("if only the default workspace exists, every other name is unknown", () => {
    const problem = invalidConfig({}, { name: "eu" });
    expect(problem.facts.faults).toEqual([{ kind: "workspace-unknown", name: "eu", known: ["default"] }]);
    expect(problem.action).toEqual({ step: "use the config" });
  });

  test("if ELEVENLABS_BASE_URL is set, a named workspace requires a base URL", async () => {
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
  ])("%s %j is an error with the allowed range and the default", (key, given, allowed) => {
    expect(faultsOf({ [key]: given })).toEqual([{ kind: "number-out-of-range", key, given, ...allowed }]);
  });

  const known = ["global", "us", "eu", "in", "sg"];
  const topLevel = (key: string) => ({ config: { key: `elevenlabs:${key}`, steps: [] } });
  const ofEu = (key: string) => ({ config: { key: "elevenlabs:workspaces", steps: ["eu", key] } });

  test.each<[string, Settings, string | undefined, object]>([
    ["the config", { region: "mars" }, undefined, topLevel("region")],
    ["a named workspace", { workspaces: '{"eu":{"region":"mars"}}' }, "eu", ofEu("region")],
  ])("an unknown region in %s is an error that lists the regions", (_, config, name, place) => {
    expect(faultsOf(config, { ...(name && { name }) })).toEqual([
      { kind: "region-unknown", place, given: "mars", known },
    ]);
  });

  test.each<[string, Settings, string | undefined, object]>([
    ["the config", { baseUrl: "http://u:canary@api.example" }, undefined, topLevel("baseUrl")],
    ["a named workspace", { workspaces: '{"eu":{"baseUrl":"http://u:canary@api.example"}}' }, "eu", ofEu("baseUrl")],
  ])("a wrong base URL in %s isn't shown: it may contain a password", (_, config, name, place) => {
    const problem = invalidConfig(config, { ...(name && { name }) });
    expect(problem.facts.faults).toEqual([{ kind: "base-url-invalid", place, fault: "has-credentials" }]);
    expect(problem.message).not.toContain("canary");
  });

  test("an error about the environment contains the variable's name", () => {
    const place = (variable: string) => ({ variable });
    expect(faultsOf({}, { env: { ELEVENLABS_REGION: "mars" } })).toEqual([
      { kind: "region-unknown", place: place("ELEVENLABS_REGION"), given: "mars", known },
    ]);
    expect(faultsOf({}, { env: { ELEVENLABS_BASE_URL: "api.example" } })).toEqual([
      { kind: "base-url-invalid", place: place("ELEVENLABS_BASE_URL"), fault: "not-a-url" },
    ]);
  });

  test("an unknown region is an error even if a base URL is set", () => {
    expect(faultsOf({ region: "mars", baseUrl: "https://a.example" })).toMatchObject([
      { kind: "region-unknown", given: "mars" },
    ]);
  });

  test("one error lists all wrong settings", () => {
    const config = { region: "mars", baseUrl: "a.example", timeoutSeconds: "abc", maxRetries: "-1" };
    expect(faultsOf(config)).toMatchObject([
      { kind: "region-unknown", place: topLevel("region") },
      { kind: "base-url-invalid", place: topLevel("baseUrl") },
      { kind: "number-out-of-range", key: "timeoutSeconds" },
      { kind: "number-out-of-range", key: "maxRetries" },
    ]);
  });

  test.each(["constructor", "__proto__", "a.b"])("a workspace can have the name %j", (name) => {
    expect(workspaces({ workspaces: `{"${name}":{"region":"eu"}}` }).get(name).endpoint).toContain(".eu.");
  });

  test.each(["a.b", "it's"])("an error in workspace %j contains the path of the setting", (name) => {
    const config = { workspaces: JSON.stringify({ [name]: { region: "mars" } }) };
    const place = { config: { key: "elevenlabs:workspaces", steps: [name, "region"] } };
    expect(faultsOf(config, { name })).toMatchObject([{ kind: "region-unknown", place }]);
  });

  test('a named workspace can\'t be called "default"', () => {
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
  ])("an error in elevenlabs:workspaces shows only its place: %s", (_, text, place) => {
    const problem = invalidConfig({ workspaces: text }, { name: "eu" });
    expect(problem.facts.faults).toEqual([{ kind: "workspaces-malformed", ...place }]);
    expect(problem.message).not.toContain("canary");
  });

  test("malformed named workspaces don't affect the default workspace", () => {
    expect(workspaces({ workspaces: "nonsense" }).get().name).toBe("default");
  });
});

describe("numbers", () => {
  test.each(["1.001", "30.0015", "2147484", "1e12"])(
    "a timeout of %s seconds works, even if it is long or fractional",
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
    expect((await failureOf(workspace.list())).failure).toMatchObject({ kind: "status", status: 503 });
    expect(emulator.requests).toHaveLength(4);

    emulator.fault({ kind: "hang" });
    const hasty = workspaces({ ...config, timeoutSeconds: "0.5" }).get();
    expect((await failureOf(hasty.list())).failure).toMatchObject({ kind: "timeout", seconds: 0.5 });
  });
});
