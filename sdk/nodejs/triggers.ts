import * as pulumi from "@pulumi/pulumi";
import type { LostTrigger } from "../../provider/messages/programWording.js";
import { programError } from "./programError.js";

/**
 * The triggers of a resource. Throws if Pulumi would send a part of them as an empty object or as null, as it does with a
 * `Date`: no change of that part would be noticed. What is inside outputs isn't checked.
 */
export function checkedTriggers(
  logicalName: string,
  triggers: pulumi.Input<unknown[] | undefined>,
): pulumi.Input<unknown[] | undefined> {
  if (triggers instanceof Promise) {
    return triggers.then((known) => checkedTriggers(logicalName, known) as unknown[] | undefined);
  }
  const lost = [...lostPartsOf(triggers, "triggers")];
  if (lost.length === 0) return triggers;
  throw programError("triggers-lost", { lost }, { step: "declareSecret", name: logicalName });
}

function* lostPartsOf(value: unknown, place: string): Generator<LostTrigger> {
  const given = lostKindOf(value);
  if (given !== undefined) yield { place, given };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* lostPartsOf(item, `${place}[${index}]`);
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value as object)) yield* lostPartsOf(item, `${place}.${key}`);
  }
}

/** What the value is, if Pulumi would lose it. */
function lostKindOf(value: unknown): LostTrigger["given"] | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  if (["function", "bigint", "symbol"].includes(typeof value)) return { type: typeof value };
  if (typeof value !== "object" || value === null) return undefined;
  const isKept = [Array.isArray, isPlainObject, isPromise, pulumi.Output.isInstance, pulumi.Resource.isInstance];
  return isKept.some((is) => is(value)) ? undefined : { className: value.constructor?.name || undefined };
}

function isPromise(value: unknown): boolean {
  return value instanceof Promise;
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // An object of another realm, such as one made with `vm`, has another `Object.prototype`.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
