import * as pulumi from "@pulumi/pulumi";
import type {
  GetSecretDependentsArgs,
  GetWorkspaceSecretArgs,
  ListWorkspaceSecretsArgs,
  SecretDependent,
  WorkspaceSecretResult,
} from "../functions.js";
import { isMocked } from "../mocks.js";
import { programError } from "../programError.js";
import { pluginOptions } from "./pluginOptions.js";

type Inputs<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/** Looks up one secret by its id or its exact name. Fails if no secret matches, or if several have the name. */
export function getWorkspaceSecret(
  args: GetWorkspaceSecretArgs,
  opts?: pulumi.InvokeOptions,
): Promise<WorkspaceSecretResult> {
  return invoke("getWorkspaceSecret", args, opts);
}

/** {@link getWorkspaceSecret} for arguments that are outputs. */
export function getWorkspaceSecretOutput(
  args: Inputs<GetWorkspaceSecretArgs>,
  opts?: pulumi.InvokeOptions,
): pulumi.Output<WorkspaceSecretResult> {
  return pulumi.output(args).apply((known) => getWorkspaceSecret(known, opts));
}

/** Lists the secrets of a workspace across all pages: all secrets, or all whose names start with a prefix. */
export async function listWorkspaceSecrets(
  args: ListWorkspaceSecretsArgs = {},
  opts?: pulumi.InvokeOptions,
): Promise<WorkspaceSecretResult[]> {
  const { secrets } = await invoke<{ secrets: WorkspaceSecretResult[] }>("listWorkspaceSecrets", args, opts);
  return secrets;
}

/** {@link listWorkspaceSecrets} for arguments that are outputs. */
export function listWorkspaceSecretsOutput(
  args: Inputs<ListWorkspaceSecretsArgs> = {},
  opts?: pulumi.InvokeOptions,
): pulumi.Output<WorkspaceSecretResult[]> {
  return pulumi.output(args).apply((known) => listWorkspaceSecrets(known, opts));
}

/** Lists everything that uses a secret and so blocks its deletion, across all pages. */
export async function getSecretDependents(
  args: GetSecretDependentsArgs,
  opts?: pulumi.InvokeOptions,
): Promise<SecretDependent[]> {
  const { dependents } = await invoke<{ dependents: SecretDependent[] }>("getSecretDependents", args, opts);
  return dependents;
}

/** {@link getSecretDependents} for arguments that are outputs. */
export function getSecretDependentsOutput(
  args: Inputs<GetSecretDependentsArgs>,
  opts?: pulumi.InvokeOptions,
): pulumi.Output<SecretDependent[]> {
  return pulumi.output(args).apply((known) => getSecretDependents(known, opts));
}

async function invoke<Answer>(name: string, args: object, opts: pulumi.InvokeOptions = {}): Promise<Answer> {
  try {
    return await pulumi.runtime.invoke(`elevenlabs:index:${name}`, { ...args }, { ...pluginOptions(), ...opts });
  } catch (error) {
    // A `RunError` that isn't caught is shown without a stack trace. A gRPC error is kept: it means that the engine has
    // ended, and Pulumi's SDK handles it.
    const isOfPlugin = error instanceof Error && !("code" in error) && !isMocked();
    throw isOfPlugin ? programError(error) : error;
  }
}
