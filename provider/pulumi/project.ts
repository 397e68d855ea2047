import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as parser from "./yamlParser.js";

const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** A Pulumi project on this machine. */
export interface Project {
  /** Empty if the project file has no name. */
  name: string;
  folder: string;
  /** The content of the project file. */
  content: Record<string, unknown>;
}

/** Finds the project that contains `folder`, the same way as Pulumi: the nearest parent folder with a project file. */
export function findProject(folder: string): Project | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = PROJECT_FILES.map((name) => join(at, name)).find(existsSync);
    if (file !== undefined) return projectIn(at, parsedYaml(file) ?? {});
    if (at === dirname(at)) return undefined;
  }
}

function projectIn(folder: string, content: Record<string, unknown>): Project {
  return { name: typeof content.name === "string" ? content.name : "", folder, content };
}

/** The content of a YAML or JSON file. Undefined if it can't be read: Pulumi also reads the file, and reports the fault. */
export function parsedYaml(file: string): Record<string, unknown> | undefined {
  // Loaded when needed, because few programs need it.
  const { parse } = require("./yamlParser.js") as typeof parser;
  try {
    const content: unknown = parse(readFileSync(file, "utf8"));
    return typeof content === "object" && content !== null ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
