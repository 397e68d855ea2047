import type { Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import type { Action } from "../messages/problem.js";
import { importNotFound } from "../messages/secret.js";
import { withProblems } from "../workspaces/callProblems.js";
import { DEFAULT_WORKSPACE } from "../workspaces/names.js";
import type { Workspace } from "../workspaces/workspace.js";
import type { Workspaces } from "../workspaces/workspaces.js";
import { requireAtMostOne } from "./names.js";

/** A secret that a stack adopts without changes, and the workspace that has it. */
export interface ImportTarget {
  secret: Secret;
  workspace: Workspace;
}

/**
 * Finds the secret for `pulumi import` or a `get`, by ID or NAME, or by WORKSPACE/ID or WORKSPACE/NAME. An id wins over a name.
 * Throws `import-not-found` if there is no such secret, and `several-with-this-name` if several secrets match.
 */
export async function findToImport(
  workspaces: Workspaces,
  reference: string,
  workspaceName?: string,
): Promise<ImportTarget> {
  const whole = { workspace: workspaces.get(workspaceName ?? DEFAULT_WORKSPACE), reference };
  // A name may also contain a slash.
  const targets = [whole, ...(workspaceName === undefined ? partsOf(workspaces, reference) : [])];
  const found: ImportTarget[] = [];
  for (const target of targets) {
    const secret = await find(target);
    if (secret) found.push({ secret, workspace: target.workspace });
  }
  const { workspace } = whole;
  const action: Action = { step: "import secret", name: reference, workspace: workspace.name };
  requireAtMostOne(uniqueIn(found), action, "import");
  const [first] = found;
  if (first) return first;
  const { workspace: last, reference: shown } = targets.at(-1) ?? whole;
  throw importNotFound({ reference: shown, endpoint: last.endpoint }, { ...action, name: shown, workspace: last.name });
}

interface Target {
  workspace: Workspace;
  reference: string;
}

function find({ workspace, reference }: Target): Promise<Secret | undefined> {
  const action: Action = { step: "import secret", name: reference, workspace: workspace.name };
  return withProblems(workspace, { action }, async () => {
    const byId = await byIdIfPossible(workspace, reference);
    return byId ?? requireAtMostOne(await workspace.findByNameDirectly(reference), action, "import");
  });
}

/** Splits WORKSPACE/REFERENCE at the first slash. Returns an empty list if there is no such workspace. */
function partsOf(workspaces: Workspaces, text: string): Target[] {
  const slash = text.indexOf("/");
  const name = text.slice(0, Math.max(0, slash));
  return workspaces.names().includes(name)
    ? [{ workspace: workspaces.get(name), reference: text.slice(slash + 1) }]
    : [];
}

function uniqueIn(found: ImportTarget[]): Secret[] {
  return [...new Map(found.map(({ secret }) => [secret.id, secret])).values()];
}

/** Undefined if there is no such secret, or if the API refuses the id as invalid. */
async function byIdIfPossible(workspace: Workspace, id: string): Promise<Secret | undefined> {
  try {
    return await workspace.findDirectly(id);
  } catch (error) {
    if (error instanceof ApiError && error.isInvalidRequest) return undefined;
    throw error;
  }
}
