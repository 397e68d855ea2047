import type { Secret } from "../api/client.js";
import type { Attempt } from "../messages/attempts.js";
import { Problem } from "../messages/problem.js";
import type { StoredEntry } from "../ownership/account.js";
import type { Workspace } from "../workspaces/workspace.js";

/** The API has no such secret. That means "gone" only if this is the account that had it: otherwise, nothing is known. */
export async function requireRightAccount(
  workspace: Workspace,
  entry: StoredEntry & { urn?: string },
  attempt: Attempt,
): Promise<void> {
  if (await workspace.account.isRightFor(entry, workspace.signal)) return;
  const stored = entry.state.endpoint;
  throw wrongAccount(
    workspace,
    { storedEndpoint: stored === workspace.endpoint ? undefined : stored, ...entry },
    attempt,
  );
}

function wrongAccount(
  { name, endpoint, keySource }: Workspace,
  { storedEndpoint, urn }: { storedEndpoint?: string | undefined; urn?: string },
  attempt: Attempt,
): Problem {
  const { provider } = attempt;
  return new Problem("wrong-account", { workspace: name, provider, endpoint, keySource, storedEndpoint, urn }, attempt);
}

/** Before something new is made: whether this is the account that has the stack's other secrets, as far as they are known. */
export async function requireStacksAccount(workspace: Workspace, attempt: Attempt): Promise<void> {
  const { account } = workspace;
  const entries = account.entriesToAskFor;
  for (const entry of entries) {
    // If that fails, nothing is known, and a secret may not be created on trust.
    if (await workspace.findDirectly(entry.id)) return account.noteFound(entry);
  }
  if (entries.length === 0) return;
  throw wrongAccount(workspace, {}, attempt);
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
