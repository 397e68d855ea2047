import { type ErrorResponse, tooManyConcurrent, tooManyPerSecond } from "./errorResponses";

interface LimitOptions {
  maxConcurrent?: number | undefined;
  maxPerSecond?: number | undefined;
  now?: () => number;
}

/** The rate limits of one workspace. Refused requests don't count towards either limit. */
export class Limits {
  #active = 0;
  #startTimes: number[] = [];
  readonly #maxConcurrent: number;
  readonly #maxPerSecond: number;
  readonly #now: () => number;

  constructor(options: LimitOptions) {
    this.#maxConcurrent = options.maxConcurrent ?? Number.POSITIVE_INFINITY;
    this.#maxPerSecond = options.maxPerSecond ?? Number.POSITIVE_INFINITY;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Returns the error to send, or a function to call once the request has ended. */
  start(): ErrorResponse | (() => void) {
    const now = this.#now();
    this.#startTimes = this.#startTimes.filter((time) => time > now - 1000);
    if (this.#active >= this.#maxConcurrent) return tooManyConcurrent();
    if (this.#startTimes.length >= this.#maxPerSecond) return tooManyPerSecond();
    this.#startTimes.push(now);
    this.#active += 1;
    return () => {
      this.#active -= 1;
    };
  }
}
