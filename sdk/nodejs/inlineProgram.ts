import * as pulumi from "@pulumi/pulumi";
import * as runtimeState from "@pulumi/pulumi/runtime/state.js";
import { configPath } from "../../provider/pulumi/configPath.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { programError } from "./programError.js";
import { environmentUnknown } from "./wording.js";

/** The environment variables that the functions read, and the config keys that take precedence. */
const VARIABLES: Record<string, string[]> = {
  ELEVENLABS_API_KEY: ["apiKey"],
  ELEVENLABS_BASE_URL: ["baseUrl"],
  ELEVENLABS_REGION: ["region", "baseUrl"],
};

/** The engine's address, which the providers also receive. Empty outside of a run. The types of Pulumi's SDK lack it. */
export function engineAddress(): string {
  const { getStore } = runtimeState as unknown as { getStore(): RuntimeStore };
  return getStore().settings.options.engineAddr ?? "";
}

interface RuntimeStore {
  settings: { options: { engineAddr?: string } };
}

export function isStartedByEngine(): boolean {
  // The process of a component provider has the engine's address as an argument.
  return (
    /@pulumi[/\\]pulumi[/\\]cmd[/\\]run[/\\]/.test(require.main?.filename ?? "") ||
    process.argv.includes(engineAddress())
  );
}

/**
 * Throws if an inline program of the Automation API would read a setting from the environment. The program runs in the
 * script's process, but its stack has a separate environment (`envVars`). So the script's API key may belong to another
 * workspace.
 */
export function requireSettingsInConfig(workspace = DEFAULT_WORKSPACE): void {
  if (engineAddress() === "" || isStartedByEngine() || workspace !== DEFAULT_WORKSPACE) return;
  for (const [variable, keys] of Object.entries(VARIABLES)) {
    const isNeeded = variable === "ELEVENLABS_API_KEY" || process.env[variable] !== undefined;
    if (!isNeeded || keys.some((key) => pulumi.runtime.getConfig(`elevenlabs:${key}`) !== undefined)) continue;
    const facts = { variable, path: configPath(`elevenlabs:${keys[0]}`) };
    throw programError(environmentUnknown(facts, { step: "call the API" }));
  }
}
