import type * as pulumi from "@pulumi/pulumi";
import { DynamicHost, failingHost } from "./hosts/dynamic/host.js";
import { nodeProblem } from "./nodeVersion.js";

export type { Dependent, Secret } from "./api/client.js";
export { getDependents, getSecret, listSecrets, type SecretSelector } from "./secret/functions.js";
export { type ConfigReader, requireKnownSettings, SETTING_VARIABLES } from "./workspaces/settings.js";
export { Workspaces } from "./workspaces/workspaces.js";

/** The provider's text in the state calls this function, and always will: see `hosts/dynamic/storedFormats.ts`. */
export function dynamic(): pulumi.dynamic.ResourceProvider {
  const problem = nodeProblem();
  return problem ? failingHost(problem) : new DynamicHost();
}
