import { canonical, digest, isDigestOf } from "./digest.js";
import { type PreviewInputs, UNKNOWN, type WorkspaceSecretInputs } from "./inputs.js";
import type { StoredState } from "./state.js";

/** An input whose change pushes the value again. */
export type PushedInput = "value" | "triggers";

/** How the state of a host remembers which value and triggers were pushed last. */
export interface PushMemory {
  /** What the state keeps after these inputs were pushed. */
  remember(inputs: WorkspaceSecretInputs): StoredState;
  /** What the state keeps after an update that pushed nothing. */
  keep(stored: StoredState): StoredState;
  /** The state when it is no longer known which value the workspace has. */
  forget<State extends StoredState>(stored: State): State;
  /** The inputs that differ from what was pushed last, or that aren't known yet. `olds` are the inputs of the last update. */
  changed(stored: StoredState, inputs: PreviewInputs, olds?: Record<string, unknown>): PushedInput[];
}

/** Salted digests of value and triggers, for a host that isn't given the inputs of the last update. */
export const digestMemory: PushMemory = {
  remember: ({ value, triggers }) => ({
    valueDigest: digest(value),
    ...(triggers === undefined ? {} : { triggersDigest: digest(canonical(triggers)) }),
  }),
  keep: ({ valueDigest, triggersDigest }) => ({
    ...(valueDigest === undefined ? {} : { valueDigest }),
    ...(triggersDigest === undefined ? {} : { triggersDigest }),
  }),
  forget({ valueDigest: _, ...rest }) {
    return rest as never;
  },
  changed(stored, { value, triggers }) {
    // Without a digest, it isn't known which value the workspace has.
    const isValueChanged = value === UNKNOWN || !isDigestOf(stored.valueDigest, value);
    const areTriggersChanged =
      triggers === undefined
        ? stored.triggersDigest !== undefined
        : triggers === UNKNOWN || !isDigestOf(stored.triggersDigest, canonical(triggers));
    return [...(isValueChanged ? (["value"] as const) : []), ...(areTriggersChanged ? (["triggers"] as const) : [])];
  },
};

/** For a host that is given the inputs of the last update, so that its state needs no digests. */
export const inputMemory: PushMemory = {
  remember: () => ({}),
  keep: ({ valueUnknown }) => (valueUnknown === undefined ? {} : { valueUnknown }),
  forget: (state) => ({ ...state, valueUnknown: true }),
  changed({ valueUnknown }, { value, triggers }, olds = {}) {
    const isValueChanged = valueUnknown === true || value !== olds.value;
    const areTriggersChanged = triggers === UNKNOWN || !isSame(triggers, olds.triggers);
    return [...(isValueChanged ? (["value"] as const) : []), ...(areTriggersChanged ? (["triggers"] as const) : [])];
  },
};

function isSame(a: unknown, b: unknown): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}
