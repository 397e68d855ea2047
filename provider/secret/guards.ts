import type { Secret } from "../api/client.js";
import type { Attempt } from "../messages/attempts.js";
import { Problem } from "../messages/problem.js";
import type { Workspace } from "../workspaces/workspace.js";

/** Without this, a config that points elsewhere would make every secret look gone, or delete one that happens to have its id. */
export function requireSameEndpoint(
  { name: workspace, endpoint: configured }: Workspace,
  stored: { endpoint?: string | undefined },
  attempt: Attempt,
): void {
  const { endpoint } = stored;
  if (endpoint === undefined || endpoint === configured) return;
  throw new Problem("endpoint-changed", { stored: endpoint, configured, workspace }, attempt);
}

/** A resource that adopted the secret before this one was diffed couldn't know that it has an owner. */
export function requireSoleOwner({ name, owners }: Workspace, id: string, resource: string, attempt: Attempt): void {
  const [owner] = owners.others(id, resource);
  if (owner) throw new Problem("two-owners", { owner, workspace: name }, attempt);
}

/** The API may let two secrets share a name; this provider never makes them do so. */
export async function requireFreeName(workspace: Workspace, { id, name }: Secret, attempt: Attempt): Promise<void> {
  const secrets = (await workspace.findByNameDirectly(name)).filter((secret) => secret.id !== id);
  if (secrets.length > 0) throw new Problem("new-name-taken", { name, secrets }, attempt);
}

/** The only secret of the list; undefined if it is empty. */
export function requireAtMostOne(
  secrets: Secret[],
  attempt: Attempt,
  chooseBy: "existingId" | "secretId" | "--id" | "import" = "existingId",
): Secret | undefined {
  if (secrets.length > 1) throw new Problem("several-with-this-name", { secrets, chooseBy }, attempt);
  return secrets[0];
}
