import { expect, test } from "@jest/globals";
import { startStack } from "../support/testStack";

test("a base URL of the environment never lets the key of a named workspace go to another host", async () => {
  const stack = await startStack({ env: { ELEVENLABS_BASE_URL: "http://127.0.0.1:9" } });
  const workspaces = { eu: { apiKey: "sk_eu", region: "eu" } };
  await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify(workspaces)).orThrow();
  await stack.program('new WorkspaceSecret("A", { value: "v", workspace: "eu" });');

  const run = await stack.up();

  expect(run.code).not.toBe(0);
  expect(run.output).toContain('requests for workspace "eu" would go to ElevenLabs');
  expect(run.output).toContain("pulumi config set --path 'elevenlabs:workspaces.eu.baseUrl' URL");
  expect(await stack.secrets()).toEqual([]);
});
