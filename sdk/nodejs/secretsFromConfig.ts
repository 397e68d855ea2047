import * as pulumi from "@pulumi/pulumi";
import type { Attempt } from "../../provider/messages/problem.js";
import { plainKeysIn } from "../../provider/pulumi/configSource.js";
import { blankness } from "../../provider/secret/inputs.js";
import { parsedJson } from "../../provider/text/parsedJson.js";
import { sanitized } from "../../provider/text/sanitize.js";
import { typeText } from "../../provider/text/typeText.js";
import { isSecretConfig, sourceOfConfig } from "./programConfig.js";
import { programError } from "./programError.js";
import { configEntriesInvalid, configMissing, configNotAnObject, plainValues } from "./wording.js";

/** One entry of a config object that can't be a secret. */
export interface ConfigEntryFault {
  name: string;
  fault: "blank-name" | "not-a-string" | "empty" | "blank";
  /** The type of the value, if it isn't a string. */
  given?: string;
}

/**
 * The object of secrets under a key of the program's config, with plain keys and secret values. Throws if it isn't set,
 * isn't an object, or has a value that isn't a string or is empty or blank. The error lists everything that is wrong.
 *
 * @param key The config key; without a namespace, it is one of the project. Default: `secrets`.
 *
 * @example
 * ```ts
 * // pulumi config set --secret --path 'crm.TOKEN'
 * new WorkspaceSecrets("crm", { secrets: secretsFromConfig("crm") });
 * ```
 */
export function secretsFromConfig(key = "secrets"): Record<string, pulumi.Output<string>> {
  const attempt: Attempt = { step: `read config ${sanitized(key)}` };
  const fullKey = key.includes(":") ? key : `${pulumi.getProject()}:${key}`;
  // Don't use `pulumi.Config`: its getters either warn about the secret or hide the keys.
  const text = pulumi.runtime.getConfig(fullKey);
  if (text === undefined) throw programError(configMissing({ key, ...otherKeyFor(fullKey) }, attempt));
  const secrets = parsedObject(text);
  const isInProject = () => sourceOfConfig(fullKey)?.isProject;
  if (secrets === undefined) {
    throw programError(configNotAnObject({ key, isInProject: isInProject() }, attempt));
  }
  const faults = Object.entries(secrets).flatMap(([name, value]) => faultsOf(name, value));
  if (faults.length > 0) {
    throw programError(configEntriesInvalid({ key, faults, isInProject: isInProject() }, attempt));
  }
  warnAboutPlainValues(key, fullKey, Object.keys(secrets));
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, pulumi.secret(value as string)]));
}

/** The same key under another project's name: the project may have been renamed. */
function otherKeyFor(fullKey: string): { otherKey?: string } {
  const name = fullKey.slice(fullKey.indexOf(":"));
  const otherKey = Object.keys(pulumi.runtime.allConfig()).find((key) => key.endsWith(name));
  return otherKey === undefined ? {} : { otherKey };
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  const json = parsedJson(text);
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  return isObject ? (json as Record<string, unknown>) : undefined;
}

function faultsOf(name: string, value: unknown): ConfigEntryFault[] {
  if (blankness(name) !== undefined) return [{ name, fault: "blank-name" }];
  if (typeof value !== "string") return [{ name, fault: "not-a-string", given: typeText(value) }];
  const fault = blankness(value);
  return fault === undefined ? [] : [{ name, fault }];
}

/** The resources keep these values secret anyway. But anyone who can read the stack's file can read them in plain text. */
function warnAboutPlainValues(key: string, fullKey: string, names: string[]): void {
  const isPartlySecret = isSecretConfig(fullKey);
  const source = sourceOfConfig(fullKey);
  const plain = isPartlySecret ? (source ? plainKeysIn(source) : []) : names;
  if (plain.length === 0) return;
  // The engine copies config into the state. If any part of an object is secret, the engine encrypts the whole object.
  pulumi.log.warn(
    plainValues({ key, names: plain, isInState: !isPartlySecret, isInProject: source?.isProject }).text(),
  );
}
