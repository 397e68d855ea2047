import { afterEach } from "@jest/globals";
import type { Emulator, EmulatorOptions } from "pulumi-elevenlabs/emulator";
import { startEmulator } from "../../emulator/index";
import type { TestStack } from "./testStack";

const open: Emulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()));
});

/** Another emulator, which closes after the test. */
export async function startAnother(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  open.push(emulator);
  return emulator;
}

/** Starts another emulator for each workspace name. */
export function startAnotherEach(
  names: string[],
  options: (name: string) => EmulatorOptions = () => ({}),
): Promise<[string, Emulator][]> {
  return Promise.all(names.map(async (name) => [name, await startAnother(options(name))]));
}

/** Adds workspaces to the stack's config. */
export async function addWorkspaces(stack: TestStack, workspaces: Record<string, { apiKey: string; url: string }>) {
  const described = Object.entries(workspaces).map(([name, { apiKey, url }]) => [name, { apiKey, baseUrl: url }]);
  await stack.configureSecrets({ "elevenlabs:workspaces": JSON.stringify(Object.fromEntries(described)) });
}
