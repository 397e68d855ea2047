import { configPath } from "../pulumi/configPath.js";
import { sanitized } from "../text/sanitize.js";
import { setConfig } from "./commands.js";
import type { Reader } from "./problem.js";
import { commandFor, listText } from "./text.js";

export function fileText(isInProject: boolean | undefined): string {
  return isInProject ? "Pulumi.yaml" : "the stack's file";
}

/** The advice for an object in Pulumi.yaml. Pulumi doesn't merge objects: one value in the stack's config hides all the others. */
export function moveFromProject(key: string, names: string[], reader: Reader): string[] {
  const set = commandFor(reader, setConfig(configPath(key, names[0] ?? "NAME"), { secret: true }));
  const all = names.length > 0 ? listText(names) : "its values";
  const why = "because the first new value hides the whole object in Pulumi.yaml";
  return [
    `Treat ${all} as compromised, and set new values for all of them in the stack's config, ${why}: ${set}`,
    removalText(key),
  ];
}

export function removalText(key: string): string {
  return `Once every stack has its own ${sanitized(key)}, remove ${sanitized(key)} from Pulumi.yaml.`;
}
