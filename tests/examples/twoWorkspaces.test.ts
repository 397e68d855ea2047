import { expect, test } from "@jest/globals";
import { commandsOf, openExample, trialOf } from "../support/exampleProject";
import { emulate } from "../support/servers";

test("two-workspaces keeps a secret in each region, with a separate key", async () => {
  const example = await openExample("two-workspaces", { keys: { sk_global: {} } });
  const eu = await emulate({ keys: { sk_of_the_eu: {} } });
  const inputs: Record<string, string> = { apiKey: "sk_of_the_eu", calendarToken: "v1" };
  const printed: Record<string, string> = {};

  for (const command of await commandsOf("two-workspaces")) {
    // Replaces the region's URL.
    if (command === "pulumi up") {
      await example.run(`pulumi config set --path elevenlabs:workspaces.eu.baseUrl ${eu.url}`);
    }
    if (command === "pulumi destroy") {
      expect(example.secrets()).toEqual({ CALENDAR_TOKEN: "v1" });
      expect(eu.workspace().secrets()).toMatchObject([{ name: "CALENDAR_TOKEN", value: "v1" }]);
    }
    const [, asked = ""] = /--secret.*\b(\w+)'?$/.exec(command) ?? [];
    printed[command] = await example.run(command, { input: inputs[asked] });
  }

  const endpoints = JSON.parse(printed["pulumi stack output endpoints"] ?? "");
  expect(endpoints).toEqual({ global: example.emulator.url, eu: eu.url });
  expect(example.secrets()).toEqual({});
  expect(eu.workspace().secrets()).toEqual([]);
  for (const [, text] of await example.files()) expect(text).not.toContain("sk_of_the_eu");
});

test("two-workspaces calls only the emulator in the trial without an account", async () => {
  const example = await openExample("two-workspaces", { keys: { sk_emulator: {}, sk_eu: { workspace: "eu" } } });
  const { url } = example.emulator;
  const inputs: Record<string, string> = { apiKey: "sk_eu", calendarToken: "v1" };
  const env = { ELEVENLABS_BASE_URL: url, ELEVENLABS_API_KEY: "sk_emulator" };
  const printed: Record<string, string> = {};

  for (const command of await trialOf("two-workspaces")) {
    const [, asked = ""] = /--secret.*\b(\w+)'?$/.exec(command) ?? [];
    const here = command.replace("http://127.0.0.1:8787", url);
    printed[command] = await example.run(here, { input: inputs[asked], env });
    if (command === "pulumi up") {
      expect(example.emulator.workspace("eu").secrets()).toMatchObject([{ name: "CALENDAR_TOKEN", value: "v1" }]);
      expect(example.secrets()).toEqual({ CALENDAR_TOKEN: "v1" });
    }
  }

  expect(JSON.parse(printed["pulumi stack output endpoints"] ?? "")).toEqual({ global: url, eu: url });
  expect(example.emulator.workspace("eu").secrets()).toEqual([]);
});
