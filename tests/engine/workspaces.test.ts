import { describe, expect, test } from "@jest/globals";
import type { FaultKind } from "pulumi-elevenlabs/emulator";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { expectError } from "../support/shownProblems";
import { startStack, type TestStack } from "../support/testStack";

const KEYS = { sk_default: {}, sk_eu: { workspace: "eu" }, sk_us: { workspace: "us" } };

async function setConfig(stack: TestStack, path: string, value: string, ...options: string[]): Promise<void> {
  await stack.cli(["config", "set", "--path", ...options, path], value).orThrow();
}

describe("several workspaces", () => {
  test("a move creates the new secret first, then deletes the old secret", async () => {
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

  test("a workspace that isn't configured is an error, and moves no secret", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await addWorkspaces(stack, { eu: { apiKey: "sk_eu", url: stack.emulator.url } });
    await stack.deploy('new WorkspaceSecret("T", { value: "v" })');

    await stack.program('new WorkspaceSecret("T", { value: "v", workspace: "asia" })');
    const run = await stack.up();

    expect(run.requests).toEqual([]);
    const command = "pulumi config set --secret --path elevenlabs:workspaces.asia.apiKey";
    expectError(run, "T", { kind: "workspace-unusable", facts: ['"asia"', '"default", "eu"', command] });
    expect(stack.workspace.secrets()).toHaveLength(1);
    expect(await stack.secrets()).toHaveLength(1);
  });

  test("a workspace that has a secret must remain in the config", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await addWorkspaces(stack, { eu: { apiKey: "sk_eu", url: stack.emulator.url } });
    await stack.deploy('new WorkspaceSecret("T", { value: "v", workspace: "eu" })');
    await stack.cli(["config", "rm", "elevenlabs:workspaces"]).orThrow();

    const unchanged = await stack.up();
    const names = ['"eu"', '"default"'];
    expectError(unchanged, "T", { kind: "workspace-unusable", facts: names });
    await stack.program("");
    const removed = await stack.up();
    expectError(removed, "T", { kind: "invalid-config", facts: ['secret "T"', ...names] });

    expect(stack.emulator.requests.map(({ operation }) => operation)).toEqual(["list", "create"]);
    expect(namesIn(stack, "eu")).toEqual(["T"]);
    expect(await stack.secrets()).toHaveLength(1);
  });
});

describe("another endpoint in the config", () => {
  const secret = 'new WorkspaceSecret("T", { value: "v" })';

  async function moved({ hasSecret }: { hasSecret: boolean }) {
    const stack = await startStack();
    const elsewhere = await startAnother();
    await stack.deploy(secret);
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    const theirs = elsewhere.workspace().add("T", "theirs", hasSecret ? { id } : {});
    await stack.configure({ "elevenlabs:baseUrl": elsewhere.url });
    return { stack, elsewhere, id, theirs, asked: stack.emulator.requests.length };
  }

  test("an endpoint without the secret is an error, and changes nothing", async () => {
    const { stack, elsewhere, id, theirs, asked } = await moved({ hasSecret: false });

    const preview = await stack.preview();
    expect([preview.code, preview.steps.T, preview.requests]).toEqual([0, "update", []]);
    const steps = [
      { verb: "update", program: secret, run: () => stack.up() },
      { verb: "update", program: secret.replace('"v"', '"v2"'), run: () => stack.up() },
      { verb: "read", program: secret, run: () => stack.refresh("--run-program") },
      { verb: "delete", program: "", run: () => stack.up() },
    ];
    for (const { verb, program, run } of steps) {
      await stack.program(program);
      const facts = [`could not ${verb} secret "T" (${id})`, stack.emulator.url, 'workspace "default"', elsewhere.url];
      expectError(await run(), "T", { kind: "wrong-account", facts: [...facts, "elevenlabs:workspaces"] });
    }

    expect(elsewhere.workspace().secrets()).toEqual([theirs]);
    expect(stack.emulator.requests).toHaveLength(asked);
    expect((await stack.secrets()).map((one) => one.id)).toEqual([id]);
  });

  test("an endpoint with the secret is the same account, and gets no push", async () => {
    const { stack, elsewhere, id, theirs } = await moved({ hasSecret: true });

    const run = await stack.up();

    expect([run.code, run.steps.T]).toEqual([0, "update"]);
    expect(elsewhere.requests.map(({ operation }) => operation)).toEqual(["get"]);
    expect(elsewhere.workspace().secrets()).toEqual([theirs]);
    expect((await stack.secret("T"))?.outputs).toMatchObject({ secretId: id, endpoint: elsewhere.url });
    const again = await stack.up("--expect-no-changes");
    expect([again.code, again.calls]).toEqual([0, []]);
  });
});

describe("an API key", () => {
  const invalidKey: FaultKind = {
    kind: "status",
    status: 401,
    body: { detail: { status: "invalid_api_key", message: "Invalid API key" } },
  };

  test("a rejected key from the state: the error recommends --run-program", async () => {
    const stack = await startStack({
      // Each key has a separate workspace, so the requests show which key was sent.
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
      expect(run.requests).toMatchObject([{ workspace: "old", status: 401 }]);
      expectError(run, "T", { kind: "unauthorized", facts: ["401: Invalid API key", "--run-program"] });
    }
    for (const operation of ["refresh", "destroy"] as const) {
      const run = await stack[operation]("--run-program");
      expect(run.code).toBe(0);
      expect(run.requests).toMatchObject([{ workspace: "new" }]);
    }
    expect(await stack.secrets()).toEqual([]);
    expect(stack.emulator.workspace("new").secrets()).toEqual([]);
  });

  test("a key that the last update lacked: the error suggests --run-program", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    const apiKey = stack.env.ELEVENLABS_API_KEY ?? "";
    delete stack.env.ELEVENLABS_API_KEY;
    await setConfig(stack, "elevenlabs:apiKey", apiKey, "--secret");
    const runs = { refresh: ["refresh"], "up --refresh": ["up", "--refresh"], destroy: ["destroy"] } as const;

    for (const [operation, ...args] of Object.values(runs)) {
      const run = await stack[operation](...args);
      const commands = ["pulumi config set --secret elevenlabs:apiKey", "--run-program"];
      expectError(run, "T", { kind: "no-api-key", facts: ["ELEVENLABS_API_KEY", ...commands] });
    }
    for (const [operation, ...args] of Object.values(runs)) {
      expect(await stack[operation](...args, "--run-program")).toMatchObject({ code: 0 });
    }
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test("a rejected key outside the state: the error says where to set it", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    stack.env.ELEVENLABS_API_KEY = "sk_wrong";

    const ofEnvironment = await stack.refresh();
    expectError(ofEnvironment, "T", { kind: "unauthorized", facts: ["ELEVENLABS_API_KEY"] });
    expect(ofEnvironment.output).not.toContain("--run-program");

    await setConfig(stack, "elevenlabs:apiKey", "sk_wrong_too", "--secret");
    await stack.program('new WorkspaceSecret("T", { value: "v2" })');
    const ofConfig = await stack.up();
    const facts = [stack.emulator.url, "pulumi config set --secret elevenlabs:apiKey"];
    expectError(ofConfig, "T", { kind: "unauthorized", facts });
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
