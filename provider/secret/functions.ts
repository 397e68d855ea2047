import type { Dependent, Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import type { Action, Problem } from "../messages/problem.js";
import { nameMismatch, noSecretGiven, secretNotFound } from "../messages/secret.js";
import { withProblems } from "../workspaces/callProblems.js";
import { DEFAULT_WORKSPACE } from "../workspaces/names.js";
import type { Workspace } from "../workspaces/workspace.js";
import type { Workspaces } from "../workspaces/workspaces.js";
import { requireAtMostOne } from "./names.js";

/** Identifies a secret by `secretId`, by `name`, or by both. */
export interface SecretSelector {
  secretId?: string;
  name?: string;
}

/** The caller, so that errors can suggest the matching command or function. */
export type Caller = "function" | "command";

/** Finds the secret with this id or exactly this name. Throws unless there is exactly one. */
export async function findSecret(
  workspace: Workspace,
  { secretId, name }: SecretSelector,
  { action, caller }: { action: Action; caller: Caller },
): Promise<Secret> {
  if (!secretId && !name) throw noSecretGiven({}, action);
  const found =
    secretId === undefined ? await workspace.findByNameDirectly(name ?? "") : [await workspace.findDirectly(secretId)];
  const secrets = found.filter((secret) => secret !== undefined);
  const secret = requireAtMostOne(secrets, action, caller === "function" ? "secretId" : "--id");
  if (!secret) throw notFound(workspace, { action, caller });
  if (name !== undefined && secret.name !== name) throw nameMismatch({ name }, action);
  return secret;
}

/** Lists everything that uses the secret, across all pages. */
export async function findDependents(
  workspace: Workspace,
  id: string,
  { action, caller }: { action: Action; caller: Caller },
): Promise<Dependent[]> {
  try {
    return await workspace.dependents(id);
  } catch (error) {
    throw error instanceof ApiError && error.isNotFound ? notFound(workspace, { action, caller }) : error;
  }
}

export function getSecret(workspaces: Workspaces, key: SecretSelector, workspaceName?: string): Promise<Secret> {
  const action: Action = {
    step: "look up secret",
    name: key.secretId ?? key.name ?? "",
    workspace: nameOf(workspaceName),
  };
  const workspace = workspaces.get(workspaceName);
  return withProblems(workspace, { action, sendsOnlyId: key.secretId !== undefined }, () =>
    findSecret(workspace, key, { action, caller: "function" }),
  );
}

/** Lists all secrets, or only the secrets whose names start with `prefix`. */
export function listSecrets(workspaces: Workspaces, prefix?: string, workspaceName?: string): Promise<Secret[]> {
  const workspace = workspaces.get(workspaceName);
  const action: Action = { step: "list the secrets", workspace: nameOf(workspaceName) };
  return withProblems(workspace, { action }, () => workspace.list(prefix));
}

export function getDependents(workspaces: Workspaces, secretId: string, workspaceName?: string): Promise<Dependent[]> {
  const workspace = workspaces.get(workspaceName);
  const action: Action = { step: "list the dependents of secret", name: secretId, workspace: nameOf(workspaceName) };
  return withProblems(workspace, { action, sendsOnlyId: true }, () =>
    findDependents(workspace, secretId, { action, caller: "function" }),
  );
}

function notFound({ endpoint }: Workspace, { action, caller }: { action: Action; caller: Caller }): Problem {
  return secretNotFound({ endpoint, listedBy: caller }, action);
}

function nameOf(workspaceName: string | undefined): string {
  return workspaceName ?? DEFAULT_WORKSPACE;
}
