import type { Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import type { Attempt } from "../messages/attempts.js";
import { Problem } from "../messages/problem.js";
import { DEFAULT_WORKSPACE } from "../pulumi/configPath.js";
import { withProblems } from "../workspaces/callProblems.js";
import type { Workspaces } from "../workspaces/registry.js";
import type { Workspace } from "../workspaces/workspace.js";
import { requireAtMostOne } from "./guards.js";

/** A secret that a stack is to adopt as it is, and the workspace that has it. */
export interface Found {
  secret: Secret;
  workspace: Workspace;
}

/**
 * The secret that `pulumi import` or a `get` names: by ID or NAME, or as WORKSPACE/ID or WORKSPACE/NAME. An id wins over a
 * name. Throws `import-not-found` if there is none.
 */
export async function findToImport(workspaces: Workspaces, reference: string, workspaceName?: string): Promise<Found> {
  const target = targetOf(workspaces, reference, workspaceName);
  const workspace = workspaces.get(target.workspace);
  const attempt: Attempt = { step: "import", name: target.reference, workspace: target.workspace };
  const secret = await withProblems(workspace, { attempt }, async () => {
    const byId = await byIdIfPossible(workspace, target.reference);
    return byId ?? requireAtMostOne(await workspace.findByNameDirectly(target.reference), attempt, "import");
  });
  if (secret) return { secret, workspace };
  throw new Problem("import-not-found", { reference: target.reference, endpoint: workspace.endpoint }, attempt);
}

/** What comes before a slash is a workspace only if one is configured with that name: a secret's name may have a slash, too. */
function targetOf(workspaces: Workspaces, reference: string, workspaceName: string | undefined) {
  if (workspaceName !== undefined) return { workspace: workspaceName, reference };
  const slash = reference.indexOf("/");
  const prefix = reference.slice(0, Math.max(0, slash));
  return workspaces.names().includes(prefix)
    ? { workspace: prefix, reference: reference.slice(slash + 1) }
    : { workspace: DEFAULT_WORKSPACE, reference };
}

/** Undefined also if the API says that this can't be an id. */
async function byIdIfPossible(workspace: Workspace, id: string): Promise<Secret | undefined> {
  try {
    return await workspace.findDirectly(id);
  } catch (error) {
    if (error instanceof ApiError && error.isInvalidRequest) return undefined;
    throw error;
  }
}
