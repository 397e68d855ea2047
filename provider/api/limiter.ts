import PQueue from "p-queue";
import { ApiError } from "./errors.js";
import { LONGEST_RETRY_AFTER_MS } from "./retry.js";

/** How many calls must succeed at the highest level that is known to work, before the limiter tries a higher level. */
const CALLS_BEFORE_PROBE = 100;
const RETRY_PRIORITY = 1;

/**
 * Limits the number of concurrent calls. The limit starts at `max`, halves when the API returns 429, and grows by one for each
 * full round of successes, up to the level at which the API last returned 429. `Retry-After` pauses all calls.
 */
export class Limiter {
  private readonly queue: PQueue;
  private level: number;
  /** The lowest level at which the API returned 429. */
  private ceiling = Number.POSITIVE_INFINITY;
  private successesAtCeiling = 0;
  /** The number of decreases so far. A 429 doesn't decrease the level if its call started before the last decrease. */
  private decreases = 0;
  private resumeAt = 0;
  private resumeTimer: NodeJS.Timeout | undefined;
  private readonly levelAtRefusal = new WeakMap<ApiError, number>();

  constructor(private readonly max: number) {
    this.level = max;
    this.queue = new PQueue({ concurrency: max });
  }

  /** The number of calls that may run concurrently now. */
  get concurrency(): number {
    return this.queue.concurrency;
  }

  run<T>(call: () => Promise<T>, options: { isRetry: boolean; signal?: AbortSignal | undefined }): Promise<T> {
    const result = this.queue.add(
      async () => {
        const decreasesBefore = this.decreases;
        try {
          const result = await call();
          this.succeeded();
          return result;
        } catch (error) {
          if (error instanceof ApiError) this.failed(error, decreasesBefore);
          throw error;
        }
      },
      { priority: options.isRetry ? RETRY_PRIORITY : 0, ...(options.signal ? { signal: options.signal } : {}) },
    );
    this.keepProcessAlive();
    return result;
  }

  /** Whether the API refused a call only because several calls ran at the same time. */
  isCausedByConcurrency(error: ApiError): boolean {
    return error.isRateLimit && this.levelAtRefusal.get(error) !== 1;
  }

  private succeeded(): void {
    const next = this.level + 1 / this.level;
    if (next < this.ceiling) {
      this.setLevel(next);
    } else if (++this.successesAtCeiling >= CALLS_BEFORE_PROBE) {
      this.ceiling = Number.POSITIVE_INFINITY;
      this.successesAtCeiling = 0;
      this.setLevel(Math.floor(this.level) + 1);
    }
  }

  private failed(error: ApiError, decreasesBefore: number): void {
    if (!error.isTemporary) return;
    const { retryAfterMs } = error;
    if (retryAfterMs !== undefined && retryAfterMs <= LONGEST_RETRY_AFTER_MS) this.pauseFor(retryAfterMs);
    if (!error.isRateLimit) return;
    this.levelAtRefusal.set(error, this.queue.concurrency);
    if (decreasesBefore !== this.decreases) return;
    this.decreases++;
    this.ceiling = Math.floor(this.level);
    this.successesAtCeiling = 0;
    this.setLevel(this.level / 2);
  }

  private setLevel(level: number): void {
    this.level = Math.min(this.max, Math.max(1, level));
    this.queue.concurrency = Math.floor(this.level);
  }

  private pauseFor(ms: number): void {
    const until = Date.now() + ms;
    if (until <= this.resumeAt) return;
    this.resumeAt = until;
    clearTimeout(this.resumeTimer);
    this.queue.pause();
    this.resumeTimer = setTimeout(() => this.queue.start(), ms).unref();
    this.keepProcessAlive();
  }

  /** Keeps the process running during a pause, but only if calls wait. */
  private keepProcessAlive(): void {
    if (this.queue.size > 0) this.resumeTimer?.ref();
  }
}
