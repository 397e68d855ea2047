import type { Secret } from "../api/client.js";
import type { Attempt } from "../messages/problem.js";
import { newNameTaken, severalWithThisName } from "../messages/secret.js";
import type { Workspace } from "../workspaces/workspace.js";

/** The API may allow two secrets with one name, but this provider never gives a secret a name that is in use. */
export async function requireFreeName(workspace: Workspace, { id, name }: Secret, attempt: Attempt): Promise<void> {
  const secrets = (await workspace.findByNameDirectly(name)).filter((secret) => secret.id !== id);
  if (secrets.length > 0) throw newNameTaken({ name, secrets }, attempt);
}

/** Returns the only secret of the list. Undefined if the list is empty. */
export function requireAtMostOne(
  secrets: Secret[],
  attempt: Attempt,
  chooseBy: "existingId" | "secretId" | "--id" | "import" = "existingId",
): Secret | undefined {
  if (secrets.length > 1) throw severalWithThisName({ secrets, chooseBy }, attempt);
  return secrets[0];
}
