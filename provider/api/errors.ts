/** What went wrong with one call of the API. Callers ask its questions; none of them reads its text. */
export abstract class ApiError extends Error {
  /** What happened, in words for a person: no value, no key, no body, one line. */
  abstract override readonly cause: string;

  /** The API itself says that it holds no such secret. */
  get isNotFound(): boolean {
    return false;
  }
  /** The key is not accepted. */
  get isUnauthorized(): boolean {
    return false;
  }
  /** The key is accepted, but may not do this. */
  get lacksPermission(): boolean {
    return false;
  }
  get isRateLimit(): boolean {
    return false;
  }
  /** The API understood and said no: what was asked for did not happen, and asking again will not help. */
  get isRefusal(): boolean {
    return false;
  }
  /** A refusal of what the request holds, whoever sends it. */
  get isInvalidRequest(): boolean {
    return false;
  }
  /** The API answered, and failed. */
  get isFailure(): boolean {
    return false;
  }
  /** What answered does not look like the API. */
  get isForeign(): boolean {
    return false;
  }
  /** A passing fault: the same call may go through later. */
  get isTransient(): boolean {
    return false;
  }
  /** Whether a write may have happened all the same. */
  get outcomeUnknown(): boolean {
    return false;
  }
}

/** @internal The API's code for a key that may not do what was asked. */
export const MISSING_PERMISSIONS = "missing_permissions";

const TRANSIENT_STATUSES = new Set([408, 429, 502, 503, 504]);

/** The API, or something in front of it, answered with a status other than 2xx. */
export class AnsweredError extends ApiError {
  override readonly name = "AnsweredError";

  constructor(
    readonly status: number,
    /** The API's own words, made harmless; undefined where the body was not of the API's form. */
    readonly words: string | undefined,
    /** The API's own code for the error, such as `missing_permissions`. */
    readonly code: string | undefined,
    readonly requestId: string | undefined,
    /** Milliseconds that the API asks to wait. */
    readonly retryAfterMs: number | undefined,
  ) {
    super();
    this.message = this.cause;
  }

  override get cause(): string {
    const request = this.requestId ? `, request ${this.requestId}` : "";
    return this.words === undefined
      ? `something answered ${this.status}, and not in the API's form`
      : `the API answered ${this.status}${request}: ${this.words}`;
  }
  // A proxy's 404 must never make a secret "gone".
  override get isNotFound(): boolean {
    return this.status === 404 && this.words !== undefined;
  }
  override get isUnauthorized(): boolean {
    return this.status === 401 && this.words !== undefined && !this.lacksPermission;
  }
  override get lacksPermission(): boolean {
    return this.words !== undefined && (this.status === 403 || this.code === MISSING_PERMISSIONS);
  }
  override get isRateLimit(): boolean {
    return this.status === 429;
  }
  override get isRefusal(): boolean {
    // A 403 may be a rule that has nothing to do with the key, such as one for secrets in use.
    const isOfKey = this.isUnauthorized || this.code === MISSING_PERMISSIONS;
    const passing = this.isTransient || this.isNotFound || isOfKey;
    return this.status >= 400 && this.status < 500 && this.words !== undefined && !passing;
  }
  override get isInvalidRequest(): boolean {
    return this.isRefusal && (this.status === 400 || this.status === 422);
  }
  override get isFailure(): boolean {
    return this.status >= 500 || this.status === 408;
  }
  override get isForeign(): boolean {
    return this.words === undefined && this.status < 500 && !this.isTransient;
  }
  override get isTransient(): boolean {
    return TRANSIENT_STATUSES.has(this.status);
  }
  override get outcomeUnknown(): boolean {
    return this.isFailure;
  }
}

/** Nothing answered, or the answer broke off. */
export class UnreachableError extends ApiError {
  override readonly name = "UnreachableError";

  constructor(
    override readonly cause: string,
    /** Whether the request may have arrived. */
    private readonly sent: boolean,
    private readonly options: { transient: boolean },
  ) {
    super(cause);
  }

  override get isTransient(): boolean {
    return this.options.transient;
  }
  override get outcomeUnknown(): boolean {
    return this.sent;
  }
}

/** A 2xx whose body is not what the API documents. */
export class MalformedAnswerError extends ApiError {
  override readonly name = "MalformedAnswerError";
  override readonly cause: string;

  constructor(what: string) {
    super(what);
    this.cause = what;
  }
  override get isForeign(): boolean {
    return true;
  }
  override get outcomeUnknown(): boolean {
    return true;
  }
}

/** What was given cannot be the id of a secret. */
export class IdError extends ApiError {
  override readonly name = "IdError";

  constructor(override readonly cause: string) {
    super(cause);
  }
}

/** There is no key to call the API with, or none that could be one. */
export class KeyError extends ApiError {
  override readonly name = "KeyError";

  constructor(override readonly cause: string) {
    super(cause);
  }
}
