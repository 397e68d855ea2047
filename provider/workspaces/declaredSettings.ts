/** The declaration of one key of the `elevenlabs` config. The checks, types, defaults, schema and docs are derived from it. */
interface SettingDeclaration {
  /** Any string, a number, or JSON that describes more workspaces. A workspace among them has the same settings that are strings. */
  accepts: "text" | "number" | "workspaces";
  /** The lowest number. */
  least?: number;
  isWhole?: boolean;
  defaultValue?: number;
  /** The environment variable that applies to the default workspace if the config lacks the key. */
  variable?: string;
  /** Whether the value may contain a secret, which must not be printed. */
  isSecret?: true;
}

/** The keys of the `elevenlabs` config. The comments are the documentation that users read. */
export const SETTINGS = {
  /**
   * The API key of the workspace.
   * @default the environment variable `ELEVENLABS_API_KEY`
   */
  apiKey: { accepts: "text", variable: "ELEVENLABS_API_KEY", isSecret: true },
  /**
   * `global`, `us`, `eu`, `in` or `sg`.
   * @default the environment variable `ELEVENLABS_REGION`, or `global`
   */
  region: { accepts: "text", variable: "ELEVENLABS_REGION" },
  /**
   * Another base URL for the API, such as a gateway's URL: `https`, or `http` on a loopback address only.
   * @default the environment variable `ELEVENLABS_BASE_URL`, or the region's URL
   */
  baseUrl: { accepts: "text", variable: "ELEVENLABS_BASE_URL" },
  /**
   * How long to wait for a response, in seconds.
   * @default 30
   */
  timeoutSeconds: { accepts: "number", least: 0.001, isWhole: false, defaultValue: 30 },
  /**
   * How many times a failed request is retried.
   * @default 4
   */
  maxRetries: { accepts: "number", least: 0, isWhole: true, defaultValue: 4 },
  /**
   * How many requests may run at the same time.
   * @default 16
   */
  maxConcurrency: { accepts: "number", least: 1, isWhole: true, defaultValue: 16 },
  /** More workspaces, under the names that the input `workspace` of a secret refers to: `{NAME: {apiKey, region, baseUrl}}`. */
  workspaces: { accepts: "workspaces", isSecret: true },
} as const satisfies Record<string, SettingDeclaration>;

type Declared = typeof SETTINGS;
export type SettingName = keyof Declared;
type NamesOf<Accepts> = {
  [Name in SettingName]: Declared[Name]["accepts"] extends Accepts ? Name : never;
}[SettingName];
/** A setting that each workspace has. */
export type WorkspaceSetting = NamesOf<"text">;
export type NumberSetting = NamesOf<"number">;

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];
export const WORKSPACE_SETTINGS = SETTING_NAMES.filter(
  (name) => SETTINGS[name].accepts === "text",
) as WorkspaceSetting[];

/** The declaration of a key, if there is such a key. */
export function declarationOf(key: string): SettingDeclaration | undefined {
  return Object.hasOwn(SETTINGS, key) ? SETTINGS[key as SettingName] : undefined;
}
