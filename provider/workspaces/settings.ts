import * as v from "valibot";
import { type BaseUrlFault, isRegion, parseEndpoint, REGIONS } from "../api/endpoint.js";
import { PROXY_VARIABLES, type ProxyFault, type Route, routeTo } from "../api/proxy/route.js";
import { invalidConfig } from "../messages/config.js";
import type { Problem } from "../messages/problem.js";
import { type ConfigPath, configPath } from "../pulumi/configPath.js";
import { parsedJson } from "../text/parsedJson.js";
import {
  declarationOf,
  type NumberSetting,
  SETTING_NAMES,
  SETTINGS,
  WORKSPACE_SETTINGS,
  type WorkspaceSetting,
} from "./declaredSettings.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "./names.js";

/** Timers accept whole milliseconds of at most 31 bits. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The keys that the engine reads or adds itself. */
const SETTINGS_OF_ENGINE = new Set(["version", "pluginDownloadURL", "pluginChecksums", "parameterization"]);

/** Reads one key of the `elevenlabs` config, such as `apiKey`, as the string that was set. */
export type ConfigReader = (key: string) => string | undefined;

export type Environment = Record<string, string | undefined>;

/** The environment variables that settings depend on. */
export const SETTING_VARIABLES = [...WORKSPACE_SETTINGS.map((name) => SETTINGS[name].variable), ...PROXY_VARIABLES];

/** The settings of one workspace. */
export interface Settings {
  apiKey: string | undefined;
  keySource: "config" | "environment" | undefined;
  /** The base URL of its requests. */
  endpoint: string;
  /** Selects the route of its requests to an endpoint. */
  routeTo: (endpoint: string) => Route;
  timeoutMs: number;
  maxRetries: number;
  maxConcurrency: number;
}

/** The source of a setting. */
export type SettingPlace = { config: ConfigPath } | { variable: string };

/** A problem in the config of a workspace. It never contains a value that may be an API key. */
export type ConfigFault =
  | {
      kind: "number-out-of-range";
      key: string;
      given: string;
      isWhole: boolean;
      isZeroAllowed: boolean;
      default: number;
    }
  | { kind: "setting-unknown"; key: string; known: readonly string[] }
  | { kind: "default-workspace-described" }
  | { kind: "workspace-unknown"; name: string; known: string[] }
  | { kind: "workspaces-malformed"; place?: string }
  | { kind: "base-url-of-environment"; workspace: string }
  | { kind: "region-unknown"; place: SettingPlace; given: string; known: string[] }
  | { kind: "base-url-invalid"; place: SettingPlace; fault: BaseUrlFault }
  | { kind: "proxy-invalid"; variable: string; fault: ProxyFault };

/**
 * Reads the settings of a workspace. Throws one `invalid-config` problem with all faults. A missing key isn't a fault here,
 * because a preview doesn't need a key. Makes no request and loads no API client, so that a program can check its config.
 * `provider` is the name of the explicit provider that has the config.
 */
export function settingsOf(name: string, config: ConfigReader, env: Environment, provider?: string): Settings {
  const faults: ConfigFault[] = [];
  const source: Source = { text: (key) => blankAsMissing(config(key)), env, faults };
  const raw = name === DEFAULT_WORKSPACE ? defaultWorkspace(source) : namedWorkspace(name, source);
  const endpoint = raw && endpointOf(raw, faults);
  const route = endpoint === undefined ? undefined : routeTo(endpoint, env);
  if (route?.kind === "invalid") faults.push({ kind: "proxy-invalid", variable: route.variable, fault: route.fault });
  const timeoutSeconds = numberOf("timeoutSeconds", source);
  const maxRetries = numberOf("maxRetries", source);
  const maxConcurrency = numberOf("maxConcurrency", source);
  if (raw === undefined || endpoint === undefined || faults.length > 0) throw invalid(faults, provider);
  const timeoutMs = Math.min(Math.ceil(timeoutSeconds * 1000), LONGEST_TIMEOUT_MS);
  return {
    apiKey: raw.apiKey,
    keySource: raw.keySource,
    endpoint,
    routeTo: (other) => routeTo(other, env),
    timeoutMs,
    maxRetries,
    maxConcurrency,
  };
}

/**
 * Returns the keys of the `elevenlabs` config that have no effect, such as a misspelled key. If the project is named
 * `elevenlabs`, the program's own config has the same namespace, so no key is unknown.
 */
export function unknownSettings(keys: string[], project: string): string[] {
  if (project === "elevenlabs") return [];
  return keys.filter((key) => !declarationOf(key) && !SETTINGS_OF_ENGINE.has(key) && !key.startsWith("__"));
}

/** Throws if there are unknown keys. */
export function requireKnownSettings(keys: string[], project: string): void {
  const faults = unknownSettings(keys, project).map((key) => {
    return { kind: "setting-unknown", key, known: SETTING_NAMES } as const;
  });
  if (faults.length > 0) throw invalid(faults);
}

/** The names of all configured workspaces, including the default one whether or not it has a key. */
export function workspaceNames(config: ConfigReader): string[] {
  const faults: ConfigFault[] = [];
  const described = describedIn(blankAsMissing(config("workspaces")), faults);
  if (!described) throw invalid(faults);
  return [...new Set([DEFAULT_WORKSPACE, ...described.keys()])];
}

function invalid(faults: ConfigFault[], provider?: string): Problem {
  return invalidConfig({ faults, provider }, { step: "use the config" });
}

/** The source of the settings, and the list that collects their faults. */
interface Source {
  text: (key: string) => string | undefined;
  env: Environment;
  faults: ConfigFault[];
}

/** The settings of a workspace before they are checked. */
interface RawSettings {
  apiKey: string | undefined;
  keySource: Settings["keySource"];
  region: Setting | undefined;
  baseUrl: Setting | undefined;
}

interface Setting {
  text: string;
  place: SettingPlace;
}

function defaultWorkspace({ text, env, faults }: Source): RawSettings {
  if (describedIn(text("workspaces"), [])?.has(DEFAULT_WORKSPACE)) faults.push({ kind: "default-workspace-described" });
  const setting = (key: WorkspaceSetting): Setting | undefined => {
    const inConfig = text(key);
    if (inConfig !== undefined) return { text: inConfig, place: { config: configPath(`elevenlabs:${key}`) } };
    const { variable } = SETTINGS[key];
    const inEnvironment = blankAsMissing(env[variable]);
    return inEnvironment === undefined ? undefined : { text: inEnvironment, place: { variable } };
  };
  const apiKey = setting("apiKey");
  return {
    apiKey: apiKey?.text,
    keySource: apiKey && ("config" in apiKey.place ? "config" : "environment"),
    region: setting("region"),
    baseUrl: setting("baseUrl"),
  };
}

function namedWorkspace(name: string, { text, env, faults }: Source): RawSettings | undefined {
  const described = describedIn(text("workspaces"), faults);
  if (!described) return undefined;
  const settings = described.get(name);
  if (!settings) {
    faults.push({ kind: "workspace-unknown", name, known: [DEFAULT_WORKSPACE, ...described.keys()] });
    return undefined;
  }
  const setting = (key: "region" | "baseUrl"): Setting | undefined => {
    const given = blankAsMissing(settings[key]);
    return given === undefined ? undefined : { text: given, place: { config: workspaceSettingPath(name, key) } };
  };
  const baseUrl = setting("baseUrl");
  // If you set this variable, for example to try the emulator, you don't expect any key to be sent to another server.
  if (baseUrl === undefined && blankAsMissing(env.ELEVENLABS_BASE_URL) !== undefined) {
    faults.push({ kind: "base-url-of-environment", workspace: name });
  }
  const apiKey = blankAsMissing(settings.apiKey);
  return { apiKey, keySource: apiKey ? "config" : undefined, region: setting("region"), baseUrl };
}

type Described = Map<string, { [Name in WorkspaceSetting]?: string | undefined }>;

const optionalText = v.optional(v.string());
const workspaceSchema = v.strictObject(
  Object.fromEntries(WORKSPACE_SETTINGS.map((name) => [name, optionalText])) as Record<
    WorkspaceSetting,
    typeof optionalText
  >,
);

/** Parses `elevenlabs:workspaces`, and maps each name to its workspace. If that fails, adds a fault and returns undefined. */
function describedIn(text: string | undefined, faults: ConfigFault[]): Described | undefined {
  const described: Described = new Map();
  if (text === undefined) return described;
  const json = parsedObject(text);
  // The text contains API keys, so keep only the place of the fault.
  if (json === undefined) {
    faults.push({ kind: "workspaces-malformed" });
    return undefined;
  }
  // Valibot's `record` drops keys such as `constructor`, so check each entry here.
  for (const [name, settings] of Object.entries(json)) {
    const result = v.safeParse(workspaceSchema, settings);
    if (!result.success) {
      const within = v.getDotPath(result.issues[0]);
      faults.push({ kind: "workspaces-malformed", place: within ? `${name}.${within}` : name });
      return undefined;
    }
    described.set(name, result.output);
  }
  return described;
}

function parsedObject(text: string): object | undefined {
  const json = parsedJson(text);
  return typeof json === "object" && json !== null ? json : undefined;
}

/** Checks the region even if there is a base URL, because the region takes effect once the base URL is removed. */
function endpointOf({ region, baseUrl }: RawSettings, faults: ConfigFault[]): string | undefined {
  let endpoint: string | undefined = REGIONS.global;
  if (region !== undefined) {
    endpoint = isRegion(region.text) ? REGIONS[region.text] : undefined;
    if (endpoint === undefined) {
      faults.push({ kind: "region-unknown", place: region.place, given: region.text, known: Object.keys(REGIONS) });
    }
  }
  if (baseUrl === undefined) return endpoint;
  const parsed = parseEndpoint(baseUrl.text);
  if ("endpoint" in parsed) return parsed.endpoint;
  faults.push({ kind: "base-url-invalid", place: baseUrl.place, fault: parsed.fault });
  return undefined;
}

function numberOf(key: NumberSetting, { text, faults }: Source): number {
  const { least, isWhole, defaultValue } = SETTINGS[key];
  const given = text(key);
  if (given === undefined) return defaultValue;
  const parsed = Number(given);
  if (Number.isFinite(parsed) && parsed >= least && (!isWhole || Number.isInteger(parsed))) return parsed;
  faults.push({ kind: "number-out-of-range", key, given, isWhole, isZeroAllowed: least === 0, default: defaultValue });
  return defaultValue;
}

function blankAsMissing(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}
