export { Workspace, type WorkspaceOptions } from "./workspace.js";
