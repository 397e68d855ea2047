/** A place in Pulumi config: a key, and the steps into its object. */
export interface ConfigPath {
  /** Such as `elevenlabs:workspaces`. */
  key: string;
  /** Such as `["eu", "apiKey"]`; empty for the key itself. */
  steps: string[];
}

export type WorkspaceSetting = "apiKey" | "region" | "baseUrl";

/** The name of the workspace that the top-level config describes. */
export const DEFAULT_WORKSPACE = "default";

export function configPath(key: string, ...steps: string[]): ConfigPath {
  return { key, steps };
}

/** The place of a workspace's setting: `elevenlabs:apiKey` for the default workspace, otherwise in `elevenlabs:workspaces`. */
export function workspaceSettingPath(workspace: string, setting: WorkspaceSetting): ConfigPath {
  if (workspace === DEFAULT_WORKSPACE) return configPath(`elevenlabs:${setting}`);
  return configPath("elevenlabs:workspaces", workspace, setting);
}
