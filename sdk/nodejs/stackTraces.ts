/** Stack traces that are off for a while. */
export interface SuspendedStackTraces {
  resume(): void;
  /** Resumes, and gives the error the stack trace that it would have had, starting at the caller of `callee`. */
  addTo(error: unknown, callee: abstract new (...args: never) => unknown): unknown;
}

/**
 * Turns stack traces off, because Pulumi's SDK takes one for every promise that it makes, to search for leaked promises.
 * With many resources, that takes a third of the program's time. `PULUMI_DEBUG_PROMISE_LEAKS` asks for that search, so then
 * they stay on. The source position that the engine records for a resource doesn't depend on them.
 */
export function suspendStackTraces(): SuspendedStackTraces {
  const { stackTraceLimit } = Error;
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
  const resume = () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
  return {
    resume,
    addTo(error, callee) {
      resume();
      if (error instanceof Error) Error.captureStackTrace(error, callee);
      return error;
    },
  };
}
