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
  changed(stored, inputs, olds = {}) {
    const differ = differing(inputs, olds);
    if (isImported(stored)) {
      const isLeftAlone = inputs.value === undefined || [inputs.onExisting, olds.onExisting].includes("keep");
      if (!isLeftAlone) return inputsThat({ value: true, triggers: differ.includes("triggers") });
      // `pulumi import` knows no value, so the first one that the program gives is no change.
      return olds.value === undefined ? [] : differ;
    }
    const isValueToBePushed = stored.valueUnknown === true || differ.includes("value");
    return inputsThat({ value: isValueToBePushed, triggers: differ.includes("triggers") });
  },
};

/** The inputs that differ from those of the last update, or that aren't known yet. */
export function differing(
  { value, triggers }: { value?: unknown; triggers?: unknown },
  olds: Record<string, unknown>,
): PushedInput[] {
  const areTriggersSame = triggers !== UNKNOWN && canonical(triggers ?? null) === canonical(olds.triggers ?? null);
  return inputsThat({ value: value !== olds.value, triggers: !areTriggersSame });
}

/** Whether the secret was imported, and nothing has been pushed since: nobody but the workspace knows its value. */
function isImported({ valueUnknown, valueKept }: StoredState): boolean {
  return valueUnknown === true && valueKept === true;
}

function inputsThat(changed: Record<PushedInput, boolean>): PushedInput[] {
  return (["value", "triggers"] as const).filter((input) => changed[input]);
}
