import { DEFAULT_WORKSPACE } from "../pulumi/configPath.js";
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
 * What the state keeps of a secret: what users see as outputs, and what diff and delete need of the last update. A stored
 * format: whatever was written here once must stay readable.
 */
export interface WorkspaceSecretState {
  /** The secret's id, by which agents and tools refer to it. */
  secretId: string;
  /** The name that the secret was last seen with. */
  name: string;
  /** The program's name, if the API stored another spelling of it, such as without blanks at its ends. */
  requestedName?: string;
  workspace: string;
  /** The base URL of the API where the secret lives, such as `https://api.elevenlabs.io`. */
  endpoint: string;
  /**
   * Tells this entry of the state from every other one: random characters. After a dot, a digest of the URL and the API key
   * that wrote the secret last. Missing in a state from before this output existed, until the next update.
   */
  mark?: string;
  /** Salted digest of the value that was last pushed. Missing if it isn't known which value is stored. */
  valueDigest?: string;
  triggersDigest?: string;
  /**
   * True while the secret still has the value with which it was adopted with `"keep"`. Missing means false; in a state from
   * before this output existed, it means true if `onExisting` is `"keep"`.
   */
  valueKept?: boolean;
  /**
   * True if it isn't known which value the workspace has, in the state of a host that is given the inputs of the last update.
   * Other states say it by a missing `valueDigest`.
   */
  valueUnknown?: boolean;
  existingId?: string;
  // Kept if they differ from the default.
  onExisting?: OnExisting;
  onNameChange?: OnNameChange;
  onInUse?: OnInUse;
}

/** A state of any age. Of the first version only the id is certain, which the engine keeps itself. */
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

/** Whether the secret already has this name, as far as the API stores it. */
export function isNamed(stored: StoredState, name: unknown): boolean {
  return name === stored.name || (stored.requestedName !== undefined && name === stored.requestedName);
}

/** Whether the program has never pushed the value that the workspace holds. */
export function isValueKept(stored: StoredState): boolean {
  return stored.valueKept ?? stored.onExisting === "keep";
}

/** A state from before some output existed. */
export function isOutdated(stored: StoredState): boolean {
  return stored.secretId === undefined || stored.endpoint === undefined;
}

/** The inputs that the state repeats as they are. */
export function keptInputs(inputs: Partial<WorkspaceSecretInputs>): Partial<WorkspaceSecretState> {
  const kept = [...GIVEN.filter((name) => inputs[name] !== undefined), ...changedPolicies(inputs, {})];
  return Object.fromEntries(kept.map((name) => [name, inputs[name]]));
}

/** The inputs that only the state keeps, and that differ between the two. */
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
