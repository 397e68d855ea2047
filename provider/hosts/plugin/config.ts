import { inputType, providerConfigInvalid, providerConfigUnknown } from "../../messages/check.js";
import { invalidConfig } from "../../messages/config.js";
import type { CheckFailure } from "../../messages/problem.js";
import { DEFAULT_PROVIDER, projectOf, providerNameIn } from "../../pulumi/urn.js";
import { UNKNOWN } from "../../secret/inputs.js";
import { typeText } from "../../text/typeText.js";
import { declarationOf, SETTING_NAMES, SETTINGS } from "../../workspaces/declaredSettings.js";
import {
  type ConfigFault,
  type ConfigReader,
  type Environment,
  settingsOf,
  unknownSettings,
  workspaceNames,
} from "../../workspaces/settings.js";
import { type Properties, plain, secret, type WireProperties } from "./properties.js";

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
  return Object.fromEntries(
    Object.entries(news).map(([name, given]) => [name, declarationOf(name)?.isSecret ? secret(given) : given]),
  );
}

/** Everything that is wrong with the config of this provider. */
export function checkProviderConfig(urn: string, news: WireProperties, env: Environment): CheckFailure[] {
  const config = plain(news);
  const failures = keyFailures(config, projectOf(urn));
  if (failures.length > 0) return failures;
  const name = providerNameIn(`${urn}::`);
  const provider = name === DEFAULT_PROVIDER ? undefined : name;
  return faultsOf(configReader(config), env).map((fault) => providerConfigInvalid("", { fault, provider }));
}

function keyFailures(config: Properties, project: string): CheckFailure[] {
  const unknown = unknownSettings(Object.keys(config), project).map((property) =>
    providerConfigUnknown(property, { key: property, known: SETTING_NAMES }),
  );
  const wrong = SETTING_NAMES.flatMap((property) => {
    const given = config[property];
    const isObject = typeof given === "object" && given !== null;
    if (SETTINGS[property].accepts === "workspaces" || !isObject) return [];
    return [inputType(property, { expected: "a string or a number", given: typeText(given) })];
  });
  return [...unknown, ...wrong];
}

function faultsOf(config: ConfigReader, env: Environment): ConfigFault[] {
  const check = (step: () => unknown): ConfigFault[] => {
    try {
      step();
      return [];
    } catch (error) {
      if (!invalidConfig.is(error)) throw error;
      return error.facts.faults;
    }
  };
  const named = check(() => workspaceNames(config));
  return named.length > 0 ? named : check(() => settingsOf("default", config, env));
}

/** Whether the settings differ that select the account of a workspace. A value that a preview doesn't know yet may be the same. */
export function hasOtherRoute(olds: WireProperties, news: WireProperties): boolean {
  const [before, now] = [plain(olds), plain(news)];
  return SETTING_NAMES.some((name) => {
    const isRoute = SETTINGS[name].accepts !== "number";
    return isRoute && before[name] !== now[name] && ![before[name], now[name]].includes(UNKNOWN);
  });
}
