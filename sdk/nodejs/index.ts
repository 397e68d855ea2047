export { secretsFromConfig } from "./config.js";
export { WorkspaceSecret, type WorkspaceSecretArgs } from "./workspaceSecret.js";
export { WorkspaceSecrets, type WorkspaceSecretsArgs } from "./workspaceSecrets.js";
