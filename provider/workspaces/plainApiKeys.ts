import { plainApiKey, plainApiKeys } from "../messages/config.js";
import type { Action } from "../messages/problem.js";
import { configPath } from "../pulumi/configPath.js";
import { plainKeysIn } from "../pulumi/configSource.js";
import type { StackConfig } from "../pulumi/stackConfig.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "./names.js";

const ACTION: Action = { step: "use the config" };
const API_KEY = workspaceSettingPath(DEFAULT_WORKSPACE, "apiKey");
const WORKSPACES = configPath("elevenlabs:workspaces");

/**
 * Throws if an API key was set without `--secret`. The engine copies a dynamic provider's config into the state unchanged, so
 * this must run before the first resource is registered.
 */
export function refusePlainApiKeys(config: StackConfig, { isInState = true } = {}): void {
  if (plainTextOf(API_KEY.key, config) !== undefined) {
    const isInProject = config.sourceOf(API_KEY.key)?.isProject;
    throw plainApiKey({ path: API_KEY, isInState, isInProject }, ACTION);
  }
  if (plainTextOf(WORKSPACES.key, config)?.includes('"apiKey"')) {
    throw plainApiKeys({ isInProject: config.sourceOf(WORKSPACES.key)?.isProject }, ACTION);
  }
  // If any part of an object is secret, the engine encrypts the whole object in the state. But the stack's file still
  // contains the other parts in plain text.
  const source = config.isSecret(WORKSPACES.key) ? config.sourceOf(WORKSPACES.key) : undefined;
  const [workspace] = source ? plainKeysIn(source, "apiKey") : [];
  if (workspace !== undefined) {
    const path = configPath(WORKSPACES.key, workspace, "apiKey");
    throw plainApiKey({ path, isInState: false }, ACTION);
  }
}

/** Returns a config value that is set, but not as a secret. */
function plainTextOf(fullKey: string, config: StackConfig): string | undefined {
  return config.isSecret(fullKey) ? undefined : config.get(fullKey);
}
