export type { OnExisting, OnInUse, OnNameChange, WorkspaceSecretInputs } from "./inputs.js";
export { UNKNOWN } from "./inputs.js";
export type { Registration, StateHolder } from "./registration.js";
export type { StoredState, WorkspaceSecretState } from "./state.js";
export { type Host, UnfinishedUpdate, WorkspaceSecretLifecycle } from "./workspaceSecret.js";
