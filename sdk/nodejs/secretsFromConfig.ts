import * as pulumi from "@pulumi/pulumi";
import { configPath, shellWord } from "../../provider/pulumi/configPath.js";
import { plainKeysOfStackFile } from "./stackFile.js";

/**
 * The object of secrets under a key of the program's config, with plain keys and secret values. Fails, with all that is
 * wrong at once, where it is missing, is no object, or holds something else than strings that are not empty.
 *
 * @param key The config key; without a namespace, the project's. Default: `secrets`.
 *
 * @example
 * ```ts
 * // pulumi config set --secret --path 'crm.TOKEN'
 * new WorkspaceSecrets("crm", { secrets: secretsFromConfig("crm") });
 * ```
 */
export function secretsFromConfig(key = "secrets"): Record<string, pulumi.Output<string>> {
  const fullKey = key.includes(":") ? key : `${pulumi.getProject()}:${key}`;
  const setIt = `Set each by path: pulumi config set --secret --path '${key}.NAME'`;
  // Not through `pulumi.Config`: its getters either warn of a secret or hide the keys.
  const text = pulumi.runtime.getConfig(fullKey);
  if (text === undefined) {
    throw new pulumi.RunError(
      `Config ${key} is not set. ${setIt}\nTo have no secrets at all: pulumi config set ${key} '{}'`,
    );
  }
  const secrets = parsed(text);
  if (secrets === undefined) {
    throw new pulumi.RunError(
      `Config ${key} must be an object of values by name.\nRemove it: pulumi config rm ${key}. ${setIt}`,
    );
  }
  const faults = Object.entries(secrets).flatMap(([name, value]) => {
    const fault = faultOf(name, value);
    return fault === undefined ? [] : [{ name, ...fault }];
  });
  if (faults.length > 0) {
    const [{ name }] = faults as [(typeof faults)[0]];
    const path = shellWord(configPath(key, name));
    const advice = faults.every(({ isEmpty }) => isEmpty)
      ? `Set it: pulumi config set --secret --path ${path}\nTo have no such secret: pulumi config rm --path ${path}`
      : `A value that is set as a secret is always text: pulumi config set --secret --path '${key}.NAME'`;
    throw new pulumi.RunError(
      `Config ${key}: ${faults.map(({ name, text }) => `${JSON.stringify(name)} ${text}`).join("; ")}.\n${advice}`,
    );
  }
  warnOfPlainValues(key, fullKey, Object.keys(secrets));
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, pulumi.secret(value as string)]));
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function faultOf(name: string, value: unknown): { text: string; isEmpty: boolean } | undefined {
  if (name.trim() === "") return { text: "is no name for a secret", isEmpty: false };
  if (typeof value !== "string") {
    const kind = value === null ? "null" : Array.isArray(value) ? "a list" : `of type ${typeof value}`;
    return { text: `is ${kind}, not a string`, isEmpty: false };
  }
  return value.trim() === "" ? { text: `is ${value === "" ? "empty" : "blank"}`, isEmpty: true } : undefined;
}

/** Their resources keep them as secrets all the same; but the stack's file shows them, and may not be the only one to. */
function warnOfPlainValues(key: string, fullKey: string, names: string[]): void {
  const isPartlySecret = isSecretConfig(fullKey);
  const plain = isPartlySecret ? plainKeysOfStackFile(fullKey) : names;
  const [first] = plain;
  if (first === undefined) return;
  // The engine copies config into the state: an object as a secret where any part of it is one, else as it is.
  const where = isPartlySecret
    ? "in the stack's file"
    : "in the stack's file, and in the engine's copy of it in the state";
  pulumi.log.warn(
    `Config ${key} holds ${plain.map((name) => JSON.stringify(name)).join(", ")} in plain text ${where}. ` +
      `Take the values for known to others, and set new ones: pulumi config set --secret --path ${shellWord(configPath(key, first))}`,
  );
}

/** Whether a config value was set with `--secret`; of an object, whether any part of it was. */
export function isSecretConfig(fullKey: string): boolean {
  // Part of the SDK, but left out of its types.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  return isConfigSecret(fullKey);
}
