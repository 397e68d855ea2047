import { describe, expect, test } from "@jest/globals";
import { diagnose } from "../../cli/doctor/diagnosis";
import type { Finding } from "../../cli/doctor/finding";
import { USER_AGENT } from "../../provider/api/userAgent";
import { Workspaces } from "../../provider/workspaces/workspaces";
import { type CliOptions, cli, cliIn, envOf, newKey } from "../support/commandRun";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { closedOrigin, emulate, serve } from "../support/servers";
import { startStack } from "../support/testStack";

async function emulated(permissions?: ("read" | "write")[]) {
  const apiKey = newKey();
  return emulate({ keys: { [apiKey]: permissions ? { permissions } : {} } });
}

interface ShownFinding {
  check: string;
  status: string;
  text: string;
  next: string | null;
}

/** Returns the exit code and the findings about the default workspace, outside a project. */
async function doctor(
  options: CliOptions,
): Promise<{ code: number | null; all: ShownFinding[]; failed: ShownFinding[] }> {
  const { code, out } = await cli(["doctor", "--json"], options);
  const all: ShownFinding[] = JSON.parse(out).workspaces[0].findings;
  return { code, all, failed: all.filter(({ status }) => status === "failed") };
}

const KEY_FROM_ENVIRONMENT = expect.stringContaining("ELEVENLABS_API_KEY");

describe("doctor: a workspace that can be used", () => {
  test("doctor shows every check, exits with 0, and writes nothing", async () => {
    const emulator = await emulated();
    emulator.workspace().add("CRM_TOKEN", "value");

    const { code, out, err } = await cli(["doctor"], { env: envOf(emulator) });

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Config: only the environment, .*Pulumi project.*\n\nWorkspace default\n/);
    expect(out).toMatch(new RegExp(`^  -        host     ${emulator.url}$`, "m"));
    expect(out).toMatch(/^ {2}- +proxy +none: \S/m);
    expect(out).toMatch(/^ {2}- +key +.*ELEVENLABS_API_KEY$/m);
    expect(out).toMatch(/^ {2}ok +list +\S/m);
    expect(out).toMatch(/^ {2}ok +write +.*nothing was written/m);
    expect(emulator.workspace().secrets()).toMatchObject([{ name: "CRM_TOKEN", value: "value" }]);
    expect(emulator.requests.map(({ method, status }) => `${method} ${status}`)).toEqual(["GET 200", "PATCH 404"]);
  });

  test("the debug output of Node.js doesn't contain the key", async () => {
    const emulator = await emulated();

    const { code, out, err } = await cli(["doctor"], { env: { ...envOf(emulator), NODE_DEBUG: "*" } });

    expect(code).toBe(0);
    expect(err).toMatch(/NET \d+: connect/);
    expect(out + err).not.toContain(emulator.apiKey);
  });

  test("--json prints the same findings, with the same exit code", async () => {
    const [able, readOnly] = [await emulated(), await emulated(["read"])];

    const fine = await cli(["doctor", "--json"], { env: envOf(able) });
    const failed = await cli(["doctor", "--json"], { env: envOf(readOnly) });

    expect([fine.code, failed.code]).toEqual([0, 1]);
    const { config, workspaces } = JSON.parse(fine.out);
    expect(config).toMatch(/^only the environment, .*Pulumi project/);
    expect(workspaces).toEqual([{ name: "default", findings: expect.any(Array) }]);
    const text = expect.any(String);
    expect(workspaces[0].findings).toEqual([
      { check: "host", status: "fact", text: able.url, next: null },
      { check: "proxy", status: "fact", text: expect.stringMatching(/^none: /), next: null },
      { check: "key", status: "fact", text: KEY_FROM_ENVIRONMENT, next: null },
      { check: "list", status: "ok", text, next: null },
      { check: "write", status: "ok", text, next: null },
    ]);
    expect(JSON.parse(failed.out).workspaces[0].findings).toContainEqual({
      check: "write",
      status: "failed",
      text: expect.stringMatching(/^missing permission: /),
      next: expect.any(String),
    });
  });
});

describe("doctor: the cause of a failure", () => {
  test("a missing key is a failed check", async () => {
    const { code, all, failed } = await doctor({});

    expect(code).toBe(1);
    expect(failed).toMatchObject([{ check: "key", text: expect.stringContaining("no API key") }]);
    expect(failed[0]?.next).toContain("pulumi config set --secret elevenlabs:apiKey");
    expect(failed[0]?.next).toContain("ELEVENLABS_API_KEY");
    expect(all.map(({ check }) => check)).toEqual(["host", "proxy", "key"]);
  });

  test.each(["sk_with a space", "sk_with\nanother line"])("a malformed key is a failed check: %j", async (apiKey) => {
    const emulator = await emulated();

    const { code, failed } = await doctor({ env: envOf({ url: emulator.url, apiKey }) });

    expect(code).toBe(1);
    expect(failed).toMatchObject([{ check: "key", text: expect.stringContaining("isn't allowed in an API key") }]);
    expect(emulator.requests).toEqual([]);
  });

  test("doctor says where a wrong key comes from, and stops", async () => {
    const emulator = await emulated();

    const { code, all, failed } = await doctor({ env: envOf({ url: emulator.url, apiKey: newKey() }) });

    expect(code).toBe(1);
    expect(all).toContainEqual({ check: "key", status: "fact", text: KEY_FROM_ENVIRONMENT, next: null });
    expect(failed).toMatchObject([
      {
        check: "list",
        text: expect.stringMatching(/^wrong API key: .* 401.*: Invalid API key$/),
        next: expect.stringMatching(`ELEVENLABS_API_KEY .*${emulator.url}`),
      },
    ]);
    expect(emulator.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  test.each([
    ["read", "write"],
    ["write", "list"],
  ] as const)("a key that can only %s fails only the %s check", async (permission, check) => {
    const emulator = await emulated([permission]);

    const { code, failed } = await doctor({ env: envOf(emulator) });

    expect(code).toBe(1);
    expect(failed).toMatchObject([
      {
        check,
        text: expect.stringMatching(/^missing permission: .* 401.*: The API key lacks/),
        next: expect.stringContaining("workspace secrets"),
      },
    ]);
  });

  test("doctor says to check a base URL whose host is unreachable", async () => {
    const url = await closedOrigin();

    const { code, failed } = await doctor({ env: envOf({ url, apiKey: newKey() }) });

    expect(code).toBe(1);
    const text = expect.stringMatching(`^unreachable: .*${new URL(url).host}.*refused$`);
    expect(failed).toMatchObject([
      { check: "host", text, next: expect.stringMatching(/elevenlabs:baseUrl.*\n.*HTTPS_PROXY/) },
    ]);
  });

  test.each([
    [200, "JSON"],
    [401, "401"],
    [407, "407"],
    [302, "302"],
  ])("an HTML page of a proxy with status %d is not the API", async (status, cause) => {
    const server = await serve((_request, response) => {
      response.writeHead(status, { "content-type": "text/html", location: "https://login.example" });
      response.end("<html>Please log in</html>");
    });

    const { code, failed } = await doctor({ env: envOf({ url: server.url, apiKey: newKey() }) });

    expect(code).toBe(1);
    const text = expect.stringMatching(`^not the API: .*${cause}`);
    expect(failed).toMatchObject([{ check: "host", text, next: expect.stringContaining("proxy") }]);
    expect(server.requests.map(({ headers }) => headers["user-agent"])).toEqual([USER_AGENT]);
  });

  test("an API error is shown with its status", async () => {
    const emulator = await emulated();
    emulator.fault({ kind: "status", status: 503 });

    const { code, failed } = await doctor({ env: envOf(emulator) });

    expect(code).toBe(1);
    expect(failed).toMatchObject([{ check: "list", text: expect.stringMatching(/^the API returned 503/) }]);
  });

  test("an invalid config is shown with its fix", async () => {
    const { code, failed } = await doctor({ env: { ELEVENLABS_API_KEY: newKey(), ELEVENLABS_REGION: "mars" } });

    expect(code).toBe(1);
    const text = expect.stringMatching(/^ELEVENLABS_REGION is "mars", .* global, us, eu/);
    expect(failed).toMatchObject([{ check: "config", text, next: expect.any(String) }]);
  });
});

describe("doctor: regions", () => {
  test("doctor reports a wrong region if another region accepts the key", async () => {
    const [us, eu] = [await emulated(), await emulated()];
    const workspace = new Workspaces(() => undefined, envOf({ url: us.url, apiKey: eu.apiKey })).get();

    const findings = await diagnose(workspace, { us: us.url, eu: eu.url });

    expect(findings).toEqual([
      {
        check: "list",
        status: "failed",
        kind: "wrong-region",
        facts: { workspace: { name: "default" }, endpoint: us.url, region: "eu" },
      },
    ]);
    const [, ...next] = (findings[0] as Finding).explain();
    expect(next.join()).toContain("pulumi config set elevenlabs:region eu (or ELEVENLABS_REGION=eu)");
  });

  test("doctor reports a wrong key if no region accepts the key", async () => {
    const [us, eu] = [await emulated(), await emulated()];
    const workspace = new Workspaces(() => undefined, envOf({ url: us.url, apiKey: newKey() })).get();

    const [finding] = await diagnose(workspace, { us: us.url, eu: eu.url });

    expect(finding).toMatchObject({
      check: "list",
      status: "failed",
      kind: "wrong-key",
      facts: { problem: { kind: "unauthorized" }, triesRegions: true },
    });
  });

  test("doctor says to check only the network if a region is unreachable", async () => {
    const url = await closedOrigin();
    const workspace = new Workspaces(() => undefined, envOf({ url, apiKey: newKey() })).get();

    const [finding] = await diagnose(workspace, { us: url });

    const [text, ...next] = (finding as Finding).explain();
    expect(text).toMatch(/^unreachable: .* refused$/);
    expect(next).toEqual(["Check the network. If it requires a proxy, set HTTPS_PROXY."]);
  });

  test("the region and URL of an explicit provider are its arguments", async () => {
    const [us, eu] = [await emulated(), await emulated()];
    const of = (env: Record<string, string>) => new Workspaces(() => undefined, env, { provider: "eu" }).get();
    const closed = of(envOf({ url: await closedOrigin(), apiKey: newKey() }));

    const [wrong] = await diagnose(of(envOf({ url: us.url, apiKey: eu.apiKey })), { us: us.url, eu: eu.url });
    const [unreachable] = await diagnose(closed, { us: us.url });

    expect((wrong as Finding).explain().slice(1)).toEqual(['Set region of provider "eu" in the program to eu.']);
    expect((unreachable as Finding).explain()[1]).toMatch(/^Correct baseUrl of provider "eu" in the program/);
  });

  test("the key of another host is never sent to a region", async () => {
    const [own, us] = [await emulated(), await emulated()];
    const workspace = new Workspaces(() => undefined, envOf({ url: own.url, apiKey: us.apiKey })).get();

    const [finding] = await diagnose(workspace, { us: us.url });

    expect(finding).toMatchObject({ kind: "wrong-key", facts: { triesRegions: false } });
    expect(us.requests).toEqual([]);
  });
});

describe("doctor: a stack", () => {
  test("stack config wins over the environment; every workspace is checked", async () => {
    const eu = await startAnother({ keys: { [newKey()]: { permissions: ["read"] } } });
    const stack = await startStack({ env: { ELEVENLABS_BASE_URL: "http://127.0.0.1:9" } });
    await addWorkspaces(stack, { eu });
    await stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], stack.emulator.apiKey).orThrow();

    const all = await cliIn(stack, ["doctor"], { ELEVENLABS_API_KEY: newKey() });
    const one = await cliIn(stack, ["doctor", "--workspace", "default"]);

    expect(all).toMatchObject({ code: 1, err: "" });
    expect(all.out).toMatch(/^Config: stack test, then the environment\n\nWorkspace default\n/);
    expect(all.out).toMatch(/^ {2}- +key +.*elevenlabs:apiKey of stack test$/m);
    expect(all.out).toMatch(
      /\nWorkspace eu\n(?:.*\n){2} {2}- +key +.*elevenlabs:workspaces\.eu\.apiKey of stack test\n/,
    );
    expect(all.out).not.toContain(eu.apiKey);
    expect(all.out.match(/^ {2}failed .*/gm)).toEqual([expect.stringMatching(/write +missing permission/)]);
    expect(one.code).toBe(0);
    expect(one.out).not.toContain("Workspace eu");
  });

  test("the default workspace needs no key if there are other workspaces", async () => {
    const eu = await startAnother({ keys: { [newKey()]: {} } });
    const stack = await startStack();
    await addWorkspaces(stack, { eu });

    const { code, out } = await cliIn(stack, ["doctor"], { ELEVENLABS_API_KEY: "" });

    expect(code).toBe(0);
    expect(out).toMatch(/^Workspace default\n {2}- +key +not set.*\n\n/m);
  });

  test("a key in plain text is a failure, because pulumi up refuses it", async () => {
    const apiKey = newKey();
    const stack = await startStack({ emulator: { keys: { [apiKey]: {} } }, config: { "elevenlabs:apiKey": apiKey } });

    const { code, out } = await cliIn(stack, ["doctor"]);

    expect(code).toBe(1);
    expect(out).toMatch(
      /^ {2}failed +key +elevenlabs:apiKey .*plain text.*\n.*\n.* pulumi config set --secret elevenlabs:apiKey$/m,
    );
    expect(out).not.toContain(apiKey);
  });

  test.each(["doctor", "list", "drift"])(
    "a misspelled setting fails %s, which shows the right spelling",
    async (command) => {
      const stack = await startStack({ config: { "elevenlabs:regoin": "eu" } });

      const { code, err } = await cliIn(stack, [command, "--stack", "test"]);

      expect(code).toBe(1);
      expect(err).toMatch(/regoin is not a setting \(did you mean region\?\)\. \[invalid-config\]$/m);
      expect(err).toContain("pulumi config rm --stack test elevenlabs:regoin\n");
      expect(stack.emulator.requests).toEqual([]);
    },
  );

  test("a key in plain text is found next to encrypted keys", async () => {
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
    expect(b.out).toMatch(/^ {2}failed +key +elevenlabs:workspaces\.b\.apiKey .*plain text/m);
  });

  test("the advice uses the stack of --stack, not the selected stack", async () => {
    const stack = await startStack();
    await stack.cli(["stack", "init", "prod"]).orThrow();
    const env = { ELEVENLABS_API_KEY: "", PULUMI_STACK: "prod" };

    const selected = await cliIn(stack, ["doctor"], env);
    const asked = await cliIn(stack, ["doctor", "--stack", "test"], env);
    const listed = await cliIn(stack, ["list", "--stack", "test"], env);

    const setKey = "pulumi config set --secret elevenlabs:apiKey\n";
    const setKeyOfTest = "pulumi config set --stack test --secret elevenlabs:apiKey\n";
    expect([selected.code, asked.code, listed.code]).toEqual([1, 1, 1]);
    expect(selected.out).toContain(setKey);
    expect(asked.out).toContain(setKeyOfTest);
    expect(listed.err).toContain(setKeyOfTest);
  });

  test("doctor shows Pulumi's error and a way around an unreadable stack", async () => {
    const stack = await startStack({ env: { PULUMI_CONFIG_PASSPHRASE: "right" } });
    await stack.cli(["stack", "change-secrets-provider", "passphrase"]).orThrow();

    // Pulumi needs the passphrase only if the config contains a secret.
    await stack.cli(["config", "set", "--secret", "other"], "value").orThrow();
    const refused = await cliIn(stack, ["doctor"], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    const around = await cliIn(stack, ["doctor", "--no-stack"], {
      PULUMI_CONFIG_PASSPHRASE: "wrong",
      ELEVENLABS_BASE_URL: stack.emulator.url,
    });

    expect(refused).toMatchObject({ code: 1, out: "", kind: "pulumi-failed" });
    expect(refused.err).toMatch(/^error: .*incorrect passphrase.*\n.*\n.*--no-stack\n$/);
    expect(around).toMatchObject({ code: 0 });
    expect(around.out).toMatch(/^Config: only the environment, .*--no-stack.*\n/);
  });
});
