import * as pulumi from "@pulumi/pulumi";
import { type ConfigSource, isFrom, sourceOf } from "../../provider/pulumi/configSource.js";
import { findProject } from "../../provider/pulumi/project.js";
import type { StackConfig } from "../../provider/pulumi/stackConfig.js";

/** The `elevenlabs` config, with keys such as `apiKey`. */
export function settingsOfStack(): Record<string, string> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith("elevenlabs:"));
  return Object.fromEntries(own.map(([key, text]) => [key.slice("elevenlabs:".length), text]));
}

/** The config of the running program. */
export const programConfig: StackConfig = {
  get project() {
    return pulumi.getProject();
  },
  keys: () => Object.keys(pulumi.runtime.allConfig()),
  // Don't use `pulumi.Config`: its getters either warn about a secret or hide the keys of an object.
  get: (fullKey) => pulumi.runtime.getConfig(fullKey),
  isSecret: isSecretConfig,
  sourceOf: sourceOfConfig,
};

function isSecretConfig(fullKey: string): boolean {
  // Pulumi's SDK has this function, but not its type.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  return isConfigSecret(fullKey);
}

/**
 * Finds the file that contains a config key of the running stack. Undefined if no known file has the value, as with
 * `--config-file`.
 */
function sourceOfConfig(fullKey: string): ConfigSource | undefined {
  const project = findProject(pulumi.getRootDirectory() || process.cwd());
  const source = sourceOf(project, pulumi.getStack(), fullKey);
  return source && isFrom(source, pulumi.runtime.getConfig(fullKey) ?? "") ? source : undefined;
}
