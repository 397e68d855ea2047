import { type CheckFailureKind, Problem } from "../../messages/problem.js";
import { projectOf } from "../../pulumi/urn.js";
import { UNKNOWN } from "../../secret/inputs.js";
import { typeText } from "../../text/typeText.js";
import type { ConfigFault } from "../../workspaces/settings.js";
import {
  type ConfigReader,
  type Environment,
  SETTINGS,
  settingsOf,
  unknownSettings,
  workspaceNames,
} from "../../workspaces/settings.js";
import { type Properties, plain, secret, type WireProperties } from "./properties.js";

export interface ConfigFailure {
  property: string;
  kind: CheckFailureKind;
  facts: object;
}

/** Reads each config value as a string. Objects and numbers are converted to JSON. */
export function configReader(config: Properties): ConfigReader {
  return (key) => {
    const given = config[key];
    if (given === undefined || given === UNKNOWN) return undefined;
    return typeof given === "string" ? given : JSON.stringify(given);
  };
}

/** The config for the state. API keys are encrypted, even if the stack's config has them in plain text. */
export function withSecretConfig(news: WireProperties): WireProperties {
  const isKey = (name: string) =>
    (SETTINGS as Record<string, { isSecret: boolean } | undefined>)[name]?.isSecret === true;
  return Object.fromEntries(Object.entries(news).map(([name, given]) => [name, isKey(name) ? secret(given) : given]));
}

/** Everything that is wrong with the config of this provider. */
export function checkProviderConfig(urn: string, news: WireProperties, env: Environment): ConfigFailure[] {
  const config = plain(news);
  const failures = keyFailures(config, projectOf(urn));
  if (failures.length > 0) return failures;
  return faultsOf(configReader(config), env).map((fault) => ({
    property: propertyOf(fault),
    kind: "provider-config-invalid",
    facts: { fault },
  }));
}

function keyFailures(config: Properties, project: string): ConfigFailure[] {
  const known = Object.keys(SETTINGS);
  const unknown = unknownSettings(Object.keys(config), project).map((property) => {
    return { property, kind: "provider-config-unknown", facts: { key: property, known } } as const;
  });
  const wrong = known.flatMap((property) => {
    const given = config[property];
    const isObject = typeof given === "object" && given !== null;
    if (property === "workspaces" || !isObject) return [];
    const facts = { expected: "a string or a number", given: typeText(given) };
    return [{ property, kind: "input-type", facts } as const];
  });
  return [...unknown, ...wrong];
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
    "setting-unknown": "key" in fault ? fault.key : "",
  };
  return properties[fault.kind];
}
