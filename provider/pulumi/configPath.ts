/** A place in Pulumi config: a key, and the steps into its object. */
export interface ConfigPath {
  /** Such as `elevenlabs:workspaces`. */
  key: string;
  /** Such as `["eu", "apiKey"]`; empty for the key itself. */
  steps: string[];
}

export function configPath(key: string, ...steps: string[]): ConfigPath {
  return { key, steps };
}
