import { DEFAULT_WORKSPACE } from "../workspaces/settings.js";
import { canonical, digest } from "./digest.js";
import type { OnExisting, OnInUse, OnNameChange, WorkspaceSecretInputs } from "./inputs.js";

/**
 * What the state keeps of a secret: what users see as outputs, and what diff and delete need, since they see nothing else
 * of before. A stored format: whatever was once written here must stay readable.
 */
export interface WorkspaceSecretState {
  /** The secret's id, by which agents and tools refer to it. */
  secretId: string;
  /** The name that the secret was last seen under. */
  name: string;
  /** The program's name, where the API stored another spelling of it: without blanks at its ends, or in another case. */
  requestedName?: string;
  workspace: string;
  /** The API origin that the secret lives at, such as `https://api.elevenlabs.io`. */
  endpoint: string;
  /** Salted digest of the value that was last pushed; missing where it is not known which value is stored. */
  valueDigest?: string;
  triggersDigest?: string;
  /**
   * True while the value is the one that the secret had when it was adopted with `"keep"`. Missing means false, or in a
   * state from before this was kept: true if `onExisting` is `"keep"`.
   */
  valueKept?: boolean;
  existingId?: string;
  // Kept where they differ from the default.
  onExisting?: OnExisting;
  onNameChange?: OnNameChange;
  onInUse?: OnInUse;
}

/** A state of any age: of the first one only the id is sure, which the engine keeps itself. */
export type StoredState = Partial<WorkspaceSecretState>;

export const POLICY_DEFAULTS = { onExisting: "fail", onNameChange: "replace", onInUse: "fail" } as const;
const POLICIES = Object.keys(POLICY_DEFAULTS) as (keyof typeof POLICY_DEFAULTS)[];

export function newState(
  secret: { id: string; name: string },
  inputs: WorkspaceSecretInputs,
  workspace: { name: string; endpoint: string },
  { valueKept }: { valueKept: boolean },
): WorkspaceSecretState {
  return {
    secretId: secret.id,
    name: secret.name,
    ...(secret.name === inputs.name ? {} : { requestedName: inputs.name }),
    workspace: workspace.name,
    endpoint: workspace.endpoint,
    valueDigest: digest(inputs.value),
    ...kept(inputs),
    ...(valueKept || inputs.onExisting === "keep" ? { valueKept } : {}),
  };
}

/** Whether the secret has this name already, as far as the API stores it. */
export function isNamed(stored: StoredState, name: unknown): boolean {
  return name === stored.name || (stored.requestedName !== undefined && name === stored.requestedName);
}

/** Whether the program has never pushed the value that the workspace holds. */
export function isValueKept(stored: StoredState): boolean {
  return stored.valueKept ?? stored.onExisting === "keep";
}

/** The inputs that the state repeats. */
export function kept(inputs: WorkspaceSecretInputs): Partial<WorkspaceSecretState> {
  return {
    ...(inputs.triggers === undefined ? {} : { triggersDigest: digest(canonical(inputs.triggers)) }),
    ...(inputs.existingId === undefined ? {} : { existingId: inputs.existingId }),
    ...Object.fromEntries(changedPolicies(inputs, {}).map((policy) => [policy, inputs[policy]])),
  };
}

/** The policies that differ between the two. */
export function changedPolicies(
  a: { [Key in keyof typeof POLICY_DEFAULTS]?: unknown },
  b: { [Key in keyof typeof POLICY_DEFAULTS]?: unknown },
): (keyof typeof POLICY_DEFAULTS)[] {
  return POLICIES.filter((key) => (a[key] ?? POLICY_DEFAULTS[key]) !== (b[key] ?? POLICY_DEFAULTS[key]));
}

export function workspaceOf(part: { workspace?: string | undefined }): string {
  return part.workspace ?? DEFAULT_WORKSPACE;
}
