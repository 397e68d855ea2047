import * as pulumi from "@pulumi/pulumi";

/**
 * The triggers of a resource. Fails at whatever Pulumi would send as an empty object or as null, such as a Date: a change of
 * it would not be seen. Of outputs, only Pulumi knows what is inside.
 */
export function checkedTriggers(
  logicalName: string,
  triggers: pulumi.Input<unknown[] | undefined>,
): pulumi.Input<unknown[] | undefined> {
  if (triggers instanceof Promise) {
    return triggers.then((known) => checkedTriggers(logicalName, known) as unknown[] | undefined);
  }
  const faults = [...faultsIn(triggers, "triggers")];
  if (faults.length === 0) return triggers;
  throw new pulumi.RunError(
    `WorkspaceSecret "${logicalName}": ${faults.join(", ")}: no change of it would be seen.\n` +
      "Give text or numbers instead, such as  date.toISOString()  or a hash of a file.",
  );
}

function* faultsIn(value: unknown, place: string): Generator<string> {
  const kind = kindOf(value);
  if (kind !== undefined) yield `${place} is ${kind}`;
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* faultsIn(item, `${place}[${index}]`);
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value as object)) yield* faultsIn(item, `${place}.${key}`);
  }
}

/** What it is, where Pulumi would lose it. */
function kindOf(value: unknown): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (["function", "bigint", "symbol"].includes(typeof value)) return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return undefined;
  const isKept = [Array.isArray, isPlainObject, isPromise, pulumi.Output.isInstance, pulumi.Resource.isInstance];
  return isKept.some((is) => is(value)) ? undefined : `an instance of ${value.constructor?.name || "a class"}`;
}

function isPromise(value: unknown): boolean {
  return value instanceof Promise;
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // One of another realm, as of `vm`, has another `Object`.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
