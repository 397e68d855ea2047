import * as pulumi from "@pulumi/pulumi";
import * as runtimeState from "@pulumi/pulumi/runtime/state.js";
import { configPath } from "../../provider/pulumi/configPath.js";
import { SETTINGS, WORKSPACE_SETTINGS, type WorkspaceSetting } from "../../provider/workspaces/declaredSettings.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { programError } from "./programError.js";
import { environmentUnknown } from "./wording.js";

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
  const isSet = (key: WorkspaceSetting) => pulumi.runtime.getConfig(`elevenlabs:${key}`) !== undefined;
  for (const key of WORKSPACE_SETTINGS) {
    const { variable } = SETTINGS[key];
    const isNeeded = key === "apiKey" || process.env[variable] !== undefined;
    // With a base URL, the region has no effect.
    const isIgnored = key === "region" && (isSet("baseUrl") || process.env[SETTINGS.baseUrl.variable] !== undefined);
    if (!isNeeded || isIgnored || isSet(key)) continue;
    const facts = { variable, path: configPath(`elevenlabs:${key}`) };
    throw programError(environmentUnknown(facts, { step: "call the API" }));
  }
}
