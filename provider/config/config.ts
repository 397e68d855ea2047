import * as v from "valibot";
import { harmless, isRegion, parseOrigin, quoted, REGIONS } from "../api/index.js";
import { Problem } from "../problem.js";
import { type Shared, Workspace } from "../workspace/index.js";

/** The name of the workspace that the top-level config describes. */
export const DEFAULT_WORKSPACE = "default";

const DEFAULTS = { timeoutSeconds: 30, maxRetries: 4, maxConcurrency: 16 };

/** Reads one key of the `elevenlabs` config, such as `apiKey`, as the text that it was set to. */
export type ConfigReader = (key: string) => string | undefined;

type Environment = Record<string, string | undefined>;

/** The configured workspaces. Nothing is read or checked before one is asked for. */
export class Workspaces {
  private readonly opened = new Map<string, Workspace>();
  private readonly holders = new Map<string, Shared["holders"]>();
  private readonly namesInCreation = new Map<string, Shared["namesInCreation"]>();

  constructor(
    private readonly config: ConfigReader,
    private readonly env: Environment,
  ) {}

  /** Throws a `Problem` where the config of this workspace cannot be used. A missing key is met at the first call. */
  get(name: string = DEFAULT_WORKSPACE): Workspace {
    const opened = this.opened.get(name) ?? this.open(name);
    this.opened.set(name, opened);
    return opened;
  }

  /** The names of the described workspaces, the default one among them whether or not it has a key. */
  names(): string[] {
    const text = this.text("workspaces");
    return [...new Set([DEFAULT_WORKSPACE, ...Object.keys(text === undefined ? {} : parseWorkspaces(text))])];
  }

  private open(name: string): Workspace {
    const settings = name === DEFAULT_WORKSPACE ? this.defaultSettings() : this.namedSettings(name);
    const at = origin(settings);
    return new Workspace({
      name,
      apiKey: settings.apiKey,
      keySource: settings.keySource,
      origin: at,
      shared: {
        holders: entry(this.holders, at, () => new Map()),
        namesInCreation: entry(this.namesInCreation, `${at} ${settings.apiKey}`, () => new Set()),
      },
      // Timers take whole milliseconds, of no more than 31 bits.
      timeoutMs: Math.min(Math.ceil(this.number("timeoutSeconds", { least: 0.001, whole: false }) * 1000), 2 ** 31 - 1),
      maxRetries: this.number("maxRetries", { least: 0, whole: true }),
      maxConcurrency: this.number("maxConcurrency", { least: 1, whole: true }),
    });
  }

  private defaultSettings(): Settings {
    const fromConfig = this.text("apiKey");
    const fromEnvironment = blankAsMissing(this.env.ELEVENLABS_API_KEY);
    return {
      apiKey: fromConfig ?? fromEnvironment,
      keySource: fromConfig ? "config" : fromEnvironment ? "environment" : undefined,
      region: this.setting("region", "ELEVENLABS_REGION"),
      baseUrl: this.setting("baseUrl", "ELEVENLABS_BASE_URL"),
    };
  }

  private namedSettings(name: string): Settings {
    const text = this.text("workspaces");
    const workspaces = text === undefined ? {} : parseWorkspaces(text);
    const settings = Object.hasOwn(workspaces, name) ? workspaces[name] : undefined;
    if (!settings) {
      const known = [DEFAULT_WORKSPACE, ...Object.keys(workspaces)].map(quoted).join(", ");
      throw new Problem(
        "could not use the config",
        `no workspace is named ${quoted(name)}, only ${known}`,
        `Add it: pulumi config set --secret --path '${pathOf(name, "apiKey")}'`,
      );
    }
    const apiKey = blankAsMissing(settings.apiKey);
    const at = (key: "region" | "baseUrl") => inConfig(pathOf(name, key), blankAsMissing(settings[key]));
    const baseUrl = at("baseUrl");
    if (baseUrl === undefined) this.requireNoOtherHost(name);
    return { apiKey, keySource: apiKey ? "config" : undefined, region: at("region"), baseUrl };
  }

  /** Whoever sets the variable, as for a try with the emulator, expects that no key goes elsewhere. */
  private requireNoOtherHost(name: string): void {
    if (blankAsMissing(this.env.ELEVENLABS_BASE_URL) === undefined) return;
    throw new Problem(
      "could not use the config",
      `ELEVENLABS_BASE_URL is set, but counts for the default workspace only: requests for workspace ${quoted(name)} would go to ElevenLabs`,
      `Set where they go: pulumi config set --path '${pathOf(name, "baseUrl")}' URL\nOr unset ELEVENLABS_BASE_URL.`,
    );
  }

  private setting(key: string, variable: string): Setting | undefined {
    return inConfig(`elevenlabs:${key}`, this.text(key)) ?? inEnvironment(variable, blankAsMissing(this.env[variable]));
  }

  private text(key: string): string | undefined {
    return blankAsMissing(this.config(key));
  }

  private number(key: keyof typeof DEFAULTS, { least, whole }: { least: number; whole: boolean }): number {
    const text = this.text(key);
    if (text === undefined) return DEFAULTS[key];
    const number = Number(text);
    if (Number.isFinite(number) && number >= least && (!whole || Number.isInteger(number))) return number;
    const wanted = `${whole ? "a whole number" : "a number"}${least > 0 ? " above 0" : ", 0 or more"}`;
    throw new Problem(
      "could not use the config",
      `elevenlabs:${key} is ${quoted(text)}, but must be ${wanted}`,
      `Set it: pulumi config set elevenlabs:${key} ${DEFAULTS[key]}`,
    );
  }
}

interface Settings {
  apiKey: string | undefined;
  keySource: "config" | "environment" | undefined;
  region: Setting | undefined;
  baseUrl: Setting | undefined;
}

interface Setting {
  text: string;
  /** Where it was set: a key of the config, or an environment variable. */
  place: string;
  isVariable: boolean;
}

function inConfig(place: string, text: string | undefined): Setting | undefined {
  return text === undefined ? undefined : { text, place, isVariable: false };
}

function inEnvironment(place: string, text: string | undefined): Setting | undefined {
  return text === undefined ? undefined : { text, place, isVariable: true };
}

/** Where a setting of a named workspace is. */
function pathOf(workspace: string, key: string): string {
  return `elevenlabs:workspaces.${harmless(workspace)}.${key}`;
}

const workspacesSchema = v.record(
  v.string(),
  v.strictObject({ apiKey: v.optional(v.string()), region: v.optional(v.string()), baseUrl: v.optional(v.string()) }),
);

function parseWorkspaces(text: string): v.InferOutput<typeof workspacesSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const result = v.safeParse(workspacesSchema, json);
  if (result.success) return result.output;
  // The text holds keys, so only the place of the fault is told.
  const place = v.getDotPath(result.issues[0]);
  throw new Problem(
    "could not use the config",
    `elevenlabs:workspaces must be an object {NAME: {apiKey, region, baseUrl}}${place ? `; see ${quoted(place)}` : ""}`,
    "Set it by path: pulumi config set --secret --path 'elevenlabs:workspaces.NAME.apiKey'",
  );
}

function origin({ region, baseUrl }: Settings): string {
  if (baseUrl !== undefined) {
    const parsed = parseOrigin(baseUrl.text);
    if ("origin" in parsed) return parsed.origin;
    throw new Problem(
      "could not use the config",
      `${baseUrl.place} ${parsed.problem}`,
      baseUrl.isVariable
        ? "Set it right, or unset it to use the region's."
        : `Set it right, or remove it to use the region's: pulumi config rm --path '${baseUrl.place}'`,
    );
  }
  if (region === undefined) return REGIONS.global;
  if (isRegion(region.text)) return REGIONS[region.text];
  throw new Problem(
    "could not use the config",
    `${region.place} is ${quoted(region.text)}, but must be one of ${Object.keys(REGIONS).join(", ")}`,
    region.isVariable
      ? "Set it to one of them, or unset it for the global one."
      : `Set it: pulumi config set --path '${region.place}' global`,
  );
}

function entry<T>(entries: Map<string, T>, key: string, make: () => T): T {
  const found = entries.get(key) ?? make();
  entries.set(key, found);
  return found;
}

function blankAsMissing(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}
