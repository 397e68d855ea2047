import type { Command } from "commander";
import { Problem } from "../provider/messages/problem.js";
import { explained } from "../provider/secret/explain.js";
import { Workspaces } from "../provider/workspaces/registry.js";
import { DEFAULT_WORKSPACE } from "../provider/workspaces/settings.js";
import type { Workspace } from "../provider/workspaces/workspace.js";
import { openStack, Stack, type StackChoice } from "./stack.js";
import { adviseOn, note } from "./terminal.js";

export interface ContextOptions {
  stack?: StackChoice;
  workspace?: string;
}

/** What a command works with. */
export interface Context {
  workspaces: Workspaces;
  /** Undefined where the environment alone is asked. */
  stack: Stack | undefined;
  /** Where the config comes from, in words. */
  source: string;
}

const STACK_HELP = "the Pulumi stack whose config counts (default: the selected one, if any)";
const WORKSPACE_HELP = "a workspace that elevenlabs:workspaces describes (default: that of the top-level config)";

export function withStack(command: Command): Command {
  return withNoStack(command.option("-s, --stack [name]", STACK_HELP));
}

/** For a command that has `--stack`: the option that leaves it out. */
export function withNoStack(command: Command): Command {
  const given = new Set<string>();
  // To commander the two are one option, of which the last one counts.
  for (const name of ["stack", "no-stack"]) command.on(`option:${name}`, () => given.add(name));
  return command.option("--no-stack", "leave Pulumi out: the environment alone counts").hook("preAction", () => {
    if (given.size > 1) command.error("error: option '--no-stack' cannot be used with option '--stack'");
  });
}

export function withWorkspace(command: Command, help = WORKSPACE_HELP): Command {
  return command.option("-w, --workspace <name>", help);
}

/** The stack's config, which wins, and the environment. */
export async function openContext({ stack: choice }: ContextOptions): Promise<Context> {
  const found = await openStack(choice, process.cwd());
  const stack = found instanceof Stack ? found : undefined;
  if (stack) adviseOn(stack.arguments);
  return {
    workspaces: new Workspaces((key) => stack?.read(key), process.env),
    stack,
    source:
      found instanceof Stack ? `stack ${found.name}, then the environment` : `the environment alone: ${found.missing}`,
  };
}

/** The same, for a command that then calls the API without further ado. */
export async function openWorkspace(options: ContextOptions): Promise<Context & { workspace: Workspace }> {
  const context = await openContext(options);
  const workspace = context.workspaces.get(options.workspace);
  if (context.stack) return { ...context, workspace };
  note(`Config: ${context.source}.`);
  if (workspace.keySource !== undefined) return { ...context, workspace };
  throw new Problem(
    "could not call the API",
    "there is no API key in the environment",
    "Set the environment variable ELEVENLABS_API_KEY. Or run this in the folder of a Pulumi project whose config has a key.",
  );
}

/** Runs `step`; what the API answers becomes an error for a person. */
export async function calling<T>(
  workspace: Workspace,
  action: { verb: string; name?: string },
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw explained(error, { ...action, workspace: workspace.name }, workspace, { configMayBeStale: false });
  }
}

/** ` in workspace "eu"`, where it is not the default one. */
export function inWorkspace({ name }: { name: string }): string {
  return name === DEFAULT_WORKSPACE ? "" : ` in workspace ${name}`;
}
