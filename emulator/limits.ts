import { type ApiError, tooManyConcurrent, tooManyPerSecond } from "./errorAnswers";

interface LimitOptions {
  maxConcurrent?: number | undefined;
  maxPerSecond?: number | undefined;
  now?: () => number;
}

/** The limits of one workspace. A refused request counts for neither. */
export class Limits {
  #inside = 0;
  #entered: number[] = [];
  readonly #maxConcurrent: number;
  readonly #maxPerSecond: number;
  readonly #now: () => number;

  constructor(options: LimitOptions) {
    this.#maxConcurrent = options.maxConcurrent ?? Number.POSITIVE_INFINITY;
    this.#maxPerSecond = options.maxPerSecond ?? Number.POSITIVE_INFINITY;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The refusal, or how to leave. */
  enter(): ApiError | (() => void) {
    const now = this.#now();
    this.#entered = this.#entered.filter((then) => then > now - 1000);
    if (this.#inside >= this.#maxConcurrent) return tooManyConcurrent();
    if (this.#entered.length >= this.#maxPerSecond) return tooManyPerSecond();
    this.#entered.push(now);
    this.#inside += 1;
    return () => {
      this.#inside -= 1;
    };
  }
}
