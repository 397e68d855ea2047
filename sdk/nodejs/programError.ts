import * as pulumi from "@pulumi/pulumi";
import type { Attempt } from "../../provider/messages/attempts.js";
import { Problem, type ProblemFacts, type ProblemKind } from "../../provider/messages/problem.js";

/** A problem as an error of the program: Pulumi shows the message of a `RunError` without a stack. */
export function programError<Kind extends ProblemKind>(
  kind: Kind,
  facts: ProblemFacts<Kind>,
  attempt: Attempt,
): pulumi.RunError {
  return asProgramError(new Problem(kind, facts, attempt));
}

export function asProgramError({ message }: Error): pulumi.RunError {
  const error = new pulumi.RunError(message);
  // If it is thrown after the program's code has ended, Pulumi shows the stack of this error too.
  error.stack = message;
  return error;
}
