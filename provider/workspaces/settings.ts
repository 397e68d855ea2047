import * as v from "valibot";
import { isRegion, parseOrigin, REGIONS } from "../api/endpoint.js";
import { quoted } from "../messages/foreignText.js";
import { Problem } from "../messages/problem.js";
import { configPath, shellWord } from "../pulumi/configPath.js";

/** The name of the workspace that the top-level config describes. */
export const DEFAULT_WORKSPACE = "default";

const DEFAULTS = { timeoutSeconds: 30, maxRetries: 4, maxConcurrency: 16 };

/** Reads one key of the `elevenlabs` config, such as `apiKey`, as the text that it was set to. */
export type ConfigReader = (key: string) => string | undefined;

export type Environment = Record<string, string | undefined>;

/** What the config says of one workspace. */
export interface Settings {
  apiKey: string | undefined;
  keySource: "config" | "environment" | undefined;
  /** Where its requests go. */
  origin: string;
  timeoutMs: number;
  maxRetries: number;
  maxConcurrency: number;
}

/**
 * The settings of a workspace. Throws one `Problem` with everything that is wrong with them. A missing key is no fault
 * here: a preview needs none. Makes no request, and loads no API client, so that a program can check its config with it.
 */
export function settingsOf(name: string, config: ConfigReader, env: Environment): Settings {
  const faults: Fault[] = [];
  const text = (key: string) => blankAsMissing(config(key));
  const place = name === DEFAULT_WORKSPACE ? defaultPlace(text, env, faults) : namedPlace(name, text, env, faults);
  const origin = place === undefined ? undefined : originOf(place, faults);
  const numbers = {
    // Timers take whole milliseconds, of no more than 31 bits.
    timeoutMs: Math.min(Math.ceil(number("timeoutSeconds", { least: 0.001, whole: false }) * 1000), 2 ** 31 - 1),
    maxRetries: number("maxRetries", { least: 0, whole: true }),
    maxConcurrency: number("maxConcurrency", { least: 1, whole: true }),
  };
  if (place === undefined || origin === undefined || faults.length > 0) throw problemOf(faults);
  return { apiKey: place.apiKey, keySource: place.keySource, origin, ...numbers };

  function number(key: keyof typeof DEFAULTS, { least, whole }: { least: number; whole: boolean }): number {
    const given = text(key);
    if (given === undefined) return DEFAULTS[key];
    const parsed = Number(given);
    if (Number.isFinite(parsed) && parsed >= least && (!whole || Number.isInteger(parsed))) return parsed;
    const wanted = `${whole ? "a whole number" : "a number"}${least > 0 ? " above 0" : ", 0 or more"}`;
    faults.push({
      reason: `elevenlabs:${key} is ${quoted(given)}, but must be ${wanted}`,
      next: `Set it: pulumi config set elevenlabs:${key} ${DEFAULTS[key]}`,
    });
    return DEFAULTS[key];
  }
}

/** The names of the described workspaces, the default one among them whether or not it has a key. */
export function workspaceNames(config: ConfigReader): string[] {
  const faults: Fault[] = [];
  const described = describedIn(blankAsMissing(config("workspaces")), faults);
  if (!described) throw problemOf(faults);
  return [...new Set([DEFAULT_WORKSPACE, ...described.keys()])];
}

interface Fault {
  reason: string;
  /** What to do about it. */
  next: string;
}

function problemOf(faults: Fault[]): Problem {
  const [first] = faults;
  const next = faults.length === 1 && first ? first.next : "Correct each of them, and run the same command again.";
  return new Problem("could not use the config", faults.map(({ reason }) => reason).join("; "), next);
}

/** A workspace as it was described, before its parts are checked. */
interface Place {
  apiKey: string | undefined;
  keySource: Settings["keySource"];
  region: Setting | undefined;
  baseUrl: Setting | undefined;
}

interface Setting {
  text: string;
  /** Where it was set: a key of the config, or an environment variable. */
  place: string;
  isVariable: boolean;
}

type TextOf = (key: string) => string | undefined;

function defaultPlace(text: TextOf, env: Environment, faults: Fault[]): Place {
  if (describedIn(text("workspaces"), [])?.has(DEFAULT_WORKSPACE)) {
    faults.push({
      reason: `elevenlabs:workspaces describes ${quoted(DEFAULT_WORKSPACE)}, which is the name of the workspace of the top-level config`,
      next: "Give it another name there, or set elevenlabs:apiKey, elevenlabs:region and elevenlabs:baseUrl instead.",
    });
  }
  const setting = (key: string, variable: string) =>
    inConfig(`elevenlabs:${key}`, text(key)) ?? inEnvironment(variable, blankAsMissing(env[variable]));
  const fromConfig = text("apiKey");
  const fromEnvironment = blankAsMissing(env.ELEVENLABS_API_KEY);
  return {
    apiKey: fromConfig ?? fromEnvironment,
    keySource: fromConfig ? "config" : fromEnvironment ? "environment" : undefined,
    region: setting("region", "ELEVENLABS_REGION"),
    baseUrl: setting("baseUrl", "ELEVENLABS_BASE_URL"),
  };
}

function namedPlace(name: string, text: TextOf, env: Environment, faults: Fault[]): Place | undefined {
  const described = describedIn(text("workspaces"), faults);
  if (!described) return undefined;
  const settings = described.get(name);
  if (!settings) {
    const known = [DEFAULT_WORKSPACE, ...described.keys()].map(quoted).join(", ");
    faults.push({
      reason: `no workspace is named ${quoted(name)}, only ${known}`,
      next: `Add it: pulumi config set --secret --path ${shellWord(placeOf(name, "apiKey"))}`,
    });
    return undefined;
  }
  const at = (key: "region" | "baseUrl") => inConfig(placeOf(name, key), blankAsMissing(settings[key]));
  const baseUrl = at("baseUrl");
  // Whoever sets the variable, as for a try with the emulator, expects that no key goes elsewhere.
  if (baseUrl === undefined && blankAsMissing(env.ELEVENLABS_BASE_URL) !== undefined) {
    faults.push({
      reason: `ELEVENLABS_BASE_URL is set, but counts for the default workspace only: requests for workspace ${quoted(name)} would go to ElevenLabs`,
      next: `Set where they go: pulumi config set --path ${shellWord(placeOf(name, "baseUrl"))} URL\nOr unset ELEVENLABS_BASE_URL.`,
    });
  }
  const apiKey = blankAsMissing(settings.apiKey);
  return { apiKey, keySource: apiKey ? "config" : undefined, region: at("region"), baseUrl };
}

function inConfig(place: string, text: string | undefined): Setting | undefined {
  return text === undefined ? undefined : { text, place, isVariable: false };
}

function inEnvironment(place: string, text: string | undefined): Setting | undefined {
  return text === undefined ? undefined : { text, place, isVariable: true };
}

/** Where a setting of a named workspace is. */
function placeOf(workspace: string, key: string): string {
  return configPath("elevenlabs:workspaces", workspace, key);
}

const workspaceSchema = v.strictObject({
  apiKey: v.optional(v.string()),
  region: v.optional(v.string()),
  baseUrl: v.optional(v.string()),
});

type Described = Map<string, v.InferOutput<typeof workspaceSchema>>;

/** The described workspaces by name; undefined, with a fault, where that is no description. */
function describedIn(text: string | undefined, faults: Fault[]): Described | undefined {
  const described: Described = new Map();
  if (text === undefined) return described;
  const json = parsed(text);
  if (json === undefined) {
    faults.push(malformed());
    return undefined;
  }
  // Not as a record of Valibot's: that leaves out names such as `constructor`.
  for (const [name, settings] of Object.entries(json)) {
    const result = v.safeParse(workspaceSchema, settings);
    if (!result.success) {
      const within = v.getDotPath(result.issues[0]);
      faults.push(malformed(within ? `${name}.${within}` : name));
      return undefined;
    }
    described.set(name, result.output);
  }
  return described;
}

function parsed(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The text holds keys, so only the place of the fault is told. */
function malformed(place?: string): Fault {
  return {
    reason: `elevenlabs:workspaces must be an object {NAME: {apiKey, region, baseUrl}}${place ? `; see ${quoted(place)}` : ""}`,
    next: "Set it by path: pulumi config set --secret --path 'elevenlabs:workspaces.NAME.apiKey'",
  };
}

/** The region is checked beside a base URL too: it counts as soon as that is removed. */
function originOf({ region, baseUrl }: Place, faults: Fault[]): string | undefined {
  let origin: string | undefined = REGIONS.global;
  if (region !== undefined) {
    origin = isRegion(region.text) ? REGIONS[region.text] : undefined;
    if (origin === undefined) {
      const known = Object.keys(REGIONS).join(", ");
      faults.push({
        reason: `${region.place} is ${quoted(region.text)}, but must be one of ${known}`,
        next: region.isVariable
          ? "Set it to one of them, or unset it for the global one."
          : `Set it: pulumi config set --path ${shellWord(region.place)} global`,
      });
    }
  }
  if (baseUrl === undefined) return origin;
  const result = parseOrigin(baseUrl.text);
  if ("origin" in result) return result.origin;
  faults.push({
    reason: `${baseUrl.place} ${result.problem}`,
    next: baseUrl.isVariable
      ? "Set it right, or unset it to use the region's."
      : `Set it right, or remove it to use the region's: pulumi config rm --path ${shellWord(baseUrl.place)}`,
  });
  return undefined;
}

function blankAsMissing(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}
