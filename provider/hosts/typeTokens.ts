/** The type token of a dynamic provider's `WorkspaceSecret`, a stored format. The engine requires the part before the slash. */
export const DYNAMIC_TYPE = "pulumi-nodejs:dynamic/elevenlabs:WorkspaceSecret";

/** The type token of the plugin's `WorkspaceSecret`, a stored format. */
export const NATIVE_TYPE = "elevenlabs:index:WorkspaceSecret";

/** The type token of the component `WorkspaceSecrets`, a stored format. */
export const COMPONENT_TYPE = "elevenlabs:index:WorkspaceSecrets";

/** Whether a resource of this type is a `WorkspaceSecret`, of either host. */
export function isSecretType(type: string): boolean {
  return type === DYNAMIC_TYPE || type === NATIVE_TYPE;
}
