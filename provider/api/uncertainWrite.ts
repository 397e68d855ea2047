import { setTimeout } from "node:timers/promises";
import { ApiError } from "./errors.js";

/**
 * What is known of one write (POST, PATCH or DELETE) while it is tried, perhaps several times.
 *
 * - Nothing is in doubt until an attempt fails after the API may have taken it.
 * - From then on the write is in doubt: a later attempt that fails says nothing about the earlier one.
 * - A success, or "there is no such secret", settles it.
 */
export class UncertainWrite {
  /** Why the outcome is unknown; undefined while nothing is in doubt. */
  private doubt: ApiError | undefined;

  constructor(private readonly method: "GET" | "POST" | "PATCH" | "DELETE") {}

  /** Whether to send the request again after this error. The API creates a secret for each POST that it takes. */
  mayRepeatAfter(error: ApiError): boolean {
    return error.isTemporary && !(this.method === "POST" && error.outcomeUnknown);
  }

  attemptFailed(error: unknown): void {
    if (this.method === "PATCH" && error instanceof ApiError && error.outcomeUnknown) this.doubt = error;
  }

  /** The error to report after the last attempt failed with `last`. */
  finalError(last: unknown): unknown {
    const isSettled = !(last instanceof ApiError) || last.isNotFound;
    return isSettled ? last : (this.doubt ?? last);
  }
}

/** The pauses between looks for what a POST has created, in milliseconds; 10.5 s in all. How far the API's lists lag isn't documented. */
export const LOOK_PAUSES_MS = [500, 1_000, 2_000, 3_000, 4_000];

/** Looks at once, and again after each pause, until something is found. */
export async function lookRepeatedly<T>(
  look: () => Promise<T | undefined>,
  pausesMs: number[],
  signal?: AbortSignal,
): Promise<T | undefined> {
  for (const pauseMs of [0, ...pausesMs]) {
    if (signal?.aborted) return undefined;
    try {
      await setTimeout(pauseMs, undefined, signal ? { signal } : {});
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      // A later look may succeed.
      if (!(error instanceof ApiError) && !signal?.aborted) throw error;
    }
  }
  return undefined;
}
