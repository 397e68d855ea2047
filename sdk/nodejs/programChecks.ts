import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Action } from "../../provider/messages/problem.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { refusePlainApiKeys } from "../../provider/workspaces/plainApiKeys.js";
import { requireKnownSettings, settingsOf } from "../../provider/workspaces/settings.js";
import { isStartedByEngine } from "./inlineProgram.js";
import { isMocked } from "./mocks.js";
import { oncePerRun } from "./oncePerRun.js";
import { programConfig, settingsOfStack } from "./programConfig.js";
import { programError, withProgramErrors } from "./programError.js";
import { componentRequiresPlugin, notADependency } from "./wording.js";

// Read when this file is loaded, because the program can change its working folder later.
const programFolder = process.cwd();

/**
 * Throws if a key is in plain text, or if the provider would refuse the config. So even a preview fails before the first
 * resource is registered.
 */
export function requireUsableConfig(workspace: pulumi.Input<string | undefined>): void {
  if (isMocked()) return;
  runOnce("keys", () => {
    withProgramErrors(() => refusePlainApiKeys(programConfig));
    withProgramErrors(() => requireKnownSettings(Object.keys(settingsOfStack()), pulumi.getProject()));
  });
  // If the secret is in another workspace, the provider's check reports a wrong config, with the input `workspace`.
  if (workspace === undefined || workspace === DEFAULT_WORKSPACE) runOnce("config", requireDefaultWorkspace);
}

/** Throws if the process of a dynamic provider can't find this package. */
export function requireUsablePackage(logicalName: string): void {
  if (!isMocked()) runOnce("package", () => requireDependency(logicalName));
}

type Check = "keys" | "config" | "package";

/** Each access to the config parses all of it, which is slow if the config has many secrets. So a run does each check once. */
const passedChecks = oncePerRun(() => new Set<Check>());

function runOnce(check: Check, run: () => void): void {
  const passed = passedChecks();
  if (passed.has(check)) return;
  run();
  passed.add(check);
}

function requireDefaultWorkspace(): void {
  const settings = settingsOfStack();
  withProgramErrors(() => settingsOf(DEFAULT_WORKSPACE, (key) => settings[key], process.env));
}

/**
 * The provider process looks for this package in the program's folder. A package manager that separates dependencies, such
 * as pnpm, doesn't make the package visible in that folder if only a library of the program depends on it.
 */
function requireDependency(logicalName: string): void {
  // A component runs in a separate process, in the folder of its own program, which may be in another language.
  const isComponent = pulumi.runtime.getStackResource() === undefined;
  // An inline program of the Automation API and its provider process run in different folders, so this process can't check.
  if (!isComponent && !isStartedByEngine()) return;
  // If the program changed its working folder before it loaded this package, only the project's folder is correct.
  if (isFoundFrom(programFolder) || isFoundFrom(pulumi.getRootDirectory())) return;
  if (isComponent) {
    const action: Action = { step: "declare WorkspaceSecret", name: logicalName };
    throw programError(componentRequiresPlugin({ folder: programFolder }, action));
  }
  const facts = { folder: programFolder, packageJson: packageJsonOf(programFolder) };
  throw programError(notADependency(facts, { step: "run the program" }));
}

function isFoundFrom(folder: string): boolean {
  try {
    createRequire(join(folder, "program.js")).resolve("pulumi-elevenlabs/provider");
    return true;
  } catch {
    return false;
  }
}

function packageJsonOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, "package.json");
    if (existsSync(file)) return file;
    if (at === dirname(at)) return join(folder, "package.json");
  }
}
