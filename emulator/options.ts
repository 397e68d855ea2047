import type { RecordedRequest } from "./requests";

/** The workspace and permissions of one API key. */
export interface KeyOptions {
  /** The workspace the key belongs to. Default: `"default"`. */
  workspace?: string;
  /** The permissions of the key. Other requests get 401 `missing_permissions`. Default: both. */
  permissions?: ("read" | "write")[];
}

/** The options of the emulator. If the API's documentation leaves a behaviour open, an option selects it. */
export interface EmulatorOptions {
  /** The TCP port. Default: 0, any free port. */
  port?: number;
  /** The valid API keys, each with its workspace and permissions. Default: `{ sk_emulator: {} }`. */
  keys?: Record<string, KeyOptions>;
  /** Whether a POST or PATCH with a name that another secret has gets 409. Default: true. */
  uniqueNames?: boolean;
  /** Changes the name of a POST or PATCH before it is stored, for example `(name) => name.trim()`. Default: no change. */
  normalizeName?: (name: string) => string;
  /** The status of the response to a DELETE of a secret in use. Default: 409. */
  inUseStatus?: number;
  /** The page size of a list of secrets if the request has no `page_size`. Default: all secrets on one page. */
  forcePageSize?: number;
  /** How far lists lag behind changes, in milliseconds. Default: 0. */
  listLagMs?: number;
  /** How long every response is delayed after its write, in milliseconds. Default: 0. */
  latencyMs?: number;
  /** Concurrent requests per workspace. Further requests get 429 `too_many_concurrent_requests`. Default: no limit. */
  maxConcurrent?: number;
  /** Requests per second and workspace. Further requests get 429 `rate_limit_exceeded`, `Retry-After: 1`. Default: no limit. */
  maxPerSecond?: number;
  /** Called at the end of each request: the response was sent, or a fault prevented it. Default: not called. */
  onRequest?: (request: RecordedRequest) => void;
}
