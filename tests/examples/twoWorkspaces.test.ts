import { expect, test } from "@jest/globals";
import { emulate } from "../engine/harness/servers";
import { commandsOf, openExample } from "./harness";

test("two-workspaces keeps a secret in each region, with each workspace's own key", async () => {
  const example = await openExample("two-workspaces", { keys: { sk_global: {} } });
  const eu = await emulate({ keys: { sk_eu: {} } });
  const inputs: Record<string, string> = { apiKey: "sk_eu", crmToken: "v1" };
  const said: Record<string, string> = {};

  for (const command of await commandsOf("two-workspaces")) {
    // In the place of the region's own URL.
    if (command === "pulumi up") {
      await example.run(`pulumi config set --path elevenlabs:workspaces.eu.baseUrl ${eu.url}`);
    }
    if (command === "pulumi destroy") {
      expect(example.secrets()).toEqual({ CRM_TOKEN: "v1" });
      expect(eu.workspace().secrets()).toMatchObject([{ name: "CRM_TOKEN", value: "v1" }]);
    }
    const [, asked = ""] = /--secret.*\b(\w+)'?$/.exec(command) ?? [];
    said[command] = await example.run(command, { input: inputs[asked] });
  }

  const endpoints = JSON.parse(said["pulumi stack output endpoints"] ?? "");
  expect(endpoints).toEqual({ global: example.emulator.url, eu: eu.url });
  expect(example.secrets()).toEqual({});
  expect(eu.workspace().secrets()).toEqual([]);
  for (const [, text] of await example.files()) expect(text).not.toContain("sk_eu");
});
