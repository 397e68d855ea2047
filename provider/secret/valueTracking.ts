import { canonical, digest, isDigestOf } from "./digest.js";
import { type PreviewInputs, UNKNOWN, type WorkspaceSecretInputs } from "./inputs.js";
import { isImported, isValueKept, type StoredState } from "./state.js";

/** An input that pushes the value again if it changes. */
export type PushedInput = "value" | "triggers";

/** Records in the state of a host which value and triggers were pushed last. */
export interface ValueTracking {
  /** Returns the record for the state after these inputs were pushed. */
  remember(inputs: WorkspaceSecretInputs): StoredState;
  /** Returns the record for the state after an update with these inputs that pushed nothing. */
  keep(stored: StoredState, inputs: WorkspaceSecretInputs): StoredState;
  /** Returns the state if it is no longer known which value the workspace has. */
  forget<State extends StoredState>(stored: State): State;
  /** Returns the inputs that differ from the last push, or that aren't known yet. `olds` are the inputs of the last update. */
  changed(stored: StoredState, inputs: PreviewInputs, olds?: Record<string, unknown>): PushedInput[];
}

/** Salted digests of value and triggers, for a host that doesn't get the inputs of the last update from the engine. */
export const trackingByDigest: ValueTracking = {
  remember: ({ value, triggers }) => ({
    valueDigest: digest(value),
    ...(triggers === undefined ? {} : { triggersDigest: digest(canonical(triggers)) }),
  }),
  keep: (stored, inputs) => {
    const { valueDigest, triggersDigest } = stored;
    // The plugin has written this state. Record the program's value now, so that its next change is pushed.
    if (valueDigest === undefined) return trackingByDigest.remember(inputs);
    return { valueDigest, ...(triggersDigest === undefined ? {} : { triggersDigest }) };
  },
  forget({ valueDigest: _, ...rest }) {
    return rest as never;
  },
  changed(stored, { value, triggers }) {
    // The plugin's state has no digests, and a kept value must not be overwritten because of that.
    if (stored.valueDigest === undefined && isValueKept(stored)) return [];
    // Without a digest, it isn't known which value the workspace has.
    const isValueChanged = value === UNKNOWN || !isDigestOf(stored.valueDigest, value);
    const areTriggersChanged =
      triggers === undefined
        ? stored.triggersDigest !== undefined
        : triggers === UNKNOWN || !isDigestOf(stored.triggersDigest, canonical(triggers));
    return inputsThat({ value: isValueChanged, triggers: areTriggersChanged });
  },
};

/** For a host that gets the inputs of the last update from the engine, so that its state needs no digests. */
export const trackingByInput: ValueTracking = {
  remember: () => ({}),
  keep: (stored) => (stored.valueUnknown && !isImported(stored) ? { valueUnknown: true } : {}),
  forget: (state) => ({ ...state, valueUnknown: true }),
  changed(stored, inputs, olds = {}) {
    const differ = differing(inputs, olds);
    if (isImported(stored)) {
      const isLeftAlone = inputs.value === undefined || [inputs.onExisting, olds.onExisting].includes("keep");
      if (!isLeftAlone) return inputsThat({ value: true, triggers: differ.includes("triggers") });
      // `pulumi import` records no value, so the program's first value isn't a change.
      return olds.value === undefined ? [] : differ;
    }
    const isValueToBePushed = stored.valueUnknown === true || differ.includes("value");
    return inputsThat({ value: isValueToBePushed, triggers: differ.includes("triggers") });
  },
};

/** Returns the inputs that differ from the last update, or that aren't known yet. */
export function differing(
  { value, triggers }: { value?: unknown; triggers?: unknown },
  olds: Record<string, unknown>,
): PushedInput[] {
  const areTriggersSame = triggers !== UNKNOWN && canonical(triggers ?? null) === canonical(olds.triggers ?? null);
  return inputsThat({ value: value !== olds.value, triggers: !areTriggersSame });
}

function inputsThat(changed: Record<PushedInput, boolean>): PushedInput[] {
  return (["value", "triggers"] as const).filter((input) => changed[input]);
}
