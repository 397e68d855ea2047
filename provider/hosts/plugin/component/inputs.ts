import { type ConfigEntryFault, entryFaults } from "../../../component/secretsInConfig.js";
import { prefixNotPlain } from "../../../component/wording.js";
import type { Action, CheckFailure } from "../../../messages/problem.js";
import { checkInputs, inputNames } from "../../../secret/inputs.js";
import { typeText } from "../../../text/typeText.js";
import { isSecret, isUnknown, plain, UNKNOWN_PROPERTY, type WireProperties } from "../properties.js";
import { componentInputsInvalid } from "./wording.js";

/** A fault of one input of a `WorkspaceSecrets` that the plugin creates. */
export type ComponentFault =
  | { kind: "unknown"; property: string }
  | { kind: "wrong-type"; property: string; expected: string; given: string }
  | { kind: "entry"; property: string; entry: ConfigEntryFault }
  | { kind: "shared"; failure: CheckFailure };

/** The inputs of a component, checked. */
export interface ComponentInputs {
  /**
   * Maps keys to values, or to `UNKNOWN_PROPERTY`. Undefined if the program doesn't set it. `"unknown"` if the keys aren't known
   * yet.
   */
  secrets: Record<string, string> | "unknown" | undefined;
  prefix: string;
  /** Maps keys to URNs. */
  aliases: Record<string, string>;
  /** The inputs that all secrets have. */
  shared: WireProperties;
}

/** The inputs of one secret that apply to all secrets of a component. */
const SHARED = inputNames(({ isOfOneSecret }) => !isOfOneSecret);
const KNOWN = ["secrets", "prefix", "aliases", ...SHARED];

/** Throws if an input is wrong. The error lists everything that is wrong, and contains no value. */
export function componentInputs(inputs: WireProperties, action: Action): ComponentInputs {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, input]) => input !== null && input !== undefined));
  const { secrets, prefix = "", aliases = {}, ...shared } = given;
  // Previews show the names, so a name can't depend on a secret or on an unknown value.
  if (isSecret(prefix) || isUnknown(prefix)) throw prefixNotPlain({}, action);
  const unknown = Object.keys(shared).filter((property) => !SHARED.some((name) => name === property));
  const faults: ComponentFault[] = [
    ...unknown.map((property) => ({ kind: "unknown", property }) as const),
    ...typeFaults("prefix", "a string", prefix, typeof prefix === "string"),
    ...aliasFaults(aliases),
    ...secretsFaults(revealed(secrets)),
    ...sharedFaults(shared),
  ];
  if (faults.length > 0) throw componentInputsInvalid({ faults, known: KNOWN }, action);
  return { secrets: valuesIn(secrets), prefix: prefix as string, aliases: aliases as Record<string, string>, shared };
}

function typeFaults(property: string, expected: string, given: unknown, isRight: boolean): ComponentFault[] {
  return isRight ? [] : [{ kind: "wrong-type", property, expected, given: typeText(given) }];
}

function aliasFaults(aliases: unknown): ComponentFault[] {
  const expected = "an object that maps keys to URNs";
  if (!isObject(aliases)) return typeFaults("aliases", expected, aliases, false);
  const wrong = Object.values(aliases).find((urn) => typeof urn !== "string" || isUnknown(urn));
  return wrong === undefined ? [] : [{ kind: "wrong-type", property: "aliases", expected, given: "other values" }];
}

function secretsFaults(secrets: unknown): ComponentFault[] {
  if (secrets === undefined || isUnknown(secrets)) return [];
  if (!isObject(secrets)) return typeFaults("secrets", "an object that maps keys to values", secrets, false);
  return Object.entries(secrets)
    .flatMap(([key, value]) => entryFaults(key, revealed(value)))
    .map((entry) => ({ kind: "entry", property: "secrets", entry }));
}

/** Checked here, because the check of each secret would report the same fault again. */
function sharedFaults(shared: WireProperties): ComponentFault[] {
  const known = Object.entries(plain(shared)).filter(([property]) => SHARED.some((name) => name === property));
  const failures = checkInputs({ ...Object.fromEntries(known), name: "name", value: "value" });
  return failures.map((failure) => ({ kind: "shared", failure }));
}

function valuesIn(secrets: unknown): ComponentInputs["secrets"] {
  const object = revealed(secrets);
  if (object === undefined) return undefined;
  if (isUnknown(object)) return "unknown";
  return Object.fromEntries(
    Object.entries(object as WireProperties).map(([key, value]) => {
      const text = revealed(value) as string;
      return [key, isUnknown(text) ? UNKNOWN_PROPERTY : text];
    }),
  );
}

function revealed(value: unknown): unknown {
  return isSecret(value) ? revealed(value.value) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
