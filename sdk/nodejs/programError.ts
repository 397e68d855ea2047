import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../../provider/messages/problem.js";

/** Converts an error to a `RunError`: Pulumi shows its message without a stack trace. */
export function programError({ message }: Error): pulumi.RunError {
  const error = new pulumi.RunError(message);
  // If the error is thrown after the program's code has ended, Pulumi shows even the stack trace of a `RunError`.
  error.stack = message;
  return error;
}

/** Does the same if `error` is a problem. Other errors are returned unchanged. */
export function asProgramError(error: unknown): unknown {
  return Problem.isInstance(error) ? programError(error) : error;
}

/** Runs a step of the program, and converts a problem that it throws. */
export function withProgramErrors<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw asProgramError(error);
  }
}
