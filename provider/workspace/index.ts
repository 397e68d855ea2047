export type { Holder, Shared } from "./owners.js";
export { Workspace, type WorkspaceOptions } from "./workspace.js";
