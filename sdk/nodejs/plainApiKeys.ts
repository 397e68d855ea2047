import * as pulumi from "@pulumi/pulumi";
import type { Attempt } from "../../provider/messages/attempts.js";
import { configPath, DEFAULT_WORKSPACE, workspaceSettingPath } from "../../provider/pulumi/configPath.js";
import { isSecretConfig, plainKeysOf } from "./programConfig.js";
import { programError } from "./programError.js";

const ATTEMPT: Attempt = { step: "useConfig" };
const API_KEY = workspaceSettingPath(DEFAULT_WORKSPACE, "apiKey");
const WORKSPACES = configPath("elevenlabs:workspaces");

/**
 * Throws if an API key was set without `--secret`. The engine copies the config of the provider into the state as it is, so
 * this must run before the first resource is registered.
 */
export function refusePlainApiKeys(): void {
  if (plainTextOf(API_KEY.key) !== undefined) {
    throw programError("plain-api-key", { path: API_KEY, isInState: true }, ATTEMPT);
  }
  if (plainTextOf(WORKSPACES.key)?.includes('"apiKey"')) throw programError("plain-api-keys", {}, ATTEMPT);
  // If any part of an object is secret, the engine encrypts all of it in the state. But the stack's file shows the rest.
  const [workspace] = isSecretConfig(WORKSPACES.key) ? plainKeysOf(WORKSPACES.key, "apiKey") : [];
  if (workspace !== undefined) {
    const path = configPath(WORKSPACES.key, workspace, "apiKey");
    throw programError("plain-api-key", { path, isInState: false }, ATTEMPT);
  }
}

/** The text of a config value that is set, but not as a secret. */
function plainTextOf(fullKey: string): string | undefined {
  return isSecretConfig(fullKey) ? undefined : pulumi.runtime.getConfig(fullKey);
}
