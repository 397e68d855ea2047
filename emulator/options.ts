/** What one API key may do. */
export interface KeyOptions {
  /** The workspace the key belongs to. Default: `"default"`. */
  workspace?: string;
  /** Default: both. A request that needs the other one answers 401 `missing_permissions`. */
  permissions?: ("read" | "write")[];
}

/** How the emulator behaves. Where the API's own behaviour is not known, an option lets it play either. */
export interface EmulatorOptions {
  /** Default: 0, any free port. */
  port?: number;
  /** The API keys it knows. Default: `{ sk_emulator: {} }`. */
  keys?: Record<string, KeyOptions>;
  /** Whether a POST or PATCH of a taken name answers 409. Default: true. */
  uniqueNames?: boolean;
  /** How a POST or PATCH spells a name before it stores it, such as `(name) => name.trim()`. Default: as given. */
  normalizeName?: (name: string) => string;
  /** The status of a DELETE of a secret in use. Default: 409. */
  inUseStatus?: number;
  /** Pages lists of secrets by this many even where `page_size` is left out. Default: everything in one answer. */
  forcePageSize?: number;
  /** How long ago a list shows the workspace, in milliseconds. Default: 0, as it is. */
  listLagMs?: number;
  /** Added to every answer, after the write. Default: 0. */
  latencyMs?: number;
  /** Requests at a time in a workspace; above it: 429 `too_many_concurrent_requests`. Default: no limit. */
  maxConcurrent?: number;
  /** Requests a second in a workspace; above it: 429 `rate_limit_exceeded` with `Retry-After: 1`. Default: no limit. */
  maxPerSecond?: number;
}
