export { type ConfigReader, DEFAULT_WORKSPACE, Workspaces } from "./config.js";
