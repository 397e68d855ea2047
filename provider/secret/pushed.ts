import { canonical, digest, isDigestOf } from "./digest.js";
import { type PreviewInputs, UNKNOWN, type WorkspaceSecretInputs } from "./inputs.js";
import { isValueKept, type StoredState } from "./state.js";

/** An input whose change pushes the value again. */
export type PushedInput = "value" | "triggers";

/** How the state of a host remembers which value and triggers were pushed last. */
export interface PushMemory {
  /** What the state keeps after these inputs were pushed. */
  remember(inputs: WorkspaceSecretInputs): StoredState;
  /** What the state keeps after an update with these inputs that pushed nothing. */
  keep(stored: StoredState, inputs: WorkspaceSecretInputs): StoredState;
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
  keep: (stored, inputs) => {
    const { valueDigest, triggersDigest } = stored;
    // From the plugin: the program's value counts from its next change on.
    if (valueDigest === undefined) return digestMemory.remember(inputs);
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

/** For a host that is given the inputs of the last update, so that its state needs no digests. */
export const inputMemory: PushMemory = {
  remember: () => ({}),
  keep: (stored) => (stored.valueUnknown && !isImported(stored) ? { valueUnknown: true } : {}),
  forget: (state) => ({ ...state, valueUnknown: true }),
  changed(stored, { value, triggers, onExisting }, olds = {}) {
    const areTriggersChanged = triggers === UNKNOWN || !isSame(triggers, olds.triggers);
    const isValueChanged = value !== olds.value;
    if (isImported(stored)) {
      const isLeftAlone = value === undefined || onExisting === "keep" || olds.onExisting === "keep";
      // `pulumi import` knows no value, so the first one that the program gives is no change.
      const isFirstValue = olds.value === undefined;
      if (isLeftAlone && isFirstValue) return [];
      if (!isLeftAlone) return inputsThat({ value: true, triggers: areTriggersChanged });
    }
    return inputsThat({
      value: isValueChanged || (stored.valueUnknown === true && !isImported(stored)),
      triggers: areTriggersChanged,
    });
  },
};

/** Whether the secret was imported, and nothing has been pushed since: nobody but the workspace knows its value. */
function isImported({ valueUnknown, valueKept }: StoredState): boolean {
  return valueUnknown === true && valueKept === true;
}

function inputsThat(changed: Record<PushedInput, boolean>): PushedInput[] {
  return (["value", "triggers"] as const).filter((input) => changed[input]);
}

function isSame(a: unknown, b: unknown): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}
