import { newKey } from "./commandRun";
import { startStack, type TestStack } from "./testStack";

/** A stack with secrets of these names, and their ids by name. `args` is code for more arguments of each secret. */
export async function deployed(names: string[], args = ""): Promise<{ stack: TestStack; ids: Record<string, string> }> {
  const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
  await stack.deploy(
    `for (const name of ${JSON.stringify(names)}) new WorkspaceSecret("res-" + name, { name, value: "v"${args} });`,
  );
  const ids = Object.fromEntries(stack.workspace.secrets().map(({ name, id }) => [name, id]));
  return { stack, ids };
}
