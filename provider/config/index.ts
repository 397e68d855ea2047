export { Workspaces } from "./config.js";
export { type ConfigReader, DEFAULT_WORKSPACE } from "./settings.js";
