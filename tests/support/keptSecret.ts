import { expect } from "@jest/globals";
import type { Run, TestStack } from "./testStack";

/** Creates a secret CRM by hand, and adopts it as resource `crm` with its value. Returns its id. */
export async function adopted(stack: TestStack): Promise<string> {
  const { id } = stack.workspace.add("CRM", "theirs");
  await stack.deploy(program('name: "CRM", onExisting: "keep"'));
  return id;
}

export function program(args: string): string {
  return `new WorkspaceSecret("crm", { value: "ours", ${args} });`;
}

export function expectRefused(run: Run, what: string): void {
  expect(run.code).not.toBe(0);
  expect(run.problems).toMatchObject([
    {
      severity: "error",
      kind: "kept-value-at-risk",
      resource: "crm",
      message: expect.stringContaining(`changing ${what} `),
    },
  ]);
  expect(run.requests.filter(({ method }) => method !== "GET")).toEqual([]);
}
