import { describe, expect, test } from "@jest/globals";
import { diagnose } from "../../cli/diagnosis";
import { Workspaces } from "../../provider/workspaces/registry";
import { cli, cliIn, envOf, newKey } from "../support/commandRun";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { closedOrigin, emulate, serve } from "../support/servers";
import { startStack } from "../support/testStack";

async function emulated(permissions?: ("read" | "write")[]) {
  const apiKey = newKey();
  return emulate({ keys: { [apiKey]: permissions ? { permissions } : {} } });
}

describe("a workspace that can be used", () => {
  test("every check is told, the exit code is 0, and nothing is written", async () => {
    const emulator = await emulated();
    emulator.workspace().add("CRM_TOKEN", "value");

    const { code, out, err } = await cli(["doctor"], { env: envOf(emulator) });

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Config: the environment alone: there is no Pulumi project here\n");
    expect(out).toMatch(new RegExp(`^  -        host     ${emulator.url}$`, "m"));
    expect(out).toMatch(/^ {2}- +key +from the environment variable ELEVENLABS_API_KEY$/m);
    expect(out).toMatch(/^ {2}ok +list +may list secrets$/m);
    expect(out).toMatch(/^ {2}ok +write +may write secrets \(nothing was written\)$/m);
    expect(out).toMatch(/^ {2}ok +clock +agrees with the API's$/m);
    expect(out).toMatch(/^ {2}ok +latency +\d+ ms, with a new connection$/m);
    expect(emulator.workspace().secrets()).toMatchObject([{ name: "CRM_TOKEN", value: "value" }]);
    expect(emulator.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
      "GET 200",
      "PATCH 404",
      "HEAD 405",
    ]);
  });

  test("--json has the same findings, and the exit code too", async () => {
    const [able, readOnly] = [await emulated(), await emulated(["read"])];

    const fine = await cli(["doctor", "--json"], { env: envOf(able) });
    const failed = await cli(["doctor", "--json"], { env: envOf(readOnly) });

    expect([fine.code, failed.code]).toEqual([0, 1]);
    const { config, workspaces } = JSON.parse(fine.out);
    expect(config).toBe("the environment alone: there is no Pulumi project here");
    expect(workspaces).toEqual([{ name: "default", findings: expect.any(Array) }]);
    expect(workspaces[0].findings).toContainEqual({
      check: "list",
      status: "ok",
      text: "may list secrets",
      next: null,
    });
    expect(JSON.parse(failed.out).workspaces[0].findings).toContainEqual({
      check: "write",
      status: "failed",
      text: expect.stringContaining("missing permission"),
      next: expect.stringContaining("Give the key the permission"),
    });
  });

  test("a clock that is far from the API's is a warning, and no failure", async () => {
    const server = await serve((request, response) => {
      const date = new Date(Date.now() + 3_600_000).toUTCString();
      const body = request.method === "GET" ? { secrets: [], next_cursor: null } : { detail: "Not Found" };
      response.writeHead(request.method === "GET" ? 200 : 404, { "content-type": "application/json", date });
      response.end(JSON.stringify(body));
    });

    const { code, out } = await cli(["doctor"], { env: envOf({ url: server.url, apiKey: newKey() }) });

    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}warning +clock +this machine is 3(599|600|601) s late\n +Set the clock right\.$/m);
  });
});

describe("the cause of a failure", () => {
  test("no key", async () => {
    const { code, out } = await cli(["doctor"], { dns: {} });

    expect(code).toBe(1);
    expect(out).toMatch(
      /^ {2}failed +key +there is no API key\n +Set the key: pulumi config set --secret elevenlabs:apiKey/m,
    );
    expect(out).not.toContain("list");
  });

  test.each(["sk_with a space", "sk_with\nanother line"])("a key that cannot be one: %j", async (apiKey) => {
    const { url } = await emulated();

    const { code, out } = await cli(["doctor"], { env: envOf({ url, apiKey }) });

    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}failed +key +the API key holds characters that no key has/m);
  });

  test("wrong key: it is told where it comes from, and nothing else is tried", async () => {
    const emulator = await emulated();

    const { code, out } = await cli(["doctor"], { env: envOf({ url: emulator.url, apiKey: newKey() }) });

    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}- +key +from the environment variable ELEVENLABS_API_KEY$/m);
    expect(out).toMatch(
      /^ {2}failed +list +wrong key: the API answered 401: Invalid API key\n +Set the environment variable/m,
    );
    expect(emulator.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  test.each([
    ["read", "write"],
    ["write", "list"],
  ] as const)("missing permission: a key that may only %s fails the check of %s alone", async (permission, check) => {
    const emulator = await emulated([permission]);

    const { code, out } = await cli(["doctor"], { env: envOf(emulator) });

    expect(code).toBe(1);
    expect(out).toMatch(
      new RegExp(`^  failed +${check} +missing permission: the API answered 401: The API key lacks`, "m"),
    );
    expect(out).toMatch(/^ +Give the key the permission to read and write workspace secrets/m);
    expect(out.match(/^ {2}failed/gm)).toHaveLength(1);
  });

  test("wrong host: a port where nothing listens", async () => {
    const url = await closedOrigin();

    const { code, out } = await cli(["doctor"], { env: envOf({ url, apiKey: newKey() }) });

    expect(code).toBe(1);
    expect(out).toMatch(
      /^ {2}failed +host +wrong host or port: 127\.0\.0\.1:\d+: connection refused\n +Correct elevenlabs:baseUrl/m,
    );
  });

  test("wrong host: a name that DNS does not know, though it knows those of ElevenLabs", async () => {
    const env = envOf({ url: "https://nope.invalid", apiKey: newKey() });

    const { code, out } = await cli(["doctor"], { env, dns: { "api.us.elevenlabs.io": "127.0.0.1" } });

    expect(code).toBe(1);
    expect(out).toMatch(
      /^ {2}failed +host +wrong host: nope\.invalid: no such host \(DNS\)\n +Correct elevenlabs:baseUrl/m,
    );
  });

  test.each(["https://api.elevenlabs.io", "https://nope.invalid"])(
    "no network: no name can be looked up, as of %s",
    async (url) => {
      const { code, out } = await cli(["doctor"], { env: envOf({ url, apiKey: newKey() }), dns: {} });

      expect(code).toBe(1);
      expect(out).toMatch(
        /^ {2}failed +host +no network: \S+: no such host \(DNS\)\n +This machine finds no host of ElevenLabs/m,
      );
      expect(out).toContain("HTTPS_PROXY and the like are not used.");
    },
  );

  test.each([
    [200, "what answered is not JSON"],
    [401, "something answered 401, and not in the API's form"],
    [407, "something answered 407, and not in the API's form"],
    [302, "something answered 302, and not in the API's form"],
  ])("a proxy that answers HTML, with status %d", async (status, cause) => {
    const server = await serve((_request, response) => {
      response.writeHead(status, { "content-type": "text/html", location: "https://login.example" });
      response.end("<html>Please log in</html>");
    });

    const { code, out } = await cli(["doctor"], { env: envOf({ url: server.url, apiKey: newKey() }) });

    expect(code).toBe(1);
    expect(out).toMatch(
      new RegExp(`^  failed +host +not the API: ${cause}\n +A proxy or a login page stands in between, or`, "m"),
    );
  });

  test("a fault of the API is told as that", async () => {
    const emulator = await emulated();
    emulator.fault({ kind: "status", status: 503 });

    const { code, out } = await cli(["doctor"], { env: envOf(emulator) });

    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}failed +list +the API answered 503/m);
  });

  test("a config that cannot be used is told with what to do", async () => {
    const { code, out } = await cli(["doctor"], { env: { ELEVENLABS_API_KEY: newKey(), ELEVENLABS_REGION: "mars" } });

    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}failed +config +ELEVENLABS_REGION is "mars", but must be one of global, us, eu/m);
  });
});

describe("regions", () => {
  test("a key that another region takes is no wrong key, but a wrong region", async () => {
    const [us, eu] = [await emulated(), await emulated()];
    const workspace = new Workspaces(() => undefined, envOf({ url: us.url, apiKey: eu.apiKey })).get();

    const findings = await diagnose(workspace, { us: us.url, eu: eu.url });

    expect(findings).toEqual([
      {
        check: "list",
        status: "failed",
        text: `wrong region: ${us.url} does not take the key, but region eu does`,
        next: "Set the region: pulumi config set elevenlabs:region eu (or ELEVENLABS_REGION=eu)",
      },
    ]);
  });

  test("a key that no region takes is a wrong key", async () => {
    const [us, eu] = [await emulated(), await emulated()];
    const workspace = new Workspaces(() => undefined, envOf({ url: us.url, apiKey: newKey() })).get();

    const [finding] = await diagnose(workspace, { us: us.url, eu: eu.url });

    expect(finding?.text).toBe("wrong key: the API answered 401: Invalid API key; no other region takes it either");
  });

  test("from a host of one's own, the key goes to no region", async () => {
    const [own, us] = [await emulated(), await emulated()];
    const workspace = new Workspaces(() => undefined, envOf({ url: own.url, apiKey: us.apiKey })).get();

    const [finding] = await diagnose(workspace, { us: us.url });

    expect(finding?.text).toBe("wrong key: the API answered 401: Invalid API key");
    expect(us.requests).toEqual([]);
  });
});

describe("a stack", () => {
  test("its config wins over the environment, and every workspace that it describes is checked", async () => {
    const eu = await startAnother({ keys: { [newKey()]: { permissions: ["read"] } } });
    const stack = await startStack({ env: { ELEVENLABS_BASE_URL: "http://127.0.0.1:9" } });
    await addWorkspaces(stack, { eu });
    await stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], stack.emulator.apiKey).orThrow();

    const all = await cliIn(stack, ["doctor"], { ELEVENLABS_API_KEY: newKey() });
    const one = await cliIn(stack, ["doctor", "--workspace", "default"]);

    expect(all).toMatchObject({ code: 1, err: "" });
    expect(all.out).toMatch(/^Config: stack test, then the environment\n\nWorkspace default\n/);
    expect(all.out).toMatch(/^ {2}- +key +from elevenlabs:apiKey of stack test$/m);
    expect(all.out).toMatch(/\nWorkspace eu\n.*\n {2}- +key +from elevenlabs:workspaces\.eu\.apiKey of stack test\n/);
    expect(all.out).not.toContain(eu.apiKey);
    expect(all.out.match(/^ {2}failed .*/gm)).toEqual([expect.stringMatching(/write +missing permission/)]);
    expect(one.code).toBe(0);
    expect(one.out).not.toContain("Workspace eu");
  });

  test("with other workspaces, the default one needs no key", async () => {
    const eu = await startAnother({ keys: { [newKey()]: {} } });
    const stack = await startStack();
    await addWorkspaces(stack, { eu });

    const { code, out } = await cliIn(stack, ["doctor"], { ELEVENLABS_API_KEY: "" });

    expect(code).toBe(0);
    expect(out).toMatch(
      /Workspace default\n {2}- +key +none, and none is needed while no resource uses this workspace\n/,
    );
  });

  test("a key that is set in plain text fails, as programs refuse it", async () => {
    const apiKey = newKey();
    const stack = await startStack({ emulator: { keys: { [apiKey]: {} } }, config: { "elevenlabs:apiKey": apiKey } });

    const { code, out } = await cliIn(stack, ["doctor"]);

    expect(code).toBe(1);
    expect(out).toMatch(
      /^ {2}failed +key +elevenlabs:apiKey is set in plain text, which programs refuse\n +Take it for known/m,
    );
    expect(out).not.toContain(apiKey);
  });

  test("so does one beside secret ones", async () => {
    const stack = await startStack();
    const workspaces = [
      ["a", "--secret"],
      ["b", "--plaintext"],
    ] as const;
    for (const [name, how] of workspaces) {
      await stack.cli(["config", "set", how, "--path", `elevenlabs:workspaces.${name}.apiKey`, "sk"]).orThrow();
    }

    const [a, b] = [await cliIn(stack, ["doctor", "-w", "a"]), await cliIn(stack, ["doctor", "-w", "b"])];

    expect(a.out).not.toContain("plain text");
    expect(b.code).toBe(1);
    expect(b.out).toMatch(
      /^ {2}failed +key +elevenlabs:workspaces\.b\.apiKey is set in plain text, which programs refuse$/m,
    );
  });

  test("its advice is about the stack that was asked for, not about the one that is selected", async () => {
    const stack = await startStack();
    await stack.cli(["stack", "init", "prod"]).orThrow();
    const env = { ELEVENLABS_API_KEY: "", PULUMI_STACK: "prod" };

    const selected = await cliIn(stack, ["doctor"], env);
    const asked = await cliIn(stack, ["doctor", "--stack", "test"], env);
    const listed = await cliIn(stack, ["list", "--stack", "test"], env);

    const setKey = "pulumi config set --secret elevenlabs:apiKey (or";
    const setKeyOfTest = "pulumi config set --stack test --secret elevenlabs:apiKey (or";
    expect([selected.code, asked.code, listed.code]).toEqual([1, 1, 1]);
    expect(selected.out).toContain(setKey);
    expect(asked.out).toContain(setKeyOfTest);
    expect(listed.err).toContain(setKeyOfTest);
  });

  test("what Pulumi says of a stack that cannot be read is told, and the way around it", async () => {
    const stack = await startStack();

    // Only where something is encrypted does the passphrase matter.
    await stack.cli(["config", "set", "--secret", "other"], "value").orThrow();
    const refused = await cliIn(stack, ["doctor"], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    const around = await cliIn(stack, ["doctor", "--no-stack"], {
      PULUMI_CONFIG_PASSPHRASE: "wrong",
      ELEVENLABS_BASE_URL: stack.emulator.url,
    });

    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(/^error: could not read the stack: pulumi says: .*passphrase.*\n.*--no-stack\n$/);
    expect(around).toMatchObject({ code: 0 });
    expect(around.out).toMatch(/^Config: the environment alone: as --no-stack says\n/);
  });
});
