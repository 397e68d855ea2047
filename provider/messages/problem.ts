/** An error for a person: what could not be done and why, and what to do next. At most three lines, nothing secret. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** What could not be done, such as `could not delete secret "A" (id)`. */
    readonly action: string,
    readonly reason: string,
    /** What to do, one line or two. */
    readonly next: string,
  ) {
    super(`${action}: ${reason}${/[.!?…]$/.test(reason) ? "" : "."}\n${next}`);
  }
}
