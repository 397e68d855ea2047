import { expect, test } from "@jest/globals";
import { expectError } from "../support/shownProblems";
import { startStack } from "../support/testStack";

test("a named workspace needs a base URL if ELEVENLABS_BASE_URL is set", async () => {
  const stack = await startStack({ env: { ELEVENLABS_BASE_URL: "http://127.0.0.1:9" } });
  const workspaces = { eu: { apiKey: "sk_eu", region: "eu" } };
  await stack.cli(["config", "set", "--secret", "elevenlabs:workspaces"], JSON.stringify(workspaces)).orThrow();
  await stack.program('new WorkspaceSecret("A", { value: "v", workspace: "eu" });');

  const run = await stack.up();

  const command = "pulumi config set --path elevenlabs:workspaces.eu.baseUrl URL";
  expectError(run, "A", { kind: "workspace-unusable", facts: ["ELEVENLABS_BASE_URL", 'workspace "eu"', command] });
  expect(await stack.secrets()).toEqual([]);
});
