import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type StackOptions, startStack, type TestStack } from "../../support/testStack";

/** Makes sure that the engine has Pulumi's language host for YAML. The first build takes minutes. */
export async function prepareYaml(): Promise<void> {
  await promisify(execFile)(process.execPath, ["scripts/engine/engine.mjs", "--yaml"]);
}

/** The program of the docs: all secrets of the config. */
export const PROGRAM = {
  config: { secrets: { type: "object", secret: true } },
  resources: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: YAML's own references
    workspace: { type: "elevenlabs:WorkspaceSecrets", properties: { secrets: "${secrets}", prefix: "dev_" } },
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: YAML's own references
  outputs: { secretIds: "${workspace.secretIds}" },
};

/** The program with other properties of the component. */
export function programWith(properties: Record<string, unknown>, options?: Record<string, unknown>) {
  const workspace = { type: "elevenlabs:WorkspaceSecrets", properties, ...(options && { options }) };
  return { ...PROGRAM, resources: { workspace } };
}

/** A stack with a program in YAML and the native plugin, and these secrets in its config. */
export async function startYaml(secrets: Record<string, string>, options?: StackOptions): Promise<TestStack> {
  const stack = await startStack({ host: "native", inOwnProcess: true, ...options });
  await useYaml(stack, PROGRAM);
  for (const [key, value] of Object.entries(secrets)) await setSecret(stack, key, value);
  return stack;
}

/** Makes this the program of the stack. */
export async function useYaml(stack: TestStack, program: Record<string, unknown>): Promise<void> {
  await stack.changeProject({ runtime: "yaml", main: undefined, ...program });
}

export async function setSecret(stack: TestStack, key: string, value: string): Promise<void> {
  await stack.cli(["config", "set", "--secret", "--path", `secrets.${key}`], value).orThrow();
}

export async function removeSecret(stack: TestStack, key: string): Promise<void> {
  await stack.cli(["config", "rm", "--path", `secrets.${key}`]).orThrow();
}

/** The values of the workspace's secrets by their names. */
export function valuesOf(stack: TestStack): Record<string, string> {
  return Object.fromEntries(stack.workspace.secrets().map(({ name, value }) => [name, value]));
}

export function idsOf(stack: TestStack): Record<string, string> {
  return Object.fromEntries(stack.workspace.secrets().map(({ name, id }) => [name, id]));
}
