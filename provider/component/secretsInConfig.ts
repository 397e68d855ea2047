import type { Action } from "../messages/problem.js";
import { plainKeysIn } from "../pulumi/configSource.js";
import type { StackConfig } from "../pulumi/stackConfig.js";
import { blankness } from "../secret/inputs.js";
import { parsedJson } from "../text/parsedJson.js";
import { sanitized } from "../text/sanitize.js";
import { typeText } from "../text/typeText.js";
import { configEntriesInvalid, configMissing, configNotAnObject } from "./wording.js";

/** One entry of a config object that can't be a secret. */
export interface ConfigEntryFault {
  name: string;
  fault: "blank-name" | "not-a-string" | "empty" | "blank";
  /** The type of the value, if it isn't a string. */
  given?: string;
}

/** Values that the config has in plain text. */
export interface PlainValues {
  key: string;
  names: string[];
  isInState: boolean;
  isInProject?: boolean | undefined;
}

export interface SecretsInConfig {
  values: Record<string, string>;
  /** The values that the config has in plain text, if there are any. */
  plain: PlainValues | undefined;
}

/**
 * Reads the object of secrets under a key of the config. Throws if it isn't set, isn't an object, or has a value that isn't a
 * string or is empty or blank. The error lists everything that is wrong.
 */
export function secretsInConfig(key: string, config: StackConfig): SecretsInConfig {
  const action: Action = { step: `read config ${sanitized(key)}` };
  const fullKey = key.includes(":") ? key : `${config.project}:${key}`;
  const text = config.get(fullKey);
  if (text === undefined) throw configMissing({ key, ...otherKeyFor(fullKey, config) }, action);
  const secrets = parsedObject(text);
  const isInProject = () => config.sourceOf(fullKey)?.isProject;
  if (secrets === undefined) throw configNotAnObject({ key, isInProject: isInProject() }, action);
  const faults = Object.entries(secrets).flatMap(([name, value]) => entryFaults(name, value));
  if (faults.length > 0) throw configEntriesInvalid({ key, faults, isInProject: isInProject() }, action);
  return {
    values: secrets as Record<string, string>,
    plain: plainValuesIn(key, fullKey, Object.keys(secrets), config),
  };
}

/** The given values that the project's config has in plain text, by the keys of the config. */
export function plainInConfig(values: string[], config: StackConfig): PlainValues[] {
  const given = new Set(values);
  return config
    .keys()
    .filter((fullKey) => fullKey.startsWith(`${config.project}:`) && !config.isSecret(fullKey))
    .flatMap((fullKey) => {
      const text = config.get(fullKey) ?? "";
      const object = parsedObject(text);
      const names = Object.entries(object ?? {}).flatMap(([name, value]) =>
        typeof value === "string" && given.has(value) ? [name] : [],
      );
      if (names.length === 0 && !given.has(text)) return [];
      const isInProject = config.sourceOf(fullKey)?.isProject;
      return [{ key: fullKey.slice(config.project.length + 1), names, isInState: false, isInProject }];
    });
}

/** The faults of one secret of an object, in its name or in its value. */
export function entryFaults(name: string, value: unknown): ConfigEntryFault[] {
  if (blankness(name) !== undefined) return [{ name, fault: "blank-name" }];
  if (typeof value !== "string") return [{ name, fault: "not-a-string", given: typeText(value) }];
  const fault = blankness(value);
  return fault === undefined ? [] : [{ name, fault }];
}

/** The same key under another project's name: the project may have been renamed. */
function otherKeyFor(fullKey: string, config: StackConfig): { otherKey?: string } {
  const name = fullKey.slice(fullKey.indexOf(":"));
  const otherKey = config.keys().find((key) => key.endsWith(name));
  return otherKey === undefined ? {} : { otherKey };
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  const json = parsedJson(text);
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  return isObject ? (json as Record<string, unknown>) : undefined;
}

/** The resources keep these values secret anyway. But anyone who can read the stack's file can read them in plain text. */
function plainValuesIn(key: string, fullKey: string, names: string[], config: StackConfig): PlainValues | undefined {
  const isPartlySecret = config.isSecret(fullKey);
  const source = config.sourceOf(fullKey);
  const plain = isPartlySecret ? (source ? plainKeysIn(source) : []) : names;
  if (plain.length === 0) return undefined;
  // The engine copies config into the state. If any part of an object is secret, the engine encrypts the whole object.
  return { key, names: plain, isInState: !isPartlySecret, isInProject: source?.isProject };
}
