import "../requireNode.js";

export type {
  GetSecretDependentsArgs,
  GetWorkspaceSecretArgs,
  ListWorkspaceSecretsArgs,
  SecretDependent,
  WorkspaceSecretResult,
} from "../functions.js";
export type { WorkspaceSecretArgs } from "../secretResource.js";
export type { WorkspaceSecretsArgs } from "../secretsComponent.js";
export { secretsFromConfig } from "../secretsFromConfig.js";
export {
  getSecretDependents,
  getSecretDependentsOutput,
  getWorkspaceSecret,
  getWorkspaceSecretOutput,
  listWorkspaceSecrets,
  listWorkspaceSecretsOutput,
} from "./functions.js";
export { Provider, type ProviderArgs, type WorkspaceSettings } from "./provider.js";
export { WorkspaceSecret } from "./workspaceSecret.js";
export { WorkspaceSecrets } from "./workspaceSecrets.js";
