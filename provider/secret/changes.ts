import type { Action } from "../messages/problem.js";
import { keptValueAtRisk } from "../messages/secret.js";
import { type InputName, type PreviewInputs, UNKNOWN } from "./inputs.js";
import { changedPolicies, isImported, isNamed, isValueKept, type StoredState, workspaceOf } from "./state.js";
import type { PushedInput } from "./valueTracking.js";

/** The differences between the inputs and the last update. */
export interface Changes {
  /** All inputs that differ. */
  changed: InputName[];
  /** The changed inputs that require a new secret. */
  replacing: InputName[];
}

export function changesOf(
  { id, state }: { id: string; state: StoredState },
  inputs: PreviewInputs,
  pushed: PushedInput[],
): Changes {
  const { existingId, workspace, name } = inputs;
  // Don't replace because of an unknown input: the engine may delete the secret first, and find the real value later.
  const isMoved = workspace !== UNKNOWN && workspaceOf({ workspace }) !== workspaceOf(state);
  // If the workspace changes, the other differences from the old secret don't matter.
  if (isMoved) return { changed: ["workspace", ...pushed], replacing: ["workspace"] };
  const isNameChanged = !isNamed(state, name);
  const isIdKnown = existingId !== undefined && existingId !== UNKNOWN;
  const adoptsAnother = isIdKnown && existingId !== state.existingId && existingId !== id;
  // With `existingId`, a replacement would adopt the same secret again, so its name changes in place.
  const isRenamedInPlace = inputs.onNameChange === "rename" || existingId === id;
  const mayBeInPlace = [name, existingId, inputs.onNameChange].includes(UNKNOWN);
  const replacesByName = state.name !== undefined && isNameChanged && !isRenamedInPlace && !mayBeInPlace;
  return {
    changed: [
      ...(workspace === UNKNOWN ? (["workspace"] as const) : []),
      ...(isNameChanged ? (["name"] as const) : []),
      ...pushed,
      ...changedPolicies(inputs, state),
      ...(existingId === state.existingId ? [] : (["existingId"] as const)),
    ],
    replacing: [...(adoptsAnother ? (["existingId"] as const) : []), ...(replacesByName ? (["name"] as const) : [])],
  };
}

/**
 * Refuses to rename or replace a secret whose value the program has never pushed, because nobody could get that value back.
 * If `value` or `triggers` change in the same update, the user has chosen the program's value, so nothing is refused. The first
 * update after an import always pushes the program's value, so the user hasn't chosen that value to replace the secret.
 */
export function requireValueNotAtRisk(
  state: StoredState,
  inputs: PreviewInputs,
  {
    replacing,
    pushed,
    isShared,
    action,
  }: {
    replacing: InputName[];
    pushed: PushedInput[];
    /** Whether another entry has the secret too, so that a replacement deletes nothing. */
    isShared?: () => boolean;
    action: Action;
  },
): void {
  if (!isValueKept(state)) return;
  const isImport = isImported(state);
  const isReplacedImport = isImport && replacing.length > 0;
  if (pushed.length > 0 && (!isReplacedImport || isShared?.())) return;
  if ([inputs.name, inputs.workspace, inputs.existingId].includes(UNKNOWN)) return;
  const isRename = state.name !== undefined && !isNamed(state, inputs.name);
  if (!isRename && replacing.length === 0) return;
  const input = isRename ? "name" : (replacing[0] ?? "name");
  const isMoved = replacing.includes("workspace");
  const live = { name: isRename ? state.name : undefined, workspace: isMoved ? state.workspace : undefined };
  throw keptValueAtRisk({ input, live, isImport }, action);
}
