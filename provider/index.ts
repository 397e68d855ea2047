import { DynamicHost } from "./hosts/dynamic/host.js";

export type { Dependent, Secret } from "./api/client.js";
export { Problem } from "./messages/problem.js";
export { getDependents, getSecret, listSecrets, type SecretKey } from "./secret/find.js";
export { Workspaces } from "./workspaces/registry.js";
export { type ConfigReader, SETTING_VARIABLES } from "./workspaces/settings.js";

/** What the provider's text in the state calls, and will always call: see `hosts/dynamic/storedFormats.ts`. */
export function dynamic(): DynamicHost {
  return new DynamicHost();
}
