import type { Secret } from "../../provider/api/client.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import type { OwnedSecret } from "../pulumi/output.js";

/** The difference between a secret in the state and the workspace, as a refresh would find it. */
export type Drift = { owned: OwnedSecret } & (
  | { kind: "missing" }
  | { kind: "renamed"; found: Secret }
  /** The id is gone, and other secrets have the name: someone created the secret again by hand, or they are unrelated. */
  | { kind: "replaced"; namesakes: Secret[] }
);

export interface WorkspaceDrift {
  /** The provider whose config describes the workspace. */
  provider: string;
  workspace: Workspace;
  /** The number of secrets in the state that were compared. */
  compared: number;
  drifts: Drift[];
  /** The number of secrets in the workspace that the stack doesn't own. */
  unmanaged: number;
}

/** Compares with one list. A list may lag behind, so a secret that it lacks is looked up by id. */
export async function findDrift(
  workspace: Workspace,
  { owned, provider, everyOwnedId }: { owned: OwnedSecret[]; provider: string; everyOwnedId: Set<string> },
): Promise<WorkspaceDrift> {
  const listed = new Map((await workspace.list()).map((secret) => [secret.id, secret]));
  const others = [...listed.values()].filter(({ id }) => !everyOwnedId.has(id));
  const drifts = await Promise.all(
    owned.map(async (one) => driftOf(one, listed.get(one.id) ?? (await workspace.findDirectly(one.id)), others)),
  );
  return {
    provider,
    workspace,
    compared: owned.length,
    drifts: drifts.filter((drift) => drift !== undefined),
    unmanaged: others.length,
  };
}

function driftOf(owned: OwnedSecret, found: Secret | undefined, others: Secret[]): Drift | undefined {
  if (found) {
    const isSame = owned.name === undefined || found.name === owned.name;
    return isSame ? undefined : { owned, kind: "renamed", found };
  }
  const namesakes = others.filter(({ name }) => name === owned.name);
  return namesakes.length === 0 ? { owned, kind: "missing" } : { owned, kind: "replaced", namesakes };
}
