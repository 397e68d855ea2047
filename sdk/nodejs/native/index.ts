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
} from "./invokes.js";
export { Provider, type ProviderArgs, type WorkspaceSettings } from "./nativeProvider.js";
export { WorkspaceSecret } from "./nativeSecret.js";
export { WorkspaceSecrets } from "./nativeSecrets.js";
