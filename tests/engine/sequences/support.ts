import { expect } from "@jest/globals";
import type { EmulatedWorkspace } from "pulumi-elevenlabs/emulator";
import { owners } from "../../support/ownedSecrets";
import type { Run, TestStack } from "../../support/testStack";

/** The secrets of a workspace, as `ID NAME=value`, sorted. */
export function held(workspace: EmulatedWorkspace): string[] {
  return workspace
    .secrets()
    .map(({ id, name, value }) => `${id} ${name}=${value}`)
    .sort();
}

/** The names in a workspace, sorted. */
export function names(workspace: EmulatedWorkspace): string[] {
  return workspace
    .secrets()
    .map(({ name }) => name)
    .sort();
}

/** The operations of a run that may change the workspace. */
export function writes({ calls }: Run): string[] {
  return calls.filter((call) => call === "create" || call === "update" || call === "delete");
}

/** The outcome of a run, with the output, so that a failed assertion shows it. */
export function outcome({ code, kinds, output }: Run) {
  return { succeeds: code === 0, kinds, output };
}

export const succeeds = (run: Run, ...kinds: string[]) => ({ succeeds: true, kinds: kinds.sort(), output: run.output });
export const fails = (run: Run, ...kinds: string[]) => ({ succeeds: false, kinds: kinds.sort(), output: run.output });

/** Expects that a secret that both resources required in one `up` has only one owner. */
export async function expectOneOwner(stack: TestStack, run: Run): Promise<void> {
  expect(run.code).not.toBe(0);
  expect(["owned-by-other", "name-taken"]).toContain(run.kinds[0]);
  expect(held(stack.workspace)).toHaveLength(1);
  expect(await owners(stack)).toHaveLength(1);
}
