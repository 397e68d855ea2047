import * as pulumi from "@pulumi/pulumi";
import { findProject } from "../../provider/pulumi/project.js";
import { plainKeysIn, stackFileOf } from "../../provider/pulumi/stackFile.js";

/** The `elevenlabs` config, by keys such as `apiKey`. */
export function settingsOfStack(): Record<string, string> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith("elevenlabs:"));
  return Object.fromEntries(own.map(([key, text]) => [key.slice("elevenlabs:".length), text]));
}

/** Whether a config value was set with `--secret`. For an object: whether any part of it was. */
export function isSecretConfig(fullKey: string): boolean {
  // Pulumi's SDK has this function, but not its type.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  return isConfigSecret(fullKey);
}

/**
 * The keys of a config object whose value the file of the running stack has in plain text; with `part`, those whose `part`
 * it has so. Empty if the file isn't beside the project file, as with `--config-file`.
 */
export function plainKeysOf(fullKey: string, part?: string): string[] {
  const file = stackFileOf(findProject(process.cwd()), pulumi.getStack());
  return plainKeysIn(file, fullKey, part);
}
