import { expect } from "@jest/globals";
import { expectError } from "./shownProblems";
import type { Run, TestStack } from "./testStack";

export const SECRET = 'new WorkspaceSecret("T", { value: "v" })';
export const RETAINED = 'new WorkspaceSecret("T", { value: "v", onInUse: "retain" })';

export function onlyId(stack: TestStack): string {
  const [secret, ...others] = stack.workspace.secrets();
  expect(others).toEqual([]);
  return secret?.id ?? "";
}

export function warningsOf({ problems, diagnostics }: Run) {
  const warnings = problems.filter(({ severity }) => severity === "warning");
  expect(diagnostics.filter(({ severity }) => severity === "warning")).toHaveLength(warnings.length);
  return warnings;
}

/** The dependents that the error about the secret `T` lists. */
export function dependentsIn(run: Run): string[] {
  expectError(run, "T", { kind: "in-use", facts: [] });
  const [{ message } = { message: "" }] = run.problems;
  const [, dependents = ""] = / in use by (.+)\. \[in-use\]$/m.exec(message) ?? [];
  return dependents.split(", ");
}
