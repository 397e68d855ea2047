import "./requireNode.js";

export {
  type GetSecretDependentsArgs,
  type GetWorkspaceSecretArgs,
  getSecretDependents,
  getSecretDependentsOutput,
  getWorkspaceSecret,
  getWorkspaceSecretOutput,
  type ListWorkspaceSecretsArgs,
  listWorkspaceSecrets,
  listWorkspaceSecretsOutput,
  type SecretDependent,
  type WorkspaceSecretResult,
} from "./functions.js";
export { secretsFromConfig } from "./secretsFromConfig.js";
export { WorkspaceSecret, type WorkspaceSecretArgs } from "./workspaceSecret.js";
export { WorkspaceSecrets, type WorkspaceSecretsArgs } from "./workspaceSecrets.js";
