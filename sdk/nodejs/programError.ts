import * as pulumi from "@pulumi/pulumi";
import type { Attempt } from "../../provider/messages/attempts.js";
import { Problem, type ProblemFacts, type ProblemKind } from "../../provider/messages/problem.js";

/** Converts a problem to a `RunError`: Pulumi shows its message without a stack trace. */
export function programError<Kind extends ProblemKind>(
  kind: Kind,
  facts: ProblemFacts<Kind>,
  attempt: Attempt,
): pulumi.RunError {
  return asProgramError(new Problem(kind, facts, attempt));
}

export function asProgramError({ message }: Error): pulumi.RunError {
  const error = new pulumi.RunError(message);
  // If the error is thrown after the program's code has ended, Pulumi shows even the stack trace of a `RunError`.
  error.stack = message;
  return error;
}
