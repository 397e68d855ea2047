/** A separate file, so that the bundles of the package share it and load it only when needed. */
export { parse } from "yaml";
