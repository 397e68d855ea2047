import { describe, expect, test } from "@jest/globals";
import { REGIONS } from "../../provider/api/endpoint";
import { Problem } from "../../provider/messages/problem";
import { Workspaces } from "../../provider/workspaces/registry";
import { emulate, failureOf } from "../support/servers";

type Settings = Record<string, string | undefined>;

function workspaces(config: Settings, env: Settings = {}): Workspaces {
  return new Workspaces((key) => config[key], env);
}

function problemOf(config: Settings, name?: string): Problem {
  try {
    workspaces(config).get(name);
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error("No problem");
}

/** Which workspace of the emulator a configured key belongs to. */
async function keyUsed(config: Settings, env: Settings, name?: string): Promise<string | undefined> {
  const emulator = await emulate({ keys: { sk_config: { workspace: "config" }, sk_env: { workspace: "env" } } });
  await workspaces({ baseUrl: emulator.url, ...config }, env)
    .get(name)
    .list();
  return emulator.requests[0]?.workspace;
}

describe("when config is read", () => {
  test("nothing is read or checked before a workspace is asked for, and each is opened once", () => {
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

  test("a missing key is met at the first call", async () => {
    const server = await emulate();
    const workspace = workspaces({ baseUrl: server.url }).get();
    expect(workspace.keySource).toBeUndefined();
    expect((await failureOf(workspace.list())).name).toBe("KeyError");
    expect(server.requests).toEqual([]);
  });
});

describe("what wins", () => {
  test.each<[string, Settings, Settings, string, "config" | "environment"]>([
    ["config over the environment", { apiKey: "sk_config" }, { ELEVENLABS_API_KEY: "sk_env" }, "config", "config"],
    ["the environment where config has none", {}, { ELEVENLABS_API_KEY: "sk_env" }, "env", "environment"],
    ["the environment where config is blank", { apiKey: "  " }, { ELEVENLABS_API_KEY: "sk_env" }, "env", "environment"],
    ["config, line break of a file cut off", { apiKey: "sk_config\n" }, {}, "config", "config"],
  ])("the key: %s", async (_, config, env, used, source) => {
    expect(await keyUsed(config, env)).toBe(used);
    expect(workspaces(config, env).get().keySource).toBe(source);
  });

  test.each<[string, Settings, Settings, string]>([
    ["the default", {}, {}, REGIONS.global],
    ["config", { region: "eu" }, {}, REGIONS.eu],
    ["the environment", {}, { ELEVENLABS_REGION: "in" }, REGIONS.in],
    ["config over the environment", { region: "us" }, { ELEVENLABS_REGION: "in" }, REGIONS.us],
    ["a base URL over a region", { region: "us", baseUrl: "https://a.example/" }, {}, "https://a.example"],
    ["a base URL of the environment", {}, { ELEVENLABS_BASE_URL: "http://localhost:1" }, "http://localhost:1"],
    [
      "a base URL of config over that of the environment",
      { baseUrl: "https://a.example" },
      { ELEVENLABS_BASE_URL: "https://b.example" },
      "https://a.example",
    ],
    [
      "the default where all are blank",
      { region: " ", baseUrl: "" },
      { ELEVENLABS_REGION: "", ELEVENLABS_BASE_URL: " " },
      REGIONS.global,
    ],
  ])("the endpoint: %s", (_, config, env, endpoint) => {
    expect(workspaces(config, env).get().endpoint).toBe(endpoint);
  });
});

describe("named workspaces", () => {
  const named = (settings: object) => ({ workspaces: JSON.stringify({ eu: settings }) });

  test("have key and endpoint of their own, and inherit neither", async () => {
    const { url } = await emulate();
    const config = { apiKey: "sk_env", region: "us", ...named({ apiKey: "sk_config", baseUrl: url }) };
    const env = { ELEVENLABS_API_KEY: "sk_env", ELEVENLABS_REGION: "in" };
    const eu = workspaces(config, env).get("eu");
    expect([eu.name, eu.endpoint, eu.keySource]).toEqual(["eu", url, "config"]);

    const bare = workspaces({ apiKey: "sk_env", ...named({ region: "sg" }) }, env).get("eu");
    expect(bare.endpoint).toBe(REGIONS.sg);
    expect((await failureOf(bare.list())).name).toBe("KeyError");
    expect(workspaces(named({}), env).get("eu").endpoint).toBe(REGIONS.global);
  });

  describe("of one endpoint may be one under two names, so they know", () => {
    const opened = workspaces({
      apiKey: "sk_a",
      workspaces: JSON.stringify({
        twin: { apiKey: "sk_a" },
        cousin: { apiKey: "sk_b" },
        eu: { apiKey: "sk_a", region: "eu" },
      }),
    });
    const others = ["twin", "cousin", "eu"].map((name) => opened.get(name).owners);

    test("which secrets the other holds", () => {
      const holder = { mark: "m", wants: "A", workspace: "default" };
      opened.get().owners.hold("1", holder);
      expect(others.map((owners) => owners.others("1"))).toEqual([[holder], [holder], []]);
    });

    test("which names the other creates, where their key is the same", () => {
      opened.get().owners.reserveName("A");
      expect(others.map((owners) => owners.reserveName("A"))).toEqual([false, true, true]);
    });
  });

  test.each<[Settings, string[]]>([
    [{}, ["default"]],
    [named({}), ["default", "eu"]],
    [{ workspaces: '{"eu":{},"default":{}}' }, ["default", "eu"]],
  ])("of %j are %j", (config, names) => expect(workspaces(config).names()).toEqual(names));

  test("use their key", async () => {
    const emulator = await emulate({ keys: { sk_config: { workspace: "config" }, sk_env: { workspace: "env" } } });
    const config = named({ apiKey: "sk_config\n", baseUrl: emulator.url });
    await workspaces(config, { ELEVENLABS_API_KEY: "sk_env" }).get("eu").list();
    expect(emulator.requests[0]?.workspace).toBe("config");
  });

  test.each(["us", "toString", "__proto__", ""])("%j is an error that lists those that are", (name) => {
    const problem = problemOf(named({ apiKey: "sk_canary" }), name);
    expect(problem.reason).toBe(`no workspace is named "${name}", only "default", "eu"`);
    expect(problem.message).not.toContain("canary");
  });

  test("one is an error where there are none", () => {
    expect(problemOf({}, "eu").message).toBe(
      'could not use the config: no workspace is named "eu", only "default".\n' +
        "Add it: pulumi config set --secret --path 'elevenlabs:workspaces.eu.apiKey'",
    );
  });
});

describe("a bad value", () => {
  const whole = (least: string) => `a whole number${least}`;

  test.each([
    ["timeoutSeconds", "0", "a number above 0", 30],
    ["timeoutSeconds", "-1", "a number above 0", 30],
    ["timeoutSeconds", "soon", "a number above 0", 30],
    ["timeoutSeconds", "30s", "a number above 0", 30],
    ["timeoutSeconds", "Infinity", "a number above 0", 30],
    ["timeoutSeconds", "NaN", "a number above 0", 30],
    ["maxRetries", "-1", whole(", 0 or more"), 4],
    ["maxRetries", "1.5", whole(", 0 or more"), 4],
    ["maxRetries", "many", whole(", 0 or more"), 4],
    ["maxConcurrency", "0", whole(" above 0"), 16],
    ["maxConcurrency", "0.5", whole(" above 0"), 16],
    ["maxConcurrency", "\u001b[2J", whole(" above 0"), 16],
  ])("%s %j says what it must be, and how to set it", (key, text, wanted, standard) => {
    const shown = text === "\u001b[2J" ? "\\u001b[2J" : text;
    expect(problemOf({ [key]: text }).message).toBe(
      `could not use the config: elevenlabs:${key} is "${shown}", but must be ${wanted}.\n` +
        `Set it: pulumi config set elevenlabs:${key} ${standard}`,
    );
  });

  test.each([
    ["elevenlabs:region", { region: "mars" }, undefined],
    ["elevenlabs:workspaces.eu.region", { workspaces: '{"eu":{"region":"mars"}}' }, "eu"],
  ])("%s lists the regions", (key, config, name) => {
    expect(problemOf(config as Settings, name).message).toBe(
      `could not use the config: ${key} is "mars", but must be one of global, us, eu, in, sg.\n` +
        `Set it: pulumi config set --path '${key}' global`,
    );
  });

  test.each([
    ["elevenlabs:baseUrl", { baseUrl: "http://u:canary@api.example" }, undefined],
    ["elevenlabs:workspaces.eu.baseUrl", { workspaces: '{"eu":{"baseUrl":"http://u:canary@api.example"}}' }, "eu"],
  ])("%s is not shown, as it may hold a password", (key, config, name) => {
    const { message } = problemOf(config as Settings, name);
    expect(message).toContain(`${key} must not hold a user name or a password.\n`);
    expect(message).toContain(`pulumi config rm --path '${key}'`);
    expect(message).not.toContain("canary");
  });

  test.each([
    [
      { ELEVENLABS_REGION: "mars" },
      'ELEVENLABS_REGION is "mars", but must be one of global, us, eu, in, sg.\nSet it to one of them, or unset it for the global one.',
    ],
    [
      { ELEVENLABS_BASE_URL: "api.example" },
      "ELEVENLABS_BASE_URL is not a URL, such as https://api.elevenlabs.io.\nSet it right, or unset it to use the region's.",
    ],
  ])("of the environment is told by the variable's name: %j", (env, message) => {
    expect(() => workspaces({}, env).get()).toThrow(`could not use the config: ${message}`);
  });

  test("of a workspace's name is shown harmless", () => {
    expect(problemOf({}, "a\nb\u001b[2J").message.split("\n")).toHaveLength(2);
  });

  test("of the region is told beside a base URL too", () => {
    expect(problemOf({ region: "mars", baseUrl: "https://a.example" }).reason).toContain('elevenlabs:region is "mars"');
  });

  test("is told together with every other one", () => {
    const problem = problemOf({ region: "mars", baseUrl: "a.example", timeoutSeconds: "abc", maxRetries: "-1" });

    expect(problem.reason.split("; ")).toEqual([
      expect.stringMatching(/^elevenlabs:region /),
      expect.stringMatching(/^elevenlabs:baseUrl /),
      expect.stringMatching(/^elevenlabs:timeoutSeconds /),
      expect.stringMatching(/^elevenlabs:maxRetries /),
    ]);
    expect(problem.message.split("\n")).toHaveLength(2);
  });

  test.each(["constructor", "__proto__", "a.b"])("a described workspace may be named %j", (name) => {
    expect(workspaces({ workspaces: `{"${name}":{"region":"eu"}}` }).get(name).endpoint).toContain(".eu.");
  });

  test.each([
    ["a.b", `'elevenlabs:workspaces["a.b"].region'`],
    ["it's", `'elevenlabs:workspaces["it'\\''s"].region'`],
  ])("of workspace %j is told by a path that a shell and Pulumi take", (name, path) => {
    expect(problemOf({ workspaces: JSON.stringify({ [name]: { region: "mars" } }) }, name).next).toContain(path);
  });

  test("a description of the default workspace among the named ones is refused", () => {
    expect(problemOf({ workspaces: '{"default":{"region":"eu"}}' }).reason).toContain('describes "default"');
  });

  test.each([
    ["no JSON", "sk_canary", ""],
    ["a list", '["sk_canary"]', '; see "0"'],
    ["text", '"sk_canary"', ""],
    ["null", "null", ""],
    ["a key for a workspace", '{"eu":"sk_canary"}', '; see "eu"'],
    ["a key that is no text", '{"eu":{"apiKey":["sk_canary"]}}', '; see "eu.apiKey"'],
    ["an unknown setting", '{"eu":{"apikey":"sk_canary"}}', '; see "eu.apikey"'],
  ])("elevenlabs:workspaces as %s is told by its place alone", (_, text, place) => {
    const problem = problemOf({ workspaces: text }, "eu");
    expect(problem.reason).toBe(`elevenlabs:workspaces must be an object {NAME: {apiKey, region, baseUrl}}${place}`);
    expect(problem.message).not.toContain("canary");
  });

  test("of elevenlabs:workspaces does not disturb the default one", () => {
    expect(workspaces({ workspaces: "nonsense" }).get().name).toBe("default");
  });
});

describe("numbers", () => {
  test.each(["1.001", "30.0015", "2147484", "1e12"])(
    "a timeout of %s seconds is one that a timer can take",
    async (timeoutSeconds) => {
      const { url: baseUrl, apiKey } = await emulate({ latencyMs: 5 });
      expect(await workspaces({ baseUrl, apiKey, timeoutSeconds, maxRetries: "0" }).get().list()).toEqual([]);
    },
  );

  test("timeoutSeconds, maxRetries and maxConcurrency reach the calls", async () => {
    const emulator = await emulate({ maxConcurrent: 1, latencyMs: 3 });
    const config = { baseUrl: emulator.url, apiKey: emulator.apiKey, maxRetries: "0", maxConcurrency: "1" };
    const workspace = workspaces(config).get();

    await Promise.all([workspace.list("a"), workspace.list("b"), workspace.list("c")]);
    expect(emulator.requests.map(({ status }) => status)).toEqual([200, 200, 200]);

    emulator.fault({ kind: "status", status: 503 });
    expect((await failureOf(workspace.list())).cause).toMatch(/ answered 503/);
    expect(emulator.requests).toHaveLength(4);

    emulator.fault({ kind: "hang" });
    const hasty = workspaces({ ...config, timeoutSeconds: "0.5" }).get();
    expect((await failureOf(hasty.list())).cause).toMatch(/ did not answer within 0\.5 s$/);
  });
});
