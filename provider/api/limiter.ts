import PQueue from "p-queue";
import { AnsweredError, type ApiError } from "./errors.js";
import { LONGEST_RETRY_AFTER_MS } from "./retry.js";

/** How many calls must succeed at the highest level that is known to work, before a higher one is tried. */
const CALLS_BEFORE_PROBE = 100;
const RETRY = 1;

/**
 * Lets as many calls run at a time as the API bears: starts at `max`, halves when the API says that it is too many, grows
 * back by one for each full round of successes, and remembers where it had to stop. `Retry-After` holds everyone back.
 */
export class Limiter {
  private readonly queue: PQueue;
  private level: number;
  /** The lowest level at which the API said no. */
  private ceiling = Number.POSITIVE_INFINITY;
  private successesAtCeiling = 0;
  /** Counts the decreases: calls that began before the last one tell nothing about the level since. */
  private era = 0;
  private resumeAt = 0;
  private resumeTimer: NodeJS.Timeout | undefined;
  private readonly levelAtRefusal = new WeakMap<ApiError, number>();

  constructor(private readonly max: number) {
    this.level = max;
    this.queue = new PQueue({ concurrency: max });
  }

  /** How many calls may run at a time now. */
  get concurrency(): number {
    return this.queue.concurrency;
  }

  run<T>(call: () => Promise<T>, options: { isRetry: boolean }): Promise<T> {
    const result = this.queue.add(
      async () => {
        const { era } = this;
        try {
          const result = await call();
          this.succeeded();
          return result;
        } catch (error) {
          if (error instanceof AnsweredError) this.refused(error, era);
          throw error;
        }
      },
      { priority: options.isRetry ? RETRY : 0 },
    );
    this.keepAlive();
    return result;
  }

  /** Whether a call was turned away only because we asked for several at a time. */
  isOwnDoing(error: ApiError): boolean {
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

  private refused(error: AnsweredError, era: number): void {
    if (!error.isTransient) return;
    const { retryAfterMs } = error;
    if (retryAfterMs !== undefined && retryAfterMs <= LONGEST_RETRY_AFTER_MS) this.holdFor(retryAfterMs);
    if (!error.isRateLimit) return;
    this.levelAtRefusal.set(error, this.queue.concurrency);
    if (era !== this.era) return;
    this.era++;
    this.ceiling = Math.floor(this.level);
    this.successesAtCeiling = 0;
    this.setLevel(this.level / 2);
  }

  private setLevel(level: number): void {
    this.level = Math.min(this.max, Math.max(1, level));
    this.queue.concurrency = Math.floor(this.level);
  }

  private holdFor(ms: number): void {
    const until = Date.now() + ms;
    if (until <= this.resumeAt) return;
    this.resumeAt = until;
    clearTimeout(this.resumeTimer);
    this.queue.pause();
    this.resumeTimer = setTimeout(() => this.queue.start(), ms).unref();
    this.keepAlive();
  }

  /** The process must not end before calls that wait, nor wait where there are none. */
  private keepAlive(): void {
    if (this.queue.size > 0) this.resumeTimer?.ref();
  }
}
