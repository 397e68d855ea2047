import type { Command } from "commander";
import { DEFAULT_WORKSPACE, Workspaces } from "../config/index.js";
import { explained } from "../lifecycle/explain.js";
import type { Workspace } from "../workspace/index.js";
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
  return command
    .option("-s, --stack [name]", STACK_HELP)
    .option("--no-stack", "leave Pulumi out: the environment alone counts");
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
  if (!context.stack) note(`Config: ${context.source}.`);
  return { ...context, workspace: context.workspaces.get(options.workspace) };
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
