import * as pulumi from "@pulumi/pulumi";
import type { Dependent, Workspaces } from "pulumi-elevenlabs/provider";
import { isUnderMocks } from "./programChecks.js";

/** A secret of a workspace, without its value: the API never returns one. */
export interface WorkspaceSecretResult {
  secretId: string;
  name: string;
}

/** Which secret: by its id, or by its exact name. */
export interface GetWorkspaceSecretArgs {
  secretId?: string | undefined;
  name?: string | undefined;
  /** A name of `elevenlabs:workspaces`. Default: the workspace of the top-level config. */
  workspace?: string | undefined;
}

export interface ListWorkspaceSecretsArgs {
  /** Only secrets whose names start with this. Default: all. */
  prefix?: string | undefined;
  /** A name of `elevenlabs:workspaces`. Default: the workspace of the top-level config. */
  workspace?: string | undefined;
}

export interface GetSecretDependentsArgs {
  secretId: string;
  /** A name of `elevenlabs:workspaces`. Default: the workspace of the top-level config. */
  workspace?: string | undefined;
}

/** Something that uses a secret: an agent, a tool, a phone number, an MCP server, or something that the API names by a word. */
export type SecretDependent = Dependent;

type Inputs<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/**
 * Looks up one secret by id or by exact name. Fails where there is none, or several of the name.
 *
 * In a program the config is the stack's; elsewhere, as in a script, it is the environment's (`ELEVENLABS_API_KEY`). As
 * every function, it calls the API at preview too.
 *
 * @example
 * ```ts
 * const { secretId } = await getWorkspaceSecret({ name: "CRM_TOKEN" });
 * ```
 */
export function getWorkspaceSecret(args: GetWorkspaceSecretArgs): Promise<WorkspaceSecretResult> {
  if (isUnderMocks()) return mocked("getWorkspaceSecret", args);
  const { workspace, ...key } = args;
  return call(async ({ getSecret }, workspaces) => {
    const { id, name } = await getSecret(workspaces, key, workspace);
    return { secretId: id, name };
  });
}

/** {@link getWorkspaceSecret} for arguments that are outputs. */
export function getWorkspaceSecretOutput(args: Inputs<GetWorkspaceSecretArgs>): pulumi.Output<WorkspaceSecretResult> {
  return pulumi.output(args).apply((known) => getWorkspaceSecret(known));
}

/** Lists the secrets of a workspace, all of them or those of a prefix, across all pages. */
export function listWorkspaceSecrets(args: ListWorkspaceSecretsArgs = {}): Promise<WorkspaceSecretResult[]> {
  if (isUnderMocks()) return mockedList("listWorkspaceSecrets", args, "secrets");
  return call(async ({ listSecrets }, workspaces) => {
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

/** Lists everything that uses a secret, across all pages: what stands in the way of deleting it. */
export function getSecretDependents(args: GetSecretDependentsArgs): Promise<SecretDependent[]> {
  if (isUnderMocks()) return mockedList("getSecretDependents", args, "dependents");
  const { secretId, workspace } = args;
  return call(({ getDependents }, workspaces) => getDependents(workspaces, secretId, workspace));
}

/** {@link getSecretDependents} for arguments that are outputs. */
export function getSecretDependentsOutput(args: Inputs<GetSecretDependentsArgs>): pulumi.Output<SecretDependent[]> {
  return pulumi.output(args).apply((known) => getSecretDependents(known));
}

/** What `call` of the mocks answers for `elevenlabs:index:` and the function's name. */
function mocked<T>(name: string, args: object): Promise<T> {
  return pulumi.runtime.invoke(`elevenlabs:index:${name}`, { ...args });
}

/** A mock answers with an object, so a list is one property of it. */
async function mockedList<T>(name: string, args: object, property: string): Promise<T[]> {
  const answer = await mocked<Record<string, unknown>>(name, args);
  const list = answer?.[property];
  if (Array.isArray(list)) return list;
  throw new pulumi.RunError(
    `The mocks answer elevenlabs:index:${name} without a list of ${property}.\n` +
      `Return  { ${property}: [] }  or more from  call  of  pulumi.runtime.setMocks`,
  );
}

type Provider = typeof import("pulumi-elevenlabs/provider");

const KEYS = ["apiKey", "region", "baseUrl", "timeoutSeconds", "maxRetries", "maxConcurrency", "workspaces"];

/** Kept while the config stays the same, so that calls share their connections and their limit. */
let opened: { config: string; workspaces: Workspaces } | undefined;

async function call<T>(step: (provider: Provider, workspaces: Workspaces) => Promise<T>): Promise<T> {
  // Loaded at the first call: a program that only declares resources needs no API client.
  const provider = await import("pulumi-elevenlabs/provider");
  const read = (key: string) => pulumi.runtime.getConfig(`elevenlabs:${key}`);
  const { ELEVENLABS_API_KEY, ELEVENLABS_REGION, ELEVENLABS_BASE_URL } = process.env;
  const config = JSON.stringify([KEYS.map(read), ELEVENLABS_API_KEY, ELEVENLABS_REGION, ELEVENLABS_BASE_URL]);
  if (opened?.config !== config) {
    const values = new Map(KEYS.map((key) => [key, read(key)]));
    opened = { config, workspaces: new provider.Workspaces((key) => values.get(key), { ...process.env }) };
  }
  try {
    return await step(provider, opened.workspaces);
  } catch (error) {
    // A program that does not handle it then ends with the message alone.
    throw error instanceof provider.Problem ? new pulumi.RunError(error.message) : error;
  }
}
