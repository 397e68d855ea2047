import type { Secret } from "../provider/api/client.js";
import type { Workspace } from "../provider/workspaces/workspace.js";
import type { Owned } from "./stack.js";

/** How a secret of the state differs from what the workspace holds, as a refresh would find it. */
export type Drift = { owned: Owned } & (
  | { kind: "missing" }
  | { kind: "renamed"; now: Secret }
  /** Its id is gone, and other secrets have its name: made again by hand, or someone else's. */
  | { kind: "replaced"; now: Secret[] }
);

export interface WorkspaceDrift {
  workspace: Workspace;
  /** How many secrets of the state were looked for. */
  looked: number;
  drifts: Drift[];
  /** How many secrets of the workspace the stack does not own. */
  unmanaged: number;
}

/** Compares by one listing; what that lacks is asked for by its id, since a listing is no proof that a secret is gone. */
export async function findDrift(workspace: Workspace, owned: Owned[]): Promise<WorkspaceDrift> {
  const listed = new Map((await workspace.list()).map((secret) => [secret.id, secret]));
  const ids = new Set(owned.map(({ id }) => id));
  const others = [...listed.values()].filter(({ id }) => !ids.has(id));
  const found = await Promise.all(
    owned.map(async (one) => compared(one, listed.get(one.id) ?? (await workspace.findNow(one.id)), others)),
  );
  const drifts = found.filter((drift) => drift !== undefined);
  return { workspace, looked: owned.length, drifts, unmanaged: others.length };
}

function compared(owned: Owned, now: Secret | undefined, others: Secret[]): Drift | undefined {
  if (now) return owned.name === undefined || now.name === owned.name ? undefined : { owned, kind: "renamed", now };
  const namesakes = others.filter(({ name }) => name === owned.name);
  return namesakes.length === 0 ? { owned, kind: "missing" } : { owned, kind: "replaced", now: namesakes };
}
