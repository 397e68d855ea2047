import type { ShownProxy } from "./proxyRoute.js";

/** Why a call of the API failed, as facts. `provider/messages` turns them into words. */
export type ApiFailure =
  | AnsweredFailure
  /** No answer in time. */
  | { kind: "timeout"; host: string; seconds: number }
  /** The connection ended after the request may have been sent. */
  | { kind: "connection-lost"; host: string; code?: string }
  /** The caller stopped it, or gave it too little time. */
  | { kind: "cancelled"; host: string; isOutOfTime: boolean; wasSent: boolean }
  /** The request failed in a way that Node.js doesn't classify. */
  | { kind: "request-failed"; host: string }
  /** The server's certificate isn't trusted, or the server doesn't speak TLS. */
  | { kind: "untrusted-tls"; host: string; code: string }
  /** No connection was made, so nothing was sent. */
  | { kind: "no-connection"; host: string; code: string }
  /** The proxy answered with this status instead of connecting to the host. */
  | { kind: "proxy-refused"; proxy: ShownProxy; host: string; status: number }
  /** There is no connection to the proxy, or it ended before the proxy answered. */
  | { kind: "proxy-unreachable"; proxy: ShownProxy; host: string; code: string }
  /** The proxy's own certificate isn't trusted, or the proxy doesn't speak TLS. */
  | { kind: "proxy-untrusted"; proxy: ShownProxy; host: string; code: string }
  /** The proxy connected to the host, but that connection ended before anything was sent. */
  | { kind: "tunnel-lost"; proxy: ShownProxy; host: string; code: string }
  /** A 2xx answer that isn't what the API documents. */
  | { kind: "too-large"; host: string }
  | { kind: "not-json" }
  | { kind: "unexpected-shape"; place: string }
  | { kind: "endless-pages" }
  /** Found before anything was sent. */
  | { kind: "invalid-id"; id: string }
  | { kind: "no-api-key" }
  | { kind: "malformed-api-key" };

/** The API, or something in front of it, answered with a status other than 2xx. */
export interface AnsweredFailure {
  kind: "answered";
  status: number;
  /** The API's own words, sanitized; undefined if the body doesn't have the API's form. */
  words?: string | undefined;
  /** The API's own code for the error, such as `missing_permissions`. */
  code?: string | undefined;
  requestId?: string | undefined;
  /** How long the API asks to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** @internal The API's code for a key that may not do what was asked. */
export const MISSING_PERMISSIONS = "missing_permissions";

const TEMPORARY_STATUSES = new Set([408, 429, 502, 503, 504]);
const KEY_FAILURES = new Set(["no-api-key", "malformed-api-key"]);
const MALFORMED_ANSWERS = new Set(["too-large", "not-json", "unexpected-shape", "endless-pages"]);
const PROXY_FAILURES = new Set(["proxy-refused", "proxy-unreachable", "proxy-untrusted", "tunnel-lost"]);
const NEVER_SENT = new Set([...KEY_FAILURES, ...PROXY_FAILURES, "invalid-id", "untrusted-tls", "no-connection"]);
const TEMPORARY_CONNECTION_FAILURES = new Set([
  ...["timeout", "connection-lost", "no-connection"],
  ...["proxy-unreachable", "tunnel-lost"],
]);

/** Whether a code of a failed connection is about TLS. */
export function isTlsCode(code: string): boolean {
  return ["CERT", "TLS", "SSL", "SIGNATURE", "EPROTO"].some((part) => code.includes(part));
}

/** A failed call of the API. Callers ask its questions. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly failure: ApiFailure) {
    super(failure.kind === "answered" ? `the API answered ${failure.status}` : failure.kind);
  }

  /** The API itself says that it has no such secret. */
  get isNotFound(): boolean {
    return this.status === 404 && this.code !== undefined;
  }
  /** A 404 without a code: of the API, or of a gateway that knows nothing about secrets. Only a listing can tell. */
  get mayBeNotFound(): boolean {
    return this.status === 404 && this.isOfApi && this.code === undefined;
  }
  /** There is no API key, or it can't be one. */
  get isAboutKey(): boolean {
    return KEY_FAILURES.has(this.failure.kind);
  }
  /** The API doesn't accept the key. */
  get isUnauthorized(): boolean {
    return this.status === 401 && this.isOfApi && !this.lacksPermission;
  }
  /** The API accepts the key, but the key may not do this. */
  get lacksPermission(): boolean {
    return this.isOfApi && (this.status === 403 || this.code === MISSING_PERMISSIONS);
  }
  get isRateLimit(): boolean {
    return this.status === 429;
  }
  /** The API understood the request and refused it: nothing happened, and asking again won't help. */
  get isRefusal(): boolean {
    // A 403 may be a rule that has nothing to do with the key, such as one for secrets in use.
    const isAboutKey = this.isUnauthorized || this.code === MISSING_PERMISSIONS;
    const isClientError = this.status !== undefined && this.status >= 400 && this.status < 500;
    return isClientError && this.isOfApi && !this.isTemporary && this.status !== 404 && !isAboutKey;
  }
  /** A refusal of what the request contains, whoever sends it. */
  get isInvalidRequest(): boolean {
    return this.failure.kind === "invalid-id" || (this.isRefusal && (this.status === 400 || this.status === 422));
  }
  /** The API answered, and failed. */
  get isServerFailure(): boolean {
    return this.status !== undefined && (this.status >= 500 || this.status === 408);
  }
  /** What answered doesn't look like the API. */
  get isForeign(): boolean {
    if (MALFORMED_ANSWERS.has(this.failure.kind)) return true;
    if (this.mayBeNotFound) return true;
    return this.status !== undefined && !this.isOfApi && this.status < 500 && !this.isTemporary;
  }
  /** The caller stopped it. */
  get isCancelled(): boolean {
    return this.failure.kind === "cancelled";
  }
  /** The proxy answered the request for a connection, and gave none. */
  get isRefusedByProxy(): boolean {
    return this.failure.kind === "proxy-refused";
  }
  /** The proxy gave no connection, for any reason. */
  get isAboutProxy(): boolean {
    return PROXY_FAILURES.has(this.failure.kind);
  }
  /** The same call may succeed later. */
  get isTemporary(): boolean {
    if (this.failure.kind === "proxy-refused") return TEMPORARY_STATUSES.has(this.failure.status);
    if (this.status !== undefined) return TEMPORARY_STATUSES.has(this.status);
    return TEMPORARY_CONNECTION_FAILURES.has(this.failure.kind);
  }
  /** Whether a write may have happened anyway. */
  get outcomeUnknown(): boolean {
    if (this.failure.kind === "cancelled") return this.failure.wasSent;
    return this.status === undefined ? !NEVER_SENT.has(this.failure.kind) : this.isServerFailure;
  }
  /** How long the API asks to wait, in milliseconds. */
  get retryAfterMs(): number | undefined {
    return this.answered?.retryAfterMs;
  }

  private get answered(): AnsweredFailure | undefined {
    return this.failure.kind === "answered" ? this.failure : undefined;
  }
  private get status(): number | undefined {
    return this.answered?.status;
  }
  private get code(): string | undefined {
    return this.answered?.code;
  }
  private get isOfApi(): boolean {
    return this.answered?.words !== undefined;
  }
}
