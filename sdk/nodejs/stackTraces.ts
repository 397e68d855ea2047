/** Stack traces that are temporarily turned off. */
export interface SuspendedStackTraces {
  resume(): void;
  /** Turns stack traces on again, and adds to the error the stack trace that it lacks, starting at the caller of `callee`. */
  addTo(error: unknown, callee: abstract new (...args: never) => unknown): unknown;
}

/**
 * Turns stack traces off, because Pulumi's SDK records one for every promise that it creates, to search for leaked promises.
 * With many resources, that takes a third of the program's time. `PULUMI_DEBUG_PROMISE_LEAKS` turns that search on, so stack
 * traces are then kept. The source position that the engine records for a resource doesn't depend on them.
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
