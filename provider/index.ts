import { DynamicHost } from "./host/dynamic.js";

export type { Dependent, Secret } from "./api/index.js";
export { type ConfigReader, Workspaces } from "./config/index.js";
export { getDependents, getSecret, listSecrets, type SecretKey } from "./functions/index.js";
export { Problem } from "./problem.js";

/** What the provider's text in the state calls, and will always call: see `host/text.ts`. */
export function dynamic(): DynamicHost {
  return new DynamicHost();
}
