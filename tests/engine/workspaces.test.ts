import { describe, expect, test } from "@jest/globals";
import type { FaultKind } from "pulumi-elevenlabs/emulator";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { startStack, type TestStack } from "../support/testStack";

const KEYS = { sk_default: {}, sk_eu: { workspace: "eu" }, sk_us: { workspace: "us" } };

async function setConfig(stack: TestStack, path: string, value: string, ...options: string[]): Promise<void> {
  await stack.cli(["config", "set", "--path", ...options, path], value).orThrow();
}

describe("several workspaces", () => {
  test("live side by side, each with its own key, and a secret that moves is made in the new one before it is deleted in the old", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    for (const name of ["eu", "us"]) {
      await setConfig(stack, `elevenlabs:workspaces.${name}.apiKey`, `sk_${name}`, "--secret");
      await setConfig(stack, `elevenlabs:workspaces.${name}.baseUrl`, stack.emulator.url);
    }
    const program = (moving: string) => `
      new WorkspaceSecret("here", { name: "TOKEN", value: "default" });
      new WorkspaceSecret("there", { name: "TOKEN", value: "eu", workspace: "eu" });
      const moving = new WorkspaceSecret("moving", { value: "moving", workspace: "${moving}" });
      exports.workspace = moving.workspace;
    `;
    await stack.deploy(program("eu"));
    expect(stack.workspace.secrets()).toMatchObject([{ name: "TOKEN", value: "default" }]);
    expect(namesIn(stack, "eu")).toEqual(["TOKEN", "moving"]);
    expect(namesIn(stack, "us")).toEqual([]);

    const run = await stack.deploy(program("us"));
    expect(run.steps).toEqual({ here: "same", there: "same", moving: "create-replacement" });
    expect(run.requests.map(({ operation, workspace }) => `${operation} in ${workspace}`)).toEqual([
      "list in us",
      "create in us",
      "delete in eu",
    ]);
    expect(namesIn(stack, "eu")).toEqual(["TOKEN"]);
    expect(namesIn(stack, "us")).toEqual(["moving"]);
    expect((await stack.secret("moving"))?.outputs).toMatchObject({ workspace: "us" });
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);

    expect((await stack.destroy()).code).toBe(0);
    expect([stack.workspace.secrets(), namesIn(stack, "eu"), namesIn(stack, "us")]).toEqual([[], [], []]);
  });

  test("a name that is not configured is an error that tells those that are, and where to add it, and a move there keeps the old secret", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await addWorkspaces(stack, { eu: { apiKey: "sk_eu", url: stack.emulator.url } });
    await stack.deploy('new WorkspaceSecret("T", { value: "v" })');

    await stack.program('new WorkspaceSecret("T", { value: "v", workspace: "asia" })');
    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.requests).toEqual([]);
    expect(run.output).toContain('cannot be used: no workspace is named "asia", only "default", "eu".');
    expect(run.output).toContain("pulumi config set --secret --path 'elevenlabs:workspaces.asia.apiKey'");
    expect(stack.workspace.secrets()).toHaveLength(1);
    expect(await stack.secrets()).toHaveLength(1);
  });

  test("a workspace that leaves the config while it holds a secret is an error, and the secret stays", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await addWorkspaces(stack, { eu: { apiKey: "sk_eu", url: stack.emulator.url } });
    await stack.deploy('new WorkspaceSecret("T", { value: "v", workspace: "eu" })');
    await stack.cli(["config", "rm", "elevenlabs:workspaces"]).orThrow();

    const unchanged = await stack.up();
    expect(unchanged.code).not.toBe(0);
    expect(unchanged.output).toContain('no workspace is named "eu", only "default".');
    await stack.program("");
    const removed = await stack.up();
    expect(removed.code).not.toBe(0);
    expect(removed.output).toContain('could not delete secret "T"');
    expect(removed.output).toContain('no workspace is named "eu", only "default".');

    expect(stack.emulator.requests.map(({ operation }) => operation)).toEqual(["list", "create"]);
    expect(namesIn(stack, "eu")).toEqual(["T"]);
    expect(await stack.secrets()).toHaveLength(1);
  });
});

describe("another endpoint in the config", () => {
  test("is an error at diff, read and delete, which touches nothing and asks nothing there", async () => {
    const stack = await startStack();
    const elsewhere = await startAnother();
    const secret = 'new WorkspaceSecret("T", { value: "v" })';
    await stack.deploy(secret);
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    // The same id there: what would be read, changed or deleted by mistake.
    const theirs = elsewhere.workspace().add("T", "theirs", { id });
    await stack.configure({ "elevenlabs:baseUrl": elsewhere.url });
    const asked = stack.emulator.requests.length;

    const steps = [
      { verb: "update", program: secret, run: () => stack.preview() },
      { verb: "update", program: secret.replace('"v"', '"v2"'), run: () => stack.up() },
      { verb: "read", program: secret, run: () => stack.refresh("--run-program") },
      { verb: "delete", program: "", run: () => stack.up() },
    ];
    for (const { verb, program, run } of steps) {
      await stack.program(program);
      const { code, output } = await run();
      expect({ verb, failed: code !== 0 }).toEqual({ verb, failed: true });
      expect(output).toContain(
        `could not ${verb} secret "T" (${id}): it lives at ${stack.emulator.url}, ` +
          `but the config now points workspace "default" at ${elsewhere.url}.`,
      );
      expect(output).toContain("Point it back. To move the secret, describe the other place as a second workspace");
    }

    expect(elsewhere.requests).toEqual([]);
    expect(elsewhere.workspace().secrets()).toEqual([theirs]);
    expect(stack.emulator.requests).toHaveLength(asked);
    expect((await stack.secrets()).map((one) => one.id)).toEqual([id]);
  });
});

describe("a key that the API does not accept", () => {
  const invalidKey: FaultKind = {
    kind: "status",
    status: 401,
    body: { detail: { status: "invalid_api_key", message: "Invalid API key" } },
  };

  test("and that came from the state earns the hint of --run-program, which takes the rotated one", async () => {
    const stack = await startStack({
      // A workspace for each key tells in the log which of them was sent.
      emulator: { keys: { sk_old: { workspace: "old" }, sk_new: { workspace: "new" } } },
      env: { ELEVENLABS_API_KEY: "" },
    });
    await setConfig(stack, "elevenlabs:apiKey", "sk_old", "--secret");
    await stack.deploy('new WorkspaceSecret("T", { value: "v" })');
    const [{ id } = { id: "" }] = stack.emulator.workspace("old").secrets();
    stack.emulator.workspace("new").add("T", "v", { id });
    await setConfig(stack, "elevenlabs:apiKey", "sk_new", "--secret");

    for (const operation of ["refresh", "destroy"] as const) {
      stack.emulator.fault(invalidKey);
      const run = await stack[operation]();
      expect(run.code).not.toBe(0);
      expect(run.requests).toMatchObject([{ workspace: "old", status: 401 }]);
      expect(run.output).toContain("the API answered 401: Invalid API key.");
      expect(run.output).toContain("the same command with --run-program");
    }
    for (const operation of ["refresh", "destroy"] as const) {
      const run = await stack[operation]("--run-program");
      expect(run.code).toBe(0);
      expect(run.requests).toMatchObject([{ workspace: "new" }]);
    }
    expect(await stack.secrets()).toEqual([]);
    expect(stack.emulator.workspace("new").secrets()).toEqual([]);
  });

  test("and that is missing where the program does not run: what is set since takes --run-program, as the error says", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    const apiKey = stack.env.ELEVENLABS_API_KEY ?? "";
    delete stack.env.ELEVENLABS_API_KEY;
    await setConfig(stack, "elevenlabs:apiKey", apiKey, "--secret");
    const runs = { refresh: ["refresh"], "up --refresh": ["up", "--refresh"], destroy: ["destroy"] } as const;

    for (const [operation, ...args] of Object.values(runs)) {
      const run = await stack[operation](...args);
      expect(run.code).not.toBe(0);
      expect(run.output).toMatch(
        /there is no API key\.\n +Set the environment variable ELEVENLABS_API_KEY\. Or set the key: pulumi config set --secret elevenlabs:apiKey {2}and run the same command with --run-program\n/,
      );
    }
    for (const [operation, ...args] of Object.values(runs)) {
      expect(await stack[operation](...args, "--run-program")).toMatchObject({ code: 0 });
    }
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test("and that came from the config of now, or from the environment, is told to be set there", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    stack.env.ELEVENLABS_API_KEY = "sk_wrong";

    const ofEnvironment = await stack.refresh();
    expect(ofEnvironment.code).not.toBe(0);
    expect(ofEnvironment.output).toContain("ELEVENLABS_API_KEY");
    expect(ofEnvironment.output).not.toContain("--run-program");

    await setConfig(stack, "elevenlabs:apiKey", "sk_wrong_too", "--secret");
    await stack.program('new WorkspaceSecret("T", { value: "v2" })');
    const ofConfig = await stack.up();
    expect(ofConfig.code).not.toBe(0);
    expect(ofConfig.output).toContain(`${stack.emulator.url}: pulumi config set --secret elevenlabs:apiKey`);
    expect(ofConfig.output).not.toContain("--run-program");
    expect(ofEnvironment.output + ofConfig.output).not.toContain("sk_wrong");
  });
});

function namesIn(stack: TestStack, workspace: string): string[] {
  return stack.emulator
    .workspace(workspace)
    .secrets()
    .map(({ name }) => name)
    .sort();
}
