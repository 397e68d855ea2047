import * as pulumi from "@pulumi/pulumi";
import { type ConfigSource, isFrom, sourceOf } from "../../provider/pulumi/configSource.js";
import { findProject } from "../../provider/pulumi/project.js";

/** The `elevenlabs` config, with keys such as `apiKey`. */
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
 * Finds the file that contains a config key of the running stack. Undefined if no known file has the value, as with
 * `--config-file`.
 */
export function sourceOfConfig(fullKey: string): ConfigSource | undefined {
  const project = findProject(pulumi.getRootDirectory() || process.cwd());
  const source = sourceOf(project, pulumi.getStack(), fullKey);
  return source && isFrom(source, pulumi.runtime.getConfig(fullKey) ?? "") ? source : undefined;
}
