import { Problem } from "../../provider/messages/problem";

/** The problem that `call` rejects with. */
export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  return asProblem(
    await call.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
}

/** The problem that `run` throws. */
export function thrownProblem(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    return asProblem(error);
  }
  return asProblem(undefined);
}

/** The kind at the end of a message's first line, such as `name-taken`. */
export function kindIn(message: string): string | undefined {
  return /\[([a-z-]+)\]$/m.exec(message)?.[1];
}

function asProblem(error: unknown): Problem {
  if (Problem.isInstance(error)) return error;
  throw new Error("There is no Problem", { cause: error });
}
