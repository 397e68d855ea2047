import * as pulumi from "@pulumi/pulumi";
import type { Dependent, Workspaces } from "pulumi-elevenlabs/provider";
import { requireSettingsInConfig } from "./inlineProgram.js";
import { isMocked } from "./mocks.js";
import { settingsOfStack } from "./programConfig.js";
import { asProgramError, programError } from "./programError.js";
import { mockWithoutList } from "./wording.js";

/** A secret of a workspace, without its value: the API never returns one. */
export interface WorkspaceSecretResult {
  secretId: string;
  name: string;
}

/** The secret to look up. Set either its id or its exact name. */
export interface GetWorkspaceSecretArgs {
  secretId?: string | undefined;
  name?: string | undefined;
  /** A name in `elevenlabs:workspaces`. Default: the workspace of the top-level config. */
  workspace?: string | undefined;
}

export interface ListWorkspaceSecretsArgs {
  /** Only secrets whose names start with this. Default: all secrets. */
  prefix?: string | undefined;
  /** A name in `elevenlabs:workspaces`. Default: the workspace of the top-level config. */
  workspace?: string | undefined;
}

export interface GetSecretDependentsArgs {
  secretId: string;
  /** A name in `elevenlabs:workspaces`. Default: the workspace of the top-level config. */
  workspace?: string | undefined;
}

/**
 * A dependent of a secret: an agent, a tool, a phone number, an MCP server, or a dependent for which the API returns only a
 * string.
 */
export type SecretDependent = Dependent;

type Inputs<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/**
 * Looks up one secret by its id or its exact name. Fails if no secret matches, or if several have the name.
 *
 * In a program, the config of the stack applies. In a script without a stack, the environment applies
 * (`ELEVENLABS_API_KEY`). Like every function, it also calls the API during a preview.
 *
 * @example
 * ```ts
 * const { secretId } = await getWorkspaceSecret({ name: "CRM_TOKEN" });
 * ```
 */
export function getWorkspaceSecret(args: GetWorkspaceSecretArgs): Promise<WorkspaceSecretResult> {
  if (isMocked()) return callMock("getWorkspaceSecret", args);
  const { workspace, ...key } = args;
  return callProvider(workspace, async ({ getSecret }, workspaces) => {
    const { id, name } = await getSecret(workspaces, key, workspace);
    return { secretId: id, name };
  });
}

/** {@link getWorkspaceSecret} for arguments that are outputs. */
export function getWorkspaceSecretOutput(args: Inputs<GetWorkspaceSecretArgs>): pulumi.Output<WorkspaceSecretResult> {
  return pulumi.output(args).apply((known) => getWorkspaceSecret(known));
}

/** Lists all secrets of a workspace, or all whose names start with a prefix, across all pages. */
export function listWorkspaceSecrets(args: ListWorkspaceSecretsArgs = {}): Promise<WorkspaceSecretResult[]> {
  if (isMocked()) return callMockForList("listWorkspaceSecrets", args, "secrets");
  return callProvider(args.workspace, async ({ listSecrets }, workspaces) => {
    const secrets = await listSecrets(workspaces, args.prefix, args.workspace);
    return secrets.map(({ id, name }) => ({ secretId: id, name }));
  });
}

/** {@link listWorkspaceSecrets} for arguments that are outputs. */
export function listWorkspaceSecretsOutput(
  args: Inputs<ListWorkspaceSecretsArgs> = {},
): pulumi.Output<WorkspaceSecretResult[]> {
  return pulumi.output(args).apply((known) => listWorkspaceSecrets(known));
}

/** Lists everything that uses a secret, across all pages. While a secret has dependents, the API refuses to delete it. */
export function getSecretDependents(args: GetSecretDependentsArgs): Promise<SecretDependent[]> {
  if (isMocked()) return callMockForList("getSecretDependents", args, "dependents");
  const { secretId, workspace } = args;
  return callProvider(workspace, ({ getDependents }, workspaces) => getDependents(workspaces, secretId, workspace));
}

/** {@link getSecretDependents} for arguments that are outputs. */
export function getSecretDependentsOutput(args: Inputs<GetSecretDependentsArgs>): pulumi.Output<SecretDependent[]> {
  return pulumi.output(args).apply((known) => getSecretDependents(known));
}

/** Calls the mocks instead of the API. */
function callMock<T>(name: string, args: object): Promise<T> {
  return pulumi.runtime.invoke(tokenOf(name), { ...args });
}

/** Calls the mocks for a function that returns a list. A mock can only return an object, so the list is one of its properties. */
async function callMockForList<T>(name: string, args: object, property: string): Promise<T[]> {
  const answer = await callMock<Record<string, unknown>>(name, args);
  const list = answer?.[property];
  if (Array.isArray(list)) return list;
  throw programError(mockWithoutList({ property }, { step: "call the mock of", name: tokenOf(name) }));
}

function tokenOf(name: string): string {
  return `elevenlabs:index:${name}`;
}

type Provider = typeof import("pulumi-elevenlabs/provider");

/** Kept while the config stays the same, so that all calls share connections and the limit of concurrent requests. */
let opened: { config: string; workspaces: Workspaces } | undefined;

/** Runs a step with the provider's code in the program's own process. */
async function callProvider<T>(
  workspace: string | undefined,
  step: (provider: Provider, workspaces: Workspaces) => Promise<T>,
): Promise<T> {
  requireSettingsInConfig(workspace);
  // Load the provider at the first call, because a program that only declares resources needs no API client.
  const provider = await import("pulumi-elevenlabs/provider");
  try {
    return await step(provider, currentWorkspaces(provider));
  } catch (error) {
    throw asProgramError(error);
  }
}

function currentWorkspaces(provider: Provider): Workspaces {
  const values = settingsOfStack();
  const environment = provider.SETTING_VARIABLES.map((name) => process.env[name]);
  const config = JSON.stringify([values, environment]);
  if (opened?.config !== config) {
    provider.requireKnownSettings(Object.keys(values), pulumi.getProject());
    opened = { config, workspaces: new provider.Workspaces((key) => values[key], { ...process.env }) };
  }
  return opened.workspaces;
}
