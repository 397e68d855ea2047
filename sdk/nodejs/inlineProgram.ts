import * as pulumi from "@pulumi/pulumi";
import * as runtimeState from "@pulumi/pulumi/runtime/state.js";
import { configPath, DEFAULT_WORKSPACE } from "../../provider/pulumi/configPath.js";
import { programError } from "./programError.js";

/** What the functions read from the environment, and the config keys that take precedence. */
const VARIABLES: Record<string, string[]> = {
  ELEVENLABS_API_KEY: ["apiKey"],
  ELEVENLABS_BASE_URL: ["baseUrl"],
  ELEVENLABS_REGION: ["region", "baseUrl"],
};

/** The address that the providers are given, too; empty outside of a run. Pulumi's SDK leaves it out of its types. */
export function engineAddress(): string {
  const { getStore } = runtimeState as unknown as { getStore(): RuntimeStore };
  return getStore().settings.options.engineAddr ?? "";
}

interface RuntimeStore {
  settings: { options: { engineAddr?: string } };
}

export function isStartedByEngine(): boolean {
  // The process of a component provider has the address as an argument.
  return (
    /@pulumi[/\\]pulumi[/\\]cmd[/\\]run[/\\]/.test(require.main?.filename ?? "") ||
    process.argv.includes(engineAddress())
  );
}

/**
 * Throws if an inline program of the Automation API would take a setting from the environment. It runs in the process of the
 * script, whose environment isn't that of the stack (`envVars`): its key may be that of another workspace.
 */
export function requireSettingsInConfig(workspace = DEFAULT_WORKSPACE): void {
  if (engineAddress() === "" || isStartedByEngine() || workspace !== DEFAULT_WORKSPACE) return;
  for (const [variable, keys] of Object.entries(VARIABLES)) {
    const isNeeded = variable === "ELEVENLABS_API_KEY" || process.env[variable] !== undefined;
    if (!isNeeded || keys.some((key) => pulumi.runtime.getConfig(`elevenlabs:${key}`) !== undefined)) continue;
    const facts = { variable, path: configPath(`elevenlabs:${keys[0]}`) };
    throw programError("environment-unknown", facts, { step: "callApi" });
  }
}
