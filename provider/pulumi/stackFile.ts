import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Project, parsedYaml } from "./project.js";

/** The file with a stack's config. Undefined if it isn't next to the project file (as with `--config-file`). */
export function stackFileOf(project: Project | undefined, stack: string): string | undefined {
  if (!project) return undefined;
  // The CLI gives the stack's file the extension of the project file.
  const files = ["yaml", "yml", "json"].map((extension) => join(project.folder, `Pulumi.${stack}.${extension}`));
  return files.find(existsSync);
}

/**
 * Returns the keys of a config object whose value is in plain text in the stack's file. With `part`, returns the keys whose
 * `part` is in plain text. Reads the file, because Pulumi only shows whether any part of an object is secret.
 */
export function plainKeysIn(file: string | undefined, configKey: string, part?: string): string[] {
  const config = file === undefined ? undefined : parsedYaml(file)?.config;
  const object = isObject(config) ? config[configKey] : undefined;
  if (!isObject(object) || isEncrypted(object)) return [];
  return Object.entries(object).flatMap(([key, value]) => {
    const candidate = part === undefined ? value : isObject(value) ? value[part] : undefined;
    return typeof candidate === "string" ? [key] : [];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether Pulumi has encrypted the whole object as one secret. */
function isEncrypted(config: Record<string, unknown>): boolean {
  return typeof config.secure === "string" && Object.keys(config).length === 1;
}
