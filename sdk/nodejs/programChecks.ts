import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { Problem } from "../../provider/messages/problem.js";
import { DEFAULT_WORKSPACE, settingsOf } from "../../provider/workspaces/settings.js";
import { perRun } from "./perRun.js";
import { refusePlainKeys } from "./plainKeys.js";

// Taken at load, before the program can change it.
const programFolder = process.cwd();

/** Whether Pulumi's mocks stand in for the engine, as in a unit test: there is no config to check and no API to call. */
export function isUnderMocks(): boolean {
  return pulumi.runtime.getMonitor() instanceof MockMonitor;
}

/**
 * Throws where the program cannot work as it is set up: a key in plain text, a package that the provider process would
 * not find, a config that the provider would refuse. So a preview finds it, before the first resource.
 */
export function requireUsableProgram(workspace: pulumi.Input<string | undefined>): void {
  if (isUnderMocks()) return;
  const done = checksOfRun();
  once(done, "program", () => {
    refusePlainKeys();
    requireInstalledHere();
  });
  // The provider's check tells of the config of a further workspace, on the property that names it.
  if (workspace === undefined || workspace === DEFAULT_WORKSPACE) once(done, "config", requireUsableConfig);
}

type Check = "program" | "config";

/** Every look at the config parses all of it, which many secrets in config would make slow. */
const checksOfRun = perRun(() => new Set<Check>());

function once(done: Set<Check>, check: Check, run: () => void): void {
  if (done.has(check)) return;
  run();
  done.add(check);
}

function requireUsableConfig(): void {
  try {
    settingsOf(DEFAULT_WORKSPACE, (key) => pulumi.runtime.getConfig(`elevenlabs:${key}`), process.env);
  } catch (error) {
    throw error instanceof Problem ? new pulumi.RunError(error.message) : error;
  }
}

/**
 * The state names the provider by the program's folder: a package that only a library of the program's depends on is not
 * found from there, where the package manager keeps dependencies apart, as pnpm does.
 */
function requireInstalledHere(): void {
  // In a program of the Automation API's, this is not the folder that the provider process gets.
  if (!isStartedByEngine()) return;
  // A program may have changed its folder before it loaded this; the project's then tells.
  if (isFoundFrom(programFolder) || isFoundFrom(pulumi.getRootDirectory())) return;
  throw new pulumi.RunError(
    `pulumi-elevenlabs is not a dependency of the program in ${programFolder}, only of a library that it uses.\n` +
      `Add it to "dependencies" of ${packageJsonOf(programFolder)}, as the library has it, and install again.`,
  );
}

function isFoundFrom(folder: string): boolean {
  try {
    createRequire(join(folder, "program.js")).resolve("pulumi-elevenlabs/provider");
    return true;
  } catch {
    return false;
  }
}

function isStartedByEngine(): boolean {
  return /@pulumi[/\\]pulumi[/\\]cmd[/\\]run[/\\]/.test(require.main?.filename ?? "");
}

function packageJsonOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, "package.json");
    if (existsSync(file)) return file;
    if (at === dirname(at)) return join(folder, "package.json");
  }
}
