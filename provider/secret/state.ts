import { DEFAULT_WORKSPACE } from "../workspaces/names.js";
import {
  INPUTS,
  type InputName,
  inputNames,
  type OnExisting,
  type OnInUse,
  type OnNameChange,
  type WorkspaceSecretInputs,
} from "./inputs.js";

/**
 * The state of a secret: the outputs that users see, and the properties that diff and delete need. A stored format: every
 * version of the provider must be able to read state written by earlier versions.
 */
export interface WorkspaceSecretState {
  /** The secret's id, by which agents and tools refer to it. */
  secretId: string;
  /** The secret's name when it was last seen. */
  name: string;
  /** The name in the program, if the API stored a different spelling, such as without spaces at the ends. */
  requestedName?: string;
  workspace: string;
  /** The base URL of the API that has the secret, such as `https://api.elevenlabs.io`. */
  endpoint: string;
  /**
   * Random characters that identify this entry of the state. Then, after dots, digests of the last URLs and API keys that wrote
   * or found the secret. Missing in a state from before this output existed, until the next update.
   */
  mark?: string;
  /** Salted digest of the value that was last pushed. Missing if it isn't known which value the workspace has. */
  valueDigest?: string;
  triggersDigest?: string;
  /**
   * True as long as the secret has the value that it was adopted with (`"keep"`). If this output is missing, the value is kept
   * only if `onExisting` is `"keep"`, as in a state from before this output existed.
   */
  valueKept?: boolean;
  /**
   * True if it isn't known which value the workspace has. Only in the plugin's state. In a dynamic provider's state, `valueDigest`
   * is missing instead.
   */
  valueUnknown?: boolean;
  /** True if the program only looks the secret up, as `get` does: then this entry doesn't own the secret. */
  lookedUp?: true;
  existingId?: string;
  // Stored only if they differ from the default.
  onExisting?: OnExisting;
  onNameChange?: OnNameChange;
  onInUse?: OnInUse;
}

/** State written by any version. For the first version, only the id is certain (the engine stores it). */
export type StoredState = Partial<WorkspaceSecretState>;

const POLICIES = inputNames(({ inState }) => inState === "unless-default");
const GIVEN = inputNames(({ inState }) => inState === "given");

export function stateOf(
  secret: { id: string; name: string },
  inputs: WorkspaceSecretInputs,
  workspace: { name: string; endpoint: string },
  { valueKept, mark }: { valueKept: boolean; mark: string },
): WorkspaceSecretState {
  return {
    secretId: secret.id,
    name: secret.name,
    ...(secret.name === inputs.name ? {} : { requestedName: inputs.name }),
    workspace: workspace.name,
    endpoint: workspace.endpoint,
    mark,
    ...keptInputs(inputs),
    ...(valueKept || inputs.onExisting === "keep" ? { valueKept } : {}),
  };
}

/** The state after the secret was seen in the workspace, perhaps with another name. */
export function stateAsSeen(
  found: { id: string; name: string },
  stored: StoredState,
  workspace: { name: string; endpoint: string },
): WorkspaceSecretState {
  const { requestedName, ...rest } = stored;
  // After a rename by hand, the name is no longer the API's spelling of the program's name.
  const isSpelling = requestedName !== undefined && found.name === stored.name;
  return {
    ...rest,
    secretId: found.id,
    name: found.name,
    ...(isSpelling ? { requestedName } : {}),
    workspace: workspace.name,
    endpoint: workspace.endpoint,
  };
}

/** Whether the secret already has this name, allowing for the API's spelling of the name. */
export function isNamed(stored: StoredState, name: unknown): boolean {
  return name === stored.name || (stored.requestedName !== undefined && name === stored.requestedName);
}

/** Whether the workspace still has a value that the program has never pushed. */
export function isValueKept(stored: StoredState): boolean {
  return stored.valueKept ?? stored.onExisting === "keep";
}

/** Whether the secret was imported, and nothing has been pushed since: only the workspace has its value. */
export function isImported({ valueUnknown, valueKept }: StoredState): boolean {
  return valueUnknown === true && valueKept === true;
}

/** Whether the state is from before some output existed. */
export function isOutdated(stored: StoredState): boolean {
  return stored.secretId === undefined || stored.endpoint === undefined;
}

/** The inputs that the state stores unchanged. */
export function keptInputs(inputs: Partial<WorkspaceSecretInputs>): Partial<WorkspaceSecretState> {
  const kept = [...GIVEN.filter((name) => inputs[name] !== undefined), ...changedPolicies(inputs, {})];
  return Object.fromEntries(kept.map((name) => [name, inputs[name]]));
}

/** The policy inputs (`onExisting`, ...) that differ between `a` and `b`. */
export function changedPolicies(
  a: { [Name in InputName]?: unknown },
  b: { [Name in InputName]?: unknown },
): InputName[] {
  const settingOf = (name: InputName, given: unknown) =>
    given ?? (INPUTS[name] as { defaultValue?: unknown }).defaultValue;
  return POLICIES.filter((name) => settingOf(name, a[name]) !== settingOf(name, b[name]));
}

export function workspaceOf({ workspace }: { workspace?: unknown }): string {
  return (workspace as string | undefined) ?? DEFAULT_WORKSPACE;
}
