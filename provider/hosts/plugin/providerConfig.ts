import type { ConfigFault } from "../../messages/configWording.js";
import { typeText } from "../../messages/phrases.js";
import { type CheckFailureKind, Problem } from "../../messages/problem.js";
import { UNKNOWN } from "../../secret/inputs.js";
import { type ConfigReader, type Environment, settingsOf, workspaceNames } from "../../workspaces/settings.js";
import { type Properties, plain, secret, type WireProperties } from "./properties.js";

/** The config of the provider. `isSecret`: whether it may hold something that must not be printed. */
export const CONFIG_KEYS = {
  apiKey: { isSecret: true },
  region: { isSecret: false },
  baseUrl: { isSecret: false },
  timeoutSeconds: { isSecret: false },
  maxRetries: { isSecret: false },
  maxConcurrency: { isSecret: false },
  workspaces: { isSecret: true },
} as const;

/** What the engine adds to a provider's config. */
const ADDED_BY_ENGINE = new Set(["version", "pluginDownloadURL", "pluginChecksums", "parameterization"]);

export interface ConfigFailure {
  property: string;
  kind: CheckFailureKind;
  facts: object;
}

/** Reads the config as texts: other data arrives as JSON, or as it is. */
export function configReader(config: Properties): ConfigReader {
  return (key) => {
    const given = config[key];
    if (given === undefined || given === UNKNOWN) return undefined;
    return typeof given === "string" ? given : JSON.stringify(given);
  };
}

/** The config as the state is to keep it: keys are encrypted, also if the stack's config has them in plain text. */
export function withSecretConfig(news: WireProperties): WireProperties {
  const isKey = (name: string) =>
    (CONFIG_KEYS as Record<string, { isSecret: boolean } | undefined>)[name]?.isSecret === true;
  return Object.fromEntries(Object.entries(news).map(([name, given]) => [name, isKey(name) ? secret(given) : given]));
}

/** Everything that is wrong with the provider's config. */
export function checkProviderConfig(news: WireProperties, env: Environment): ConfigFailure[] {
  const config = plain(news);
  const own = Object.entries(config).filter(([key]) => !ADDED_BY_ENGINE.has(key) && !key.startsWith("__"));
  const failures: ConfigFailure[] = own.flatMap(([property, given]) => keyFailures(property, given));
  if (failures.length > 0) return failures;
  return faultsOf(configReader(config), env).map((fault) => ({
    property: propertyOf(fault),
    kind: "provider-config-invalid",
    facts: { fault },
  }));
}

function keyFailures(property: string, given: unknown): ConfigFailure[] {
  if (!Object.hasOwn(CONFIG_KEYS, property)) {
    return [{ property, kind: "provider-config-unknown", facts: { known: Object.keys(CONFIG_KEYS) } }];
  }
  const isObject = typeof given === "object" && given !== null;
  if (property === "workspaces" || !isObject) return [];
  return [{ property, kind: "input-type", facts: { expected: "a string or a number", given: typeText(given) } }];
}

function faultsOf(config: ConfigReader, env: Environment): ConfigFault[] {
  const check = (step: () => unknown): ConfigFault[] => {
    try {
      step();
      return [];
    } catch (error) {
      if (!Problem.is(error, "invalid-config")) throw error;
      return error.facts.faults;
    }
  };
  const named = check(() => workspaceNames(config));
  return named.length > 0 ? named : check(() => settingsOf("default", config, env));
}

function propertyOf(fault: ConfigFault): string {
  const properties = {
    "number-out-of-range": "key" in fault ? fault.key : "",
    "default-workspace-described": "workspaces",
    "workspace-unknown": "workspaces",
    "workspaces-malformed": "workspaces",
    "base-url-of-environment": "workspaces",
    "region-unknown": "region",
    "base-url-invalid": "baseUrl",
    "proxy-invalid": "baseUrl",
  };
  return properties[fault.kind];
}
