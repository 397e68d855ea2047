import type { Secret } from "../api/client.js";
import { isSpellingOf } from "../api/spelling.js";
import type { Action, Problem } from "../messages/problem.js";
import { nameIgnored, newNameTaken, severalWithThisName } from "../messages/secret.js";
import type { Workspace } from "../workspaces/workspace.js";
import type { WorkspaceSecretInputs } from "./inputs.js";

/** The API may allow two secrets with one name, but this provider never gives a secret a name that is in use. */
export async function requireFreeName(workspace: Workspace, { id, name }: Secret, action: Action): Promise<void> {
  const secrets = (await workspace.findByNameDirectly(name)).filter((secret) => secret.id !== id);
  if (secrets.length > 0) throw newNameTaken({ name, secrets }, action);
}

/**
 * Returns a problem if the API has stored a different name from the requested name. The value is already pushed. If the stored name
 * was in use, undoes the rename.
 */
export async function problemWithName(
  workspace: Workspace,
  { pushed, before, inputs }: { pushed: Secret; before: Secret; inputs: WorkspaceSecretInputs },
  action: Action,
): Promise<Problem | undefined> {
  const { name } = pushed;
  if (name === inputs.name) return undefined;
  if (name === before.name) {
    const facts = { name: inputs.name, liveName: name };
    return isSpellingOf(name, inputs.name) ? undefined : nameIgnored(facts, action);
  }
  const secrets = (await workspace.findByNameDirectly(name).catch(() => [])).filter(({ id }) => id !== pushed.id);
  if (secrets.length === 0) return undefined;
  await workspace.update(pushed, { name: before.name, value: inputs.value });
  return newNameTaken({ name, secrets }, action);
}

/** Returns the only secret of the list. Undefined if the list is empty. */
export function requireAtMostOne(
  secrets: Secret[],
  action: Action,
  chooseBy: "existingId" | "secretId" | "--id" | "import" = "existingId",
): Secret | undefined {
  if (secrets.length > 1) throw severalWithThisName({ secrets, chooseBy }, action);
  return secrets[0];
}
