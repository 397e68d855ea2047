import { setTimeout } from "node:timers/promises";
import { ApiError } from "./errors.js";

/**
 * Tracks the outcome of one write (POST, PATCH or DELETE) across its attempts.
 *
 * - If an attempt fails after the API may have accepted the request, the outcome is unknown.
 * - The outcome remains unknown if a later attempt fails, because that doesn't undo the earlier attempt.
 * - A success, or "there is no such secret", makes the outcome known.
 */
export class UncertainWrite {
  /** The error that made the outcome unknown. Undefined if the outcome isn't unknown. */
  private doubt: ApiError | undefined;

  constructor(private readonly method: "GET" | "POST" | "PATCH" | "DELETE") {}

  /** Whether to retry after this error. The API creates a secret for every POST that it accepts. */
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

/** The pauses between searches for a secret that a POST may have created, in milliseconds: 10.5 s in all, because lists may lag. */
export const LOOK_PAUSES_MS = [500, 1_000, 2_000, 3_000, 4_000];

/** Calls `search` at once, and again after each pause, until it finds the secret. */
export async function lookRepeatedly<T>(
  search: () => Promise<T | undefined>,
  pausesMs: number[],
  signal?: AbortSignal,
): Promise<T | undefined> {
  for (const pauseMs of [0, ...pausesMs]) {
    if (signal?.aborted) return undefined;
    try {
      await setTimeout(pauseMs, undefined, signal ? { signal } : {});
      const found = await search();
      if (found !== undefined) return found;
    } catch (error) {
      // A later search may succeed.
      if (!(error instanceof ApiError) && !signal?.aborted) throw error;
    }
  }
  return undefined;
}
