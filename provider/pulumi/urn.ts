/** The provider of a resource for which the program names none: the engine's own, or the dynamic one. */
export const DEFAULT_PROVIDER = "default";

/** The name of a resource's provider, from how the engine refers to it: `URN::ID`. */
export function providerNameIn(reference = ""): string {
  const name = logicalNameOf(reference.slice(0, Math.max(0, reference.lastIndexOf("::"))));
  // The engine adds the plugin's version to its own.
  return name === "" || /^default(_|$)/.test(name) ? DEFAULT_PROVIDER : name;
}

export function projectOf(urn: string): string {
  return urn.split("::")[1] ?? "";
}

/** The logical name of a resource, which may contain `::` itself. */
export function logicalNameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
