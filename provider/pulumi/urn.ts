/** The name of the provider of a resource without an explicit provider. */
export const DEFAULT_PROVIDER = "default";

/** The name of a resource's provider, from the engine's reference `URN::ID`. */
export function providerNameIn(reference = ""): string {
  const name = logicalNameOf(reference.slice(0, Math.max(0, reference.lastIndexOf("::"))));
  // The engine adds the plugin's version to the name of its default provider.
  return name === "" || /^default(_|$)/.test(name) ? DEFAULT_PROVIDER : name;
}

export function projectOf(urn: string): string {
  return urn.split("::")[1] ?? "";
}

/** The logical name of a resource, which may contain `::`. */
export function logicalNameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
