import pRetry from "p-retry";
import { ApiError } from "./errors.js";

/** The first pause, in milliseconds. Each later pause is twice as long, times a random factor of 1 to 2. */
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8_000;
/** If the API asks for a longer wait, the call fails and the error says so. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

export interface RetryOptions {
  /** How many times a failed call is retried. */
  maxRetries: number;
  /** Whether another attempt may succeed after this error. */
  mayRepeatAfter(error: ApiError): boolean;
  /** Whether this error was caused by our own concurrency, so that it doesn't use up a retry. */
  isUncounted(error: ApiError): boolean;
  /** Ends the pauses. */
  signal?: AbortSignal | undefined;
}

export function retrying<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  return pRetry(call, {
    retries: options.maxRetries,
    minTimeout: FIRST_PAUSE_MS,
    maxTimeout: LONGEST_PAUSE_MS,
    factor: 2,
    randomize: true,
    ...(options.signal ? { signal: options.signal } : {}),
    shouldRetry: ({ error }) => error instanceof ApiError && !asksToWaitTooLong(error) && options.mayRepeatAfter(error),
    shouldConsumeRetry: ({ error }) => !(error instanceof ApiError && options.isUncounted(error)),
  });
}

function asksToWaitTooLong(error: ApiError): boolean {
  return (error.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS;
}

/** HTTP's three date formats. Source: RFC 9110, section 5.6.7. `Date.parse` also accepts strings that aren't dates, such as "-5". */
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** Converts `Retry-After`, a number of seconds or a date, to milliseconds. Undefined if the header is missing or malformed. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  // The third format has no time zone. It is always in GMT.
  const date = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
