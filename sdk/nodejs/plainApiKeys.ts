import * as pulumi from "@pulumi/pulumi";
import type { Attempt } from "../../provider/messages/problem.js";
import { configPath } from "../../provider/pulumi/configPath.js";
import { plainKeysIn } from "../../provider/pulumi/configSource.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "../../provider/workspaces/names.js";
import { isSecretConfig, sourceOfConfig } from "./programConfig.js";
import { programError } from "./programError.js";
import { plainApiKey, plainApiKeys } from "./wording.js";

const ATTEMPT: Attempt = { step: "use the config" };
const API_KEY = workspaceSettingPath(DEFAULT_WORKSPACE, "apiKey");
const WORKSPACES = configPath("elevenlabs:workspaces");

/**
 * Throws if an API key was set without `--secret`. The engine copies the provider's config into the state unchanged, so this
 * must run before the first resource is registered.
 */
export function refusePlainApiKeys(): void {
  if (plainTextOf(API_KEY.key) !== undefined) {
    const isInProject = sourceOfConfig(API_KEY.key)?.isProject;
    throw programError(plainApiKey({ path: API_KEY, isInState: true, isInProject }, ATTEMPT));
  }
  if (plainTextOf(WORKSPACES.key)?.includes('"apiKey"')) {
    throw programError(plainApiKeys({ isInProject: sourceOfConfig(WORKSPACES.key)?.isProject }, ATTEMPT));
  }
  // If any part of an object is secret, the engine encrypts the whole object in the state. But the stack's file still
  // contains the other parts in plain text.
  const source = isSecretConfig(WORKSPACES.key) ? sourceOfConfig(WORKSPACES.key) : undefined;
  const [workspace] = source ? plainKeysIn(source, "apiKey") : [];
  if (workspace !== undefined) {
    const path = configPath(WORKSPACES.key, workspace, "apiKey");
    throw programError(plainApiKey({ path, isInState: false }, ATTEMPT));
  }
}

/** Returns a config value that is set, but not as a secret. */
function plainTextOf(fullKey: string): string | undefined {
  return isSecretConfig(fullKey) ? undefined : pulumi.runtime.getConfig(fullKey);
}
