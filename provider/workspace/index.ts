export type { Holders } from "./owners.js";
export { Workspace, type WorkspaceOptions } from "./workspace.js";
