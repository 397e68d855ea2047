/** In a file of its own, which the bundles of the package share and load only if they need it. */
export { parse } from "yaml";
