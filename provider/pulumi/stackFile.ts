import { readFileSync } from "node:fs";
import type * as yaml from "yaml";

/**
 * The keys of a config object that a stack's file holds in plain text, or those whose `part` it does. Pulumi tells only
 * whether any part of an object is secret, so its file is asked; where there is none, nothing is known.
 */
export function plainKeysIn(file: string, fullKey: string, part?: string): string[] {
  // Loaded here, since few programs get here.
  const { parse } = require("yaml") as typeof yaml;
  try {
    const config: unknown = parse(readFileSync(file, "utf8"))?.config?.[fullKey];
    if (typeof config !== "object" || config === null || isEncrypted(config)) return [];
    return Object.entries(config).flatMap(([key, value]) => {
      const inQuestion: unknown = part === undefined ? value : value?.[part];
      return typeof inQuestion === "string" ? [key] : [];
    });
  } catch {
    // Pulumi has read it; what is odd about it is not ours to tell.
    return [];
  }
}

/** How Pulumi writes an object that was set as one secret. */
function isEncrypted(config: object): boolean {
  return "secure" in config && typeof config.secure === "string" && Object.keys(config).length === 1;
}
