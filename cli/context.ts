import type { Command } from "commander";
import type { Problem, Reader } from "../provider/messages/problem.js";
import { DEFAULT_PROVIDER } from "../provider/pulumi/urn.js";
import { requireKnownSettings } from "../provider/workspaces/settings.js";
import type { Workspace } from "../provider/workspaces/workspace.js";
import { Workspaces } from "../provider/workspaces/workspaces.js";
import { openStack, Stack, type StackChoice, stackArgumentsOf } from "./pulumi/stack.js";
import { note } from "./terminal.js";
import { conflictingOptions, noKeyInEnvironment } from "./wording.js";

export interface ContextOptions {
  stack?: StackChoice;
  provider?: string;
  workspace?: string;
}

/** The config, stack and settings of a command. */
export interface Context {
  workspaces: Workspaces;
  /** Undefined if the config comes only from the environment. */
  stack: Stack | undefined;
  /** Describes where the config comes from, for a message. */
  source: string;
  /** For the commands that the output recommends. */
  reader: Reader;
}

export const STACK_HELP = "use the config of this Pulumi stack (default: the selected stack, if any)";
const WORKSPACE_HELP = "use a workspace from elevenlabs:workspaces (default: the one of the top-level config)";
const PROVIDER_HELP = "use an explicit provider of the stack, with its config of the last update";

export function withStack(command: Command): Command {
  return withNoStack(command.option("-s, --stack [name]", STACK_HELP));
}

/** Adds `--no-stack` to a command that has `--stack`. */
export function withNoStack(command: Command): Command {
  const given = new Set<string>();
  // commander treats them as one option: the last option on the command line wins.
  for (const name of ["stack", "no-stack"]) command.on(`option:${name}`, () => given.add(name));
  return command.option("--no-stack", "use only the environment, not Pulumi").hook("preAction", () => {
    if (given.size < 2) return;
    const action = { step: `run pulumi-elevenlabs ${command.name()}` } as const;
    throw conflictingOptions({ options: ["--stack", "--no-stack"] }, action);
  });
}

export function withWorkspace(command: Command, help = WORKSPACE_HELP): Command {
  return command.option("-w, --workspace <name>", help);
}

export function withProvider(command: Command, help = PROVIDER_HELP): Command {
  return command.option("--provider <name>", help);
}

export function readerOf({ stack }: ContextOptions): Reader {
  return { stackArguments: stackArgumentsOf(stack) };
}

/** Opens the stack's config, with the environment for settings that the config lacks. */
export async function openContext(options: ContextOptions): Promise<Context> {
  const { provider = DEFAULT_PROVIDER } = options;
  if (options.stack === false && provider !== DEFAULT_PROVIDER) {
    throw conflictingOptions({ options: ["--provider", "--no-stack"] }, { step: "run pulumi-elevenlabs" });
  }
  const found = await openStack(provider === DEFAULT_PROVIDER ? options.stack : (options.stack ?? true), process.cwd());
  const stack = found instanceof Stack ? found : undefined;
  if (stack) requireKnownSettings(stack.settings, stack.project);
  const workspaces = new Workspaces((await stack?.configOf(provider)) ?? (() => undefined), process.env, { provider });
  return { workspaces, stack, source: sourceText(found), reader: readerOf(options) };
}

/** Opens the config and one workspace, for a command that calls the API. */
export async function openWorkspace(options: ContextOptions): Promise<Context & { workspace: Workspace }> {
  const context = await openContext(options);
  const workspace = context.workspaces.get(options.workspace);
  if (context.stack) return { ...context, workspace };
  note(`Config: ${context.source}.`);
  if (workspace.keySource === undefined) throw noKeyInEnvironment({}, { step: "call the API" });
  return { ...context, workspace };
}

function sourceText(found: Stack | Problem | undefined): string {
  if (found instanceof Stack) return `stack ${found.name}, then the environment`;
  const why = found === undefined ? "--no-stack is set" : found.explain()[0];
  return `only the environment, because ${why}`;
}
