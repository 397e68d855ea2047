import pRetry from "p-retry";
import { AnsweredError, ApiError } from "./errors.js";

/** The first pause in milliseconds; each further one is twice as long, times a random 1 to 2, at most `LONGEST_PAUSE_MS`. */
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8_000;
/** A longer `Retry-After` than this is told to the user instead of waited for. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

export interface RetryOptions {
  /** How often a call is repeated, after the first try. */
  maxRetries: number;
  /** Whether this fault is worth another try. */
  again(error: ApiError): boolean;
  /** A fault that says nothing about the call itself (we asked too much at a time) uses up no retry. */
  free(error: ApiError): boolean;
}

export function retrying<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  return pRetry(call, {
    retries: options.maxRetries,
    minTimeout: FIRST_PAUSE_MS,
    maxTimeout: LONGEST_PAUSE_MS,
    factor: 2,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof ApiError && !asksForTooLong(error) && options.again(error),
    shouldConsumeRetry: ({ error }) => !(error instanceof ApiError && options.free(error)),
  });
}

function asksForTooLong(error: ApiError): boolean {
  return error instanceof AnsweredError && (error.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS;
}

/** `Retry-After` in milliseconds: a number of seconds, or a date. Undefined where it is missing or is neither. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
