import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Attempt } from "../../provider/messages/attempts.js";
import { Problem } from "../../provider/messages/problem.js";
import { DEFAULT_WORKSPACE } from "../../provider/pulumi/configPath.js";
import { requireKnownSettings, settingsOf } from "../../provider/workspaces/settings.js";
import { isStartedByEngine } from "./inlineProgram.js";
import { perRun } from "./perRun.js";
import { refusePlainApiKeys } from "./plainApiKeys.js";
import { settingsOfStack } from "./programConfig.js";
import { asProgramError, programError } from "./programError.js";
import { isUnderMocks } from "./underMocks.js";

// Read when this file is loaded, because the program can change its working folder later.
const programFolder = process.cwd();

/**
 * Throws if a key is in plain text, or if the provider would refuse the config. So a preview fails too, before the first
 * resource is registered.
 */
export function requireUsableConfig(workspace: pulumi.Input<string | undefined>): void {
  if (isUnderMocks()) return;
  runOnce("keys", () => {
    refusePlainApiKeys();
    asErrorOfProgram(() => requireKnownSettings(Object.keys(settingsOfStack()), pulumi.getProject()));
  });
  // For another workspace, the provider's check reports a wrong config, together with the input that names the workspace.
  if (workspace === undefined || workspace === DEFAULT_WORKSPACE) runOnce("config", requireDefaultWorkspace);
}

/** Throws if the process of a dynamic provider can't find this package. */
export function requireUsablePackage(logicalName: string): void {
  if (!isUnderMocks()) runOnce("package", () => requireDependency(logicalName));
}

type Check = "keys" | "config" | "package";

/** Each read of the config parses all of it, which is slow with many secrets in it. So a run does each check once. */
const passedChecks = perRun(() => new Set<Check>());

function runOnce(check: Check, run: () => void): void {
  const passed = passedChecks();
  if (passed.has(check)) return;
  run();
  passed.add(check);
}

function requireDefaultWorkspace(): void {
  const settings = settingsOfStack();
  asErrorOfProgram(() => settingsOf(DEFAULT_WORKSPACE, (key) => settings[key], process.env));
}

function asErrorOfProgram(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw error instanceof Problem ? asProgramError(error) : error;
  }
}

/**
 * The provider process looks for this package from the folder of the program. If only a library of the program depends on
 * the package, a package manager that keeps dependencies apart, such as pnpm, doesn't let the process find it there.
 */
function requireDependency(logicalName: string): void {
  // A component in a process of its own, whose program may have another language. It runs in the folder of that program.
  const isComponent = pulumi.runtime.getStackResource() === undefined;
  // An inline program of the Automation API runs in another folder than its provider process.
  if (!isComponent && !isStartedByEngine()) return;
  // If the program changed its folder before it loaded this package, only the project's folder is the right one.
  if (isFoundFrom(programFolder) || isFoundFrom(pulumi.getRootDirectory())) return;
  if (isComponent) {
    const attempt: Attempt = { step: "declareSecret", name: logicalName };
    throw programError("component-requires-plugin", { folder: programFolder }, attempt);
  }
  const facts = { folder: programFolder, packageJson: packageJsonOf(programFolder) };
  throw programError("not-a-dependency", facts, { step: "runProgram" });
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
