import { DynamicHost } from "./host/dynamic.js";

export { type ConfigReader, Workspaces } from "./config/index.js";

/** What the provider's text in the state calls, and will always call: see `host/text.ts`. */
export function dynamic(): DynamicHost {
  return new DynamicHost();
}
