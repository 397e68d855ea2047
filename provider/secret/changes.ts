import type { Attempt } from "../messages/attempts.js";
import { Problem } from "../messages/problem.js";
import { type InputName, type PreviewInputs, UNKNOWN } from "./inputs.js";
import type { PushedInput } from "./pushed.js";
import { changedPolicies, isNamed, isValueKept, type StoredState, workspaceOf } from "./state.js";

/** How the inputs differ from the last update. */
export interface Changes {
  /** All inputs that differ. */
  changed: InputName[];
  /** Those whose change requires a new secret. */
  replacing: InputName[];
}

export function changesOf(
  { id, state }: { id: string; state: StoredState },
  inputs: PreviewInputs,
  pushed: PushedInput[],
): Changes {
  const { existingId, workspace, name } = inputs;
  // An input that isn't known yet is no reason to replace: the engine may delete first and ask for the real value later.
  const isMoved = workspace !== UNKNOWN && workspaceOf({ workspace }) !== workspaceOf(state);
  // In another workspace, nothing of the old secret counts.
  if (isMoved) return { changed: ["workspace", ...pushed], replacing: ["workspace"] };
  const isNameChanged = !isNamed(state, name);
  const isIdKnown = existingId !== undefined && existingId !== UNKNOWN;
  const adoptsAnother = isIdKnown && existingId !== state.existingId && existingId !== id;
  // With `existingId`, a replacement would adopt this very secret again, so its name changes in place.
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
 * A change of `value` or `triggers` in the same update says that the program's value counts from now on.
 */
export function requireValueNotAtRisk(
  state: StoredState,
  inputs: PreviewInputs,
  { replacing, pushed, attempt }: { replacing: InputName[]; pushed: PushedInput[]; attempt: Attempt },
): void {
  if (!isValueKept(state) || pushed.length > 0) return;
  if ([inputs.name, inputs.workspace, inputs.existingId].includes(UNKNOWN)) return;
  const isRename = state.name !== undefined && !isNamed(state, inputs.name);
  if (!isRename && replacing.length === 0) return;
  const input = isRename ? "name" : (replacing[0] ?? "name");
  throw new Problem("kept-value-at-risk", { input, liveName: isRename ? state.name : undefined }, attempt);
}
