import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { cli, envOf, start } from "../support/commandRun";
import { commandsOf, type Example, openExample, trialOf } from "../support/exampleProject";

const KEYS = ["--key", "sk_emulator", "--key", "sk_eu=eu"];

/** An example, the stacks that its README creates, and the commands for that. */
interface Trial {
  name: string;
  stacks: string[];
  commands(): Promise<string[]>;
}

const TRIALS: Trial[] = [
  {
    name: "agents-as-code",
    stacks: ["dev"],
    // The emulator has no agents and tools.
    commands: async () => (await commandsOf("agents-as-code")).filter((command) => !command.includes(" elevenlabs ")),
  },
  { name: "bootstrap", stacks: ["staging"], commands: () => commandsOf("bootstrap") },
  { name: "config-secrets", stacks: ["dev", "staging", "prod"], commands: () => commandsOf("config-secrets") },
  { name: "gitops", stacks: ["prod"], commands: async () => [...(await commandsOf("gitops")), "pulumi up"] },
  { name: "two-workspaces", stacks: ["trial"], commands: () => trialOf("two-workspaces") },
];

test("the examples run one after another on one emulator", async () => {
  const { child, ended } = start(["emulator", "--port", "0", ...KEYS]);
  const [banner] = await once(child.stdout, "data");
  const [, url = ""] = / at (http\S+), /.exec(String(banner)) ?? [];
  const env = envOf({ url, apiKey: "sk_emulator" });
  const namesIn = async (apiKey: string): Promise<string[]> => {
    const { out } = await cli(["list", "--json"], { env: envOf({ url, apiKey }) });
    return JSON.parse(out).secrets.map(({ name }: { name: string }) => name);
  };
  const deployed: [Example, string[]][] = [];

  for (const { name, stacks, commands } of TRIALS) {
    const example = await openExample(name);
    Object.assign(example.env, env);
    await writeFile(join(example.folder, ".env.staging"), "SMS_TOKEN=v\n");
    for (const command of await commands()) {
      if (/^pulumi (destroy|stack select|stack output)/.test(command)) continue;
      const input = command.includes("apiKey") ? "sk_eu" : "v";
      await example.run(command.replace("http://127.0.0.1:8787", url), { input });
    }
    for (const stack of stacks) await example.run(`pulumi up --expect-no-changes --stack ${stack}`);
    deployed.push([example, stacks]);
  }
  const found = [await namesIn("sk_emulator"), await namesIn("sk_eu")];
  for (const [example, stacks] of deployed) {
    for (const stack of stacks) await example.run(`pulumi destroy --stack ${stack}`);
  }
  const remaining = [await namesIn("sk_emulator"), await namesIn("sk_eu")];
  child.kill("SIGTERM");

  expect(found).toEqual([
    [
      ...["BILLING_TOKEN", "CALENDAR_TOKEN", "CRM_TOKEN", "LLM_KEY", "PAGER_KEY", "SHOP_TOKEN", "SMS_TOKEN"],
      ...["dev_SHOP_TOKEN", "staging_SHOP_TOKEN"],
    ],
    ["CALENDAR_TOKEN"],
  ]);
  expect(remaining).toEqual([[], []]);
  expect(await ended).toBe(0);
});
