import type { Dependent, Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import { Problem } from "../messages/problem.js";
import type { Workspaces } from "../workspaces/registry.js";
import { DEFAULT_WORKSPACE } from "../workspaces/settings.js";
import type { Workspace } from "../workspaces/workspace.js";
import { type Action, actionText, explained, idsText } from "./explain.js";

/** Names a secret: by `secretId`, or by `name`. */
export interface SecretKey {
  secretId?: string;
  name?: string;
}

/** The one secret of this id or this exact name. */
export function getSecret(workspaces: Workspaces, key: SecretKey, workspaceName?: string): Promise<Secret> {
  const { secretId, name } = key;
  const action = { verb: "look up", name: secretId ?? name ?? "" };
  return perform(workspaces, workspaceName, action, async (workspace, where) => {
    if ((secretId ?? "") === "" && (name ?? "") === "") {
      throw new Problem(actionText(where), "neither secretId nor name is given", "Give one of the two.");
    }
    const byId = secretId === undefined ? undefined : await workspace.findNow(secretId);
    const found = secretId === undefined ? await workspace.namedNow(name ?? "") : byId ? [byId] : [];
    const [secret] = found;
    if (!secret) throw noSuchSecret(where);
    if (found.length > 1) {
      throw new Problem(
        actionText(where),
        `several secrets have this name: ${idsText(found)}`,
        "Choose one by its secretId.",
      );
    }
    if (name !== undefined && secret.name !== name) {
      throw new Problem(actionText(where), `it is not named ${JSON.stringify(name)}`, "Give secretId or name alone.");
    }
    return secret;
  });
}

/** All secrets, or those whose names start with `prefix`. */
export function listSecrets(workspaces: Workspaces, prefix?: string, workspaceName?: string): Promise<Secret[]> {
  return perform(workspaces, workspaceName, { verb: "list" }, async (workspace) => {
    const secrets = await workspace.list(prefix);
    return secrets.filter(({ name }) => name.startsWith(prefix ?? ""));
  });
}

/** Everything that uses the secret, across all pages. */
export function getDependents(workspaces: Workspaces, secretId: string, workspaceName?: string): Promise<Dependent[]> {
  const action = { verb: "list the dependents of", name: secretId };
  return perform(workspaces, workspaceName, action, async (workspace, where) => {
    try {
      return await workspace.dependents(secretId);
    } catch (error) {
      throw error instanceof ApiError && error.isNotFound ? noSuchSecret(where) : error;
    }
  });
}

function noSuchSecret(action: Action): Problem {
  return new Problem(
    actionText(action),
    "the workspace has no such secret",
    "Check the spelling, and whether the key is of the workspace that holds it; listWorkspaceSecrets() gives all of them.",
  );
}

async function perform<T>(
  workspaces: Workspaces,
  name: string | undefined,
  action: Omit<Action, "workspace">,
  step: (workspace: Workspace, action: Action) => Promise<T>,
): Promise<T> {
  const where: Action = { ...action, workspace: name ?? DEFAULT_WORKSPACE };
  const workspace = workspaces.get(name);
  try {
    return await step(workspace, where);
  } catch (error) {
    throw explained(error, where, workspace, { configMayBeStale: false });
  }
}
