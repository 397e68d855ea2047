import { type ConfigPath, configPath } from "../pulumi/configPath.js";
import type { WorkspaceSetting } from "./declaredSettings.js";

/** The name of the workspace that the top-level config describes. */
export const DEFAULT_WORKSPACE = "default";

/** The place of a workspace's setting: `elevenlabs:apiKey` for the default workspace, otherwise in `elevenlabs:workspaces`. */
export function workspaceSettingPath(workspace: string, setting: WorkspaceSetting): ConfigPath {
  if (workspace === DEFAULT_WORKSPACE) return configPath(`elevenlabs:${setting}`);
  return configPath("elevenlabs:workspaces", workspace, setting);
}
