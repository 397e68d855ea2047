export {
  type CountedSecret,
  type Dependent,
  ElevenLabsApi,
  PAGED_KINDS,
  type PagedKind,
  type Secret,
  type SecretWithDependents,
} from "./client.js";
export { isRegion, parseOrigin, REGIONS, type Region } from "./endpoint.js";
export { ApiError } from "./errors.js";
export { harmless, quoted, redacted } from "./text.js";
export type { TransportOptions } from "./transport.js";
