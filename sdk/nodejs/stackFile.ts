import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type * as yaml from "yaml";

/**
 * The keys of a config object that the stack's own file holds in plain text, or those whose `part` it does. The engine tells
 * a program only whether any part of an object is secret, so the file is asked; where it lies elsewhere (`--config-file`),
 * nothing is known.
 */
export function plainKeysOfStackFile(fullKey: string, part?: string): string[] {
  const file = stackFile();
  if (file === undefined) return [];
  // Loaded here, since few programs get here.
  const { parse } = require("yaml") as typeof yaml;
  try {
    const config: unknown = parse(readFileSync(file, "utf8"))?.config?.[fullKey];
    if (typeof config !== "object" || config === null) return [];
    return Object.entries(config).flatMap(([key, value]) => {
      const inQuestion: unknown = part === undefined ? value : value?.[part];
      return typeof inQuestion === "string" ? [key] : [];
    });
  } catch {
    // The engine has read it; what is odd about it is not ours to tell.
    return [];
  }
}

function stackFile(): string | undefined {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) {
      const file = join(folder, `Pulumi.${pulumi.getStack()}.yaml`);
      return existsSync(file) ? file : undefined;
    }
    if (folder === dirname(folder)) return undefined;
  }
}
