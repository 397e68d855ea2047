import { configPathText, setConfig } from "../../provider/messages/commands.js";
import { type Action, Problem } from "../../provider/messages/problem.js";
import type { ConfigPath } from "../../provider/pulumi/configPath.js";
import { plainKeysIn, sourceOf } from "../../provider/pulumi/configSource.js";
import { findProject, type Project } from "../../provider/pulumi/project.js";
import { DEFAULT_PROVIDER } from "../../provider/pulumi/urn.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import type { ConfigReader } from "../../provider/workspaces/settings.js";
import * as problems from "../wording.js";
import {
  configIn,
  isNoStackSelectedIn,
  type OwnedSecret,
  ownedSecretsIn,
  type PlannedStep,
  previewIn,
  providerConfigsIn,
  type StackConfig,
} from "./output.js";
import { type PulumiRun, runPulumi, runPulumiInTerminal } from "./run.js";

/**
 * The choice on the command line: a stack's name, `true` for the selected stack, `false` for no stack, undefined without an
 * option.
 */
export type StackChoice = string | boolean | undefined;

/** The arguments that make a Pulumi command use this stack. */
export function stackArgumentsOf(choice: StackChoice): string[] {
  return typeof choice === "string" ? ["--stack", choice] : [];
}

/**
 * Opens the stack. Undefined with `--no-stack`. If no stack was chosen and none can be read, returns the problem that
 * explains why, because the command can then use the environment.
 */
export async function openStack(choice: StackChoice, folder: string): Promise<Stack | Problem | undefined> {
  if (choice === false) return undefined;
  const found = await runInStack(["config", "--json", "--show-secrets"], choice, folder);
  if (Problem.isInstance(found)) return found;
  const { name, project, stackArguments, output, action } = found;
  const config = required(configIn(output), "pulumi config --json", action);
  return new Stack({ name, project, stackArguments, folder, config });
}

/** The secrets in the state of a stack. Reading them needs no passphrase, and decrypts nothing. */
export async function openState(
  choice: string | true,
  folder: string,
): Promise<{ stack: string; owned: OwnedSecret[] }> {
  const found = await runInStack(EXPORT, choice, folder);
  if (Problem.isInstance(found)) throw found;
  const { name, output, action } = found;
  return { stack: name, owned: ownedIn(output, action) };
}

/** Runs a Pulumi command for the chosen stack. Returns its output, or the problem that explains why there is no stack to read. */
async function runInStack(
  args: string[],
  choice: string | true | undefined,
  folder: string,
): Promise<{ name: string; project: Project; stackArguments: string[]; output: string; action: Action } | Problem> {
  const action: Action = typeof choice === "string" ? { step: "read stack", name: choice } : { step: "read the stack" };
  const missing = (problem: Problem) => {
    if (choice === undefined) return problem;
    throw problem;
  };
  const project = findProject(folder);
  if (!project) return missing(problems.noProject({}, action));
  const stackArguments = stackArgumentsOf(choice);
  const [shown, ran] = await Promise.all([
    runPulumi(["stack", "--show-name", ...stackArguments], folder),
    runPulumi([...args, ...stackArguments], folder),
  ]);
  if (!shown || !ran) return missing(problems.noPulumi({}, action));
  if (!shown.ok && (await isNoneSelected(choice, folder))) return missing(problems.noStackSelected({}, action));
  const failing = { action, hasAlternative: choice === undefined };
  const name = outputOf(shown, failing).trim();
  return { name, project, stackArguments, output: outputOf(ran, failing), action };
}

interface StackOptions {
  name: string;
  project: Project;
  stackArguments: string[];
  /** The folder in which Pulumi commands run. */
  folder: string;
  config: StackConfig;
}

/** A Pulumi stack: its config for this package, and the secrets in its state. */
export class Stack {
  private providers: Promise<PulumiRun | undefined> | undefined;

  constructor(private readonly options: StackOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** The config of a provider: the stack's own config, or an explicit provider's config as of the last update. */
  async configOf(provider: string): Promise<ConfigReader> {
    if (provider === DEFAULT_PROVIDER) return (key) => this.options.config.values.get(key)?.value;
    const action: Action = { step: "read the state of stack", name: this.name };
    this.providers ??= this.run([...EXPORT, "--show-secrets"]);
    const exported = outputOf(await this.providers, { action });
    const configs = required(providerConfigsIn(exported), "pulumi stack export", action);
    const config = configs.get(provider);
    if (config) return config;
    const known = [...configs.keys()].filter((name) => name !== DEFAULT_PROVIDER);
    throw problems.unknownProvider({ provider, known }, action);
  }

  get project(): string {
    return this.options.project.name;
  }

  /** The keys of the `elevenlabs` config. */
  get settings(): string[] {
    return [...this.options.config.values.keys()];
  }

  /** Whether the API key of a workspace was set without `--secret`. */
  isPlainKey(workspace: string): boolean {
    const { name, project, config } = this.options;
    if (workspace === DEFAULT_WORKSPACE) return config.values.get("apiKey")?.secret === false;
    if (config.values.get("workspaces")?.secret === false) return true;
    const source = sourceOf(project, name, "elevenlabs:workspaces");
    return source !== undefined && plainKeysIn(source, "apiKey").includes(workspace);
  }

  /**
   * Whether the key is set in the project file, and not in the stack's file. A value that is set inside it for the stack
   * would hide all of it.
   */
  isInProject(key: string): boolean {
    const { name, project } = this.options;
    return sourceOf(project, name, key)?.isProject ?? false;
  }

  /** Whether the project's config has a value at this path (top level, or one level deep). */
  isSet({ key, steps }: ConfigPath): boolean {
    const { project, config } = this.options;
    return config.paths.has(configPathText({ key: `${project.name}:${key}`, steps }));
  }

  /** The secrets in the state, except those that the next update deletes. */
  async owned(): Promise<OwnedSecret[]> {
    const action: Action = { step: "read the state of stack", name: this.name };
    return ownedIn(outputOf(await this.run(EXPORT), { action }), action);
  }

  /**
   * Returns the changes that the program would make to the secrets in the state, or the problem that prevented the
   * comparison. Uses a preview, which makes no API call.
   */
  async plan(): Promise<PlannedStep[] | Problem> {
    const action: Action = { step: "preview stack", name: this.name };
    const run = await this.run(["preview", "--json"]);
    if (!run) return problems.pulumiGone({}, action);
    const preview = previewIn(run.stdout);
    if (!run.ok) return problems.previewFailed({ reason: preview?.failure ?? run.reason }, action);
    return preview?.steps ?? problems.pulumiUnreadable({ command: "pulumi preview --json" }, action);
  }

  /** Lets Pulumi ask for a value in the terminal and store it encrypted in the project's config. */
  async askForSecret(path: ConfigPath): Promise<void> {
    const { folder, stackArguments } = this.options;
    const isSet = await runPulumiInTerminal(
      ["config", "set", ...stackArguments, ...setConfig(path, { secret: true }).args],
      folder,
    );
    if (!isSet) throw problems.interrupted({}, { step: "set config", name: configPathText(path) });
  }

  private run(args: string[]): Promise<PulumiRun | undefined> {
    const { folder, stackArguments } = this.options;
    return runPulumi([...args, ...stackArguments], folder);
  }
}

async function isNoneSelected(choice: StackChoice, folder: string): Promise<boolean> {
  if (typeof choice === "string" || process.env.PULUMI_STACK) return false;
  const run = await runPulumi(["stack", "ls", "--json"], folder);
  return run?.ok === true && isNoStackSelectedIn(run.stdout);
}

const EXPORT = ["stack", "export"];

function ownedIn(exported: string, action: Action): OwnedSecret[] {
  return required(ownedSecretsIn(exported), "pulumi stack export", action);
}

function outputOf(
  run: PulumiRun | undefined,
  { action, hasAlternative = false }: { action: Action; hasAlternative?: boolean },
): string {
  if (!run) throw problems.pulumiGone({}, action);
  if (!run.ok) throw problems.pulumiFailed({ reason: run.reason, hasAlternative }, action);
  return run.stdout;
}

function required<T>(output: T | undefined, command: string, action: Action): T {
  if (output === undefined) throw problems.pulumiUnreadable({ command }, action);
  return output;
}
