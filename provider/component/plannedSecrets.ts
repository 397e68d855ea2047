/** One secret of a `WorkspaceSecrets`. */
export interface PlannedSecret {
  key: string;
  /** The logical name of its resource. */
  logicalName: string;
  /** The secret's name in the workspace. */
  name: string;
  /** The URNs of the resources that managed the secret before. */
  aliases: string[];
}

/** The secrets of the component with this logical name: one for each key. */
export function plannedSecrets(
  component: string,
  keys: string[],
  { prefix, aliases }: { prefix: string; aliases: Record<string, string> },
): PlannedSecret[] {
  return keys.map((key) => ({
    key,
    logicalName: `${component}-${key}`,
    name: prefix + key,
    aliases: Object.hasOwn(aliases, key) ? [aliases[key] as string] : [],
  }));
}
