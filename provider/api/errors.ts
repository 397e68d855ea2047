import { PROXY_FAILURES, type ProxyFailure } from "./proxy/failures.js";

/** The facts about a failed API call. `provider/messages` turns them into a message. */
export type ApiFailure =
  | StatusFailure
  /** There was no response in time. */
  | { kind: "timeout"; host: string; seconds: number }
  /** The connection ended after the request may have been sent. */
  | { kind: "connection-lost"; host: string; code?: string }
  /** The caller cancelled the call, or its time limit was reached. */
  | { kind: "cancelled"; host: string; isOutOfTime: boolean; wasSent: boolean }
  /** The request failed in a way that Node.js doesn't classify. */
  | { kind: "request-failed"; host: string }
  /** The server's certificate isn't trusted, or the server doesn't speak TLS. */
  | { kind: "untrusted-tls"; host: string; code: string }
  /** No connection was made, so nothing was sent. */
  | { kind: "no-connection"; host: string; code: string }
  | ProxyFailure
  /** A 2xx response doesn't match the API's documentation. */
  | { kind: "too-large"; host: string }
  | { kind: "not-json" }
  | { kind: "unexpected-shape"; place: string }
  | { kind: "endless-pages" }
  /** The fault was detected before anything was sent. */
  | { kind: "invalid-id"; id: string }
  | { kind: "no-api-key" }
  | { kind: "malformed-api-key" };

/** The API, or a gateway in front of it, returned a status other than 2xx. */
export interface StatusFailure {
  kind: "status";
  status: number;
  /** The API's message, sanitized. Undefined if the body doesn't match the API's documentation. */
  message?: string | undefined;
  /** The API's code for the error, such as `missing_permissions`. */
  code?: string | undefined;
  requestId?: string | undefined;
  /** How long the API asks to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** @internal The API's code for a key without the required permission. */
export const MISSING_PERMISSIONS = "missing_permissions";

const TEMPORARY_STATUSES = new Set([408, 429, 502, 503, 504]);
const KEY_FAILURES = new Set(["no-api-key", "malformed-api-key"]);
const MALFORMED_RESPONSES = new Set(["too-large", "not-json", "unexpected-shape", "endless-pages"]);
const NEVER_SENT = new Set([...KEY_FAILURES, ...PROXY_FAILURES, "invalid-id", "untrusted-tls", "no-connection"]);
const TEMPORARY_CONNECTION_FAILURES = new Set([
  ...["timeout", "connection-lost", "no-connection"],
  ...["proxy-unreachable", "tunnel-lost"],
]);

/** Whether the error code of a failed connection concerns TLS. */
export function isTlsCode(code: string): boolean {
  return ["CERT", "TLS", "SSL", "SIGNATURE", "EPROTO"].some((part) => code.includes(part));
}

/** A failed API call. Callers use its getters, and never the message. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly failure: ApiFailure) {
    super(failure.kind === "status" ? `the API returned ${failure.status}` : failure.kind);
  }

  /** The API reports that it has no such secret. */
  get isNotFound(): boolean {
    return this.status === 404 && this.code !== undefined;
  }
  /** A 404 without a code may be from the API or from a gateway. Only a list of all secrets shows whether the secret exists. */
  get mayBeNotFound(): boolean {
    return this.status === 404 && this.isOfApi && this.code === undefined;
  }
  /** The API key is missing or malformed. */
  get isApiKeyProblem(): boolean {
    return KEY_FAILURES.has(this.failure.kind);
  }
  /** The API doesn't accept the key. */
  get isUnauthorized(): boolean {
    return this.status === 401 && this.isOfApi && !this.lacksPermission;
  }
  /** The API accepts the key, but the key lacks the required permission. */
  get lacksPermission(): boolean {
    return this.isOfApi && (this.status === 403 || this.code === MISSING_PERMISSIONS);
  }
  get isRateLimit(): boolean {
    return this.status === 429;
  }
  /** The API understood the request and refused it: nothing happened, and retrying won't help. */
  get isRefusal(): boolean {
    // A 403 doesn't always concern the key. For example, it may refuse to delete a secret that is in use.
    const isApiKeyProblem = this.isUnauthorized || this.code === MISSING_PERMISSIONS;
    const isClientError = this.status !== undefined && this.status >= 400 && this.status < 500;
    return isClientError && this.isOfApi && !this.isTemporary && this.status !== 404 && !isApiKeyProblem;
  }
  /** The API refuses the content of the request, regardless of the key. */
  get isInvalidRequest(): boolean {
    return this.failure.kind === "invalid-id" || (this.isRefusal && (this.status === 400 || this.status === 422));
  }
  /** The response reports a failure of the server. */
  get isServerFailure(): boolean {
    return this.status !== undefined && (this.status >= 500 || this.status === 408);
  }
  /** The response doesn't look like a response from the API. */
  get isNotFromApi(): boolean {
    if (MALFORMED_RESPONSES.has(this.failure.kind)) return true;
    if (this.mayBeNotFound) return true;
    return this.status !== undefined && !this.isOfApi && this.status < 500 && !this.isTemporary;
  }
  /** The caller cancelled the call. */
  get isCancelled(): boolean {
    return this.failure.kind === "cancelled";
  }
  /** The proxy responded to CONNECT, but refused to open a tunnel. */
  get isRefusedByProxy(): boolean {
    return this.failure.kind === "proxy-refused";
  }
  /** There was no connection through the proxy, for any reason. */
  get isAboutProxy(): boolean {
    return PROXY_FAILURES.includes(this.failure.kind);
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
    return this.statusFailure?.retryAfterMs;
  }

  private get statusFailure(): StatusFailure | undefined {
    return this.failure.kind === "status" ? this.failure : undefined;
  }
  private get status(): number | undefined {
    return this.statusFailure?.status;
  }
  private get code(): string | undefined {
    return this.statusFailure?.code;
  }
  private get isOfApi(): boolean {
    return this.statusFailure?.message !== undefined;
  }
}
