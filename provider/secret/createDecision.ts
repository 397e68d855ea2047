import type { Secret } from "../api/client.js";
import type { WorkspaceSecretInputs } from "./inputs.js";

/** The effect of a create, depending on the secrets that exist. */
export type CreateDecision =
  | { kind: "create" }
  | { kind: "adopt"; secret: Secret; keepsValue: boolean }
  // A create fails with the kinds below, until the program is changed.
  | { kind: "existing-id-not-found"; existingId: string }
  | { kind: "several-with-this-name"; secrets: Secret[] }
  | { kind: "name-taken"; secret: Secret };

/** `found`: the secret with the id `existingId`; without that input, the secrets with the name. */
export function decideCreate(
  { existingId, onExisting = "fail" }: Pick<WorkspaceSecretInputs, "existingId" | "onExisting">,
  found: Secret[],
): CreateDecision {
  const [secret, ...others] = found;
  if (!secret) return existingId === undefined ? { kind: "create" } : { kind: "existing-id-not-found", existingId };
  if (others.length > 0) return { kind: "several-with-this-name", secrets: found };
  if (existingId === undefined && onExisting === "fail") return { kind: "name-taken", secret };
  return { kind: "adopt", secret, keepsValue: onExisting === "keep" };
}
