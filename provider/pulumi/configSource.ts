import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parsedJson } from "../text/parsedJson.js";
import { type Project, parsedYaml } from "./project.js";

/** The value of a config key in a stack's file or project file. */
export interface ConfigSource {
  /**
   * Whether the file is the project file, such as `Pulumi.yaml`. Its values are never encrypted. Pulumi doesn't merge
   * objects: one value of an object in the stack's file hides the whole object of the project file.
   */
  isProject: boolean;
  /** The value as it is written: an encrypted part is `{ secure }`. */
  written: unknown;
}

/**
 * Finds the file that contains a key of a stack's config: the stack's file, or otherwise the project file. Undefined if the
 * key is in neither: then it is in the file of `--config-file`, or in a Pulumi ESC environment.
 */
export function sourceOf(project: Project | undefined, stack: string, key: string): ConfigSource | undefined {
  if (!project) return undefined;
  const inStack = entryOf(parsedYaml(stackFileOf(project, stack))?.config, key, project);
  if (inStack !== undefined) return { isProject: false, written: inStack };
  const inProject = entryOf(project.content.config, key, project);
  const written = isObject(inProject) ? (inProject.value ?? inProject.default) : inProject;
  return written === undefined ? undefined : { isProject: true, written };
}

/** Whether this config value, as Pulumi passes it to a program, can be from this file. */
export function isFrom({ written }: ConfigSource, text: string): boolean {
  return typeof written === "string" ? written === text : matches(written, parsedJson(text));
}

/**
 * The keys of a config object whose value is in plain text. With `part`, the keys whose `part` is in plain text. Pulumi
 * reports only whether any part of an object is secret, so this reads the file.
 */
export function plainKeysIn({ written }: ConfigSource, part?: string): string[] {
  if (!isObject(written) || isEncrypted(written)) return [];
  return Object.entries(written).flatMap(([key, value]) => {
    const candidate = part === undefined ? value : isObject(value) ? value[part] : undefined;
    return typeof candidate === "string" ? [key] : [];
  });
}

function stackFileOf({ folder, content }: Project, stack: string): string {
  // The same as the option `--config-file`, for every command.
  const chosen = process.env.PULUMI_OPTION_CONFIG_FILE;
  if (chosen) return resolve(folder, chosen);
  // `config` is the older name. It can also contain the project's config instead of a folder.
  const directory = [content.stackConfigDir, content.config].find((given) => typeof given === "string") ?? "";
  // The CLI uses the project file's extension for the stack's file.
  const files = ["yaml", "yml", "json"].map((extension) => resolve(folder, directory, `Pulumi.${stack}.${extension}`));
  return files.find(existsSync) ?? join(folder, `Pulumi.${stack}.yaml`);
}

/** A key of the project may be written without its namespace. */
function entryOf(config: unknown, key: string, { name }: Project): unknown {
  if (!isObject(config)) return undefined;
  return config[key] ?? (key.startsWith(`${name}:`) ? config[key.slice(name.length + 1)] : undefined);
}

function matches(written: unknown, actual: unknown): boolean {
  if (!isObject(written)) return written === actual;
  if (isEncrypted(written)) return true;
  if (!isObject(actual)) return false;
  const keys = Object.keys(written);
  return keys.length === Object.keys(actual).length && keys.every((key) => matches(written[key], actual[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether the value has the format in which Pulumi writes secrets. */
function isEncrypted(written: Record<string, unknown>): boolean {
  return typeof written.secure === "string" && Object.keys(written).length === 1;
}
