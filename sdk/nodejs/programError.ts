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

export function asProgramError({ message }: Problem): pulumi.RunError {
  return new pulumi.RunError(message);
}
