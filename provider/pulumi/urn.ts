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

/** The URN of the same resource with another type: the last type in the third part, after the types of its parents. */
export function withType(urn: string, type: string): string {
  const [start, project, types = "", ...name] = urn.split("::");
  return [start, project, [...types.split("$").slice(0, -1), type].join("$"), ...name].join("::");
}

/** The URN of a resource. A stack isn't part of the URNs of its resources. */
export function urnOf({ stack, project, parent, type, name }: ResourcePlace): string {
  const parentType = parent?.split("::")[2] ?? "";
  const isInStack = parentType === "" || parentType === "pulumi:pulumi:Stack";
  return `urn:pulumi:${stack}::${project}::${isInStack ? "" : `${parentType}$`}${type}::${name}`;
}

interface ResourcePlace {
  stack: string;
  project: string;
  /** The URN of the parent. */
  parent?: string | undefined;
  type: string;
  name: string;
}
