import type { EmulatedWorkspace } from "pulumi-elevenlabs/emulator";
import { type Run, SECRET_TYPE, type StateResource, type TestStack } from "../../support/testStack";

/** What a workspace holds, as `ID NAME=value`, sorted. */
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

/** The outcome of a run, and its output if that isn't as wanted. */
export function outcome({ code, kinds, output }: Run) {
  return { succeeds: code === 0, kinds, output };
}

export const succeeds = (run: Run, ...kinds: string[]) => ({ succeeds: true, kinds: kinds.sort(), output: run.output });
export const fails = (run: Run, ...kinds: string[]) => ({ succeeds: false, kinds: kinds.sort(), output: run.output });

/** The URN of a resource of the host under test, or of another type. */
export function urnOf(name: string, type: string = SECRET_TYPE): string {
  return `urn:pulumi:test::test::${type}::${name}`;
}

/** Edits the state as users do it: export, edit, import. */
export async function editState(
  stack: TestStack,
  edit: (resources: StateResource[]) => StateResource[],
): Promise<void> {
  const { output } = await stack.cli(["stack", "export"]).orThrow();
  const state = JSON.parse(output) as { deployment: { resources: StateResource[] } };
  state.deployment.resources = edit(state.deployment.resources);
  await stack.cli(["stack", "import"], JSON.stringify(state)).orThrow();
}
