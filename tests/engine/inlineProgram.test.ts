import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { HOST, HOSTS, testFor } from "../support/hosts";
import { environmentOf } from "../support/pulumiCli";
import { startStack, type TestStack } from "../support/testStack";

const KEYS = { sk_of_script: { workspace: "script" }, sk_of_stack: { workspace: "stack" } };

/** Starts a stack, and adds a secret with the same name to the workspaces of both keys. */
async function startWithTwoKeys() {
  const stack = await startStack({ emulator: { keys: KEYS } });
  // The project has a program file, which an inline program replaces.
  await stack.program("");
  for (const name of ["script", "stack"]) stack.emulator.workspace(name).add("CRM", "v", { id: `sec_${name}` });
  return stack;
}

/** Runs a script with an inline program that exports the id of `CRM`. The script and its stack have different keys. */
async function runScript(stack: TestStack, before = "", env: Record<string, string> = {}): Promise<string> {
  const script = `
    const { LocalWorkspace } = require("@pulumi/pulumi/automation");
    const { getWorkspaceSecret } = require("${HOSTS[HOST].module}");
    const program = async () => ({ id: (await getWorkspaceSecret({ name: "CRM" })).secretId });
    const envVars = { ELEVENLABS_API_KEY: "sk_of_stack" };
    (async () => {
      const where = { workDir: process.cwd(), envVars };
      const stack = await LocalWorkspace.selectStack({ stackName: "test", projectName: "test", program }, where);
      ${before}
      const { outputs } = await stack.up();
      console.log("found " + outputs.id.value);
    })().catch(({ message }) => console.log(message));`;
  const child = spawn("node", ["-e", script], {
    cwd: stack.folder,
    env: { ...environmentOf(stack.folder), NODE_OPTIONS: "", ELEVENLABS_API_KEY: "sk_of_script", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return text(child.stdout);
}

testFor("dynamic")("a function in an inline program never uses the script's key", async () => {
  const stack = await startWithTwoKeys();

  const output = await runScript(stack);

  expect(output).toContain("ELEVENLABS_API_KEY isn't used. [environment-unknown]");
  expect(stack.emulator.requests).toEqual([]);
});

testFor("dynamic")("a function in an inline program never uses the script's base URL", async () => {
  const stack = await startWithTwoKeys();
  await stack.configure({ "elevenlabs:baseUrl": undefined });
  await stack.configureSecrets({ "elevenlabs:apiKey": "sk_of_stack" });

  const output = await runScript(stack, "", { ELEVENLABS_BASE_URL: stack.emulator.url });

  expect(output).toContain("ELEVENLABS_BASE_URL isn't used. [environment-unknown]");
  expect(stack.emulator.requests).toEqual([]);
});

testFor("dynamic")("a function in an inline program uses the key of the stack's config", async () => {
  const stack = await startWithTwoKeys();
  const setKey = 'await stack.setConfig("elevenlabs:apiKey", { value: "sk_of_stack", secret: true });';
  expect(await runScript(stack, setKey)).toContain("found sec_stack");
});

testFor("native")("the plugin's functions use the stack's environment", async () => {
  const stack = await startWithTwoKeys();
  expect(await runScript(stack)).toContain("found sec_stack");
});

test("a function outside a program uses the environment", async () => {
  const stack = await startWithTwoKeys();
  const script =
    'require("pulumi-elevenlabs").getWorkspaceSecret({ name: "CRM" }).then(({ secretId }) => console.log(secretId))';
  const env = { ...environmentOf(stack.folder), NODE_OPTIONS: "", ELEVENLABS_API_KEY: "sk_of_script" };
  const child = spawn("node", ["-e", script], {
    cwd: stack.folder,
    env: { ...env, ELEVENLABS_BASE_URL: stack.emulator.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect((await text(child.stdout)).trim()).toBe("sec_script");
});
