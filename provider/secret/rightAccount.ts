import type { Action, Problem } from "../messages/problem.js";
import { wrongAccount } from "../messages/secret.js";
import type { StoredEntry } from "../ownership/account.js";
import type { CalledWorkspace } from "../workspaces/callProblems.js";
import type { Workspace } from "../workspaces/workspace.js";

/** A route that doesn't lead to the account of an entry of the state. */
export interface WrongAccount {
  workspace: string;
  provider?: string | undefined;
  endpoint: string;
  keySource: CalledWorkspace["keySource"];
  /** The endpoint in the state. Undefined if it is the same as `endpoint`, or unknown. */
  storedEndpoint: string | undefined;
  urn?: string | undefined;
  /** Whether the command uses the config of the last update, not the current config. */
  configMayBeStale?: boolean;
}

/** Call this if the API has no such secret. Throws unless this is the account that had it: another account never has it. */
export async function requireRightAccount(
  workspace: Workspace,
  entry: StoredEntry & { urn?: string },
  action: Action,
  { configMayBeStale = false } = {},
): Promise<void> {
  if (await workspace.account.isRightFor(entry, workspace.signal)) return;
  const stored = entry.state.endpoint;
  throw accountProblem(
    workspace,
    { storedEndpoint: stored === workspace.endpoint ? undefined : stored, urn: entry.urn, configMayBeStale },
    action,
  );
}

function accountProblem(
  { name, provider, endpoint, keySource }: Workspace,
  facts: Partial<Pick<WrongAccount, "storedEndpoint" | "urn" | "configMayBeStale">>,
  action: Action,
): Problem {
  const { storedEndpoint, ...others } = facts;
  return wrongAccount({ workspace: name, provider, endpoint, keySource, storedEndpoint, ...others }, action);
}

/** Call this before a create. Throws if the stack's other secrets are known, but this isn't the account that has them. */
export async function requireStacksAccount(workspace: Workspace, action: Action): Promise<void> {
  const { account } = workspace;
  const entries = account.entriesToAskFor;
  for (const entry of entries) {
    // If this request fails, the account is unknown, so the create must fail.
    if (await workspace.findDirectly(entry.id)) return account.noteFound(entry);
  }
  if (entries.length === 0) return;
  throw accountProblem(workspace, {}, action);
}
