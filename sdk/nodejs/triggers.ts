import * as pulumi from "@pulumi/pulumi";
import { programError } from "./programError.js";
import { triggersLost } from "./wording.js";

/** A part of `triggers` whose changes Pulumi can't detect. */
export interface LostTrigger {
  /** Such as `triggers[0].since`. */
  place: string;
  /**
   * The value: a number such as `NaN`, a type such as `function`, or an instance of a class. `isEmptied`: an empty object, which
   * may be an instance of a class that was inside an output.
   */
  given: { number: string } | { type: string } | { className: string | undefined } | { isEmptied: true };
}

/**
 * Checks the triggers of a resource. Throws if Pulumi would send a part of them as an empty object or as null, as it does
 * with a `Date`: if that part changed, nobody could detect it. Values inside outputs and promises are checked once they are
 * known; then the registration of the resource fails.
 */
export function checkedTriggers(
  logicalName: string,
  triggers: pulumi.Input<unknown[] | undefined>,
): pulumi.Input<unknown[] | undefined> {
  return checked(triggers, "triggers", { logicalName }) as pulumi.Input<unknown[] | undefined>;
}

interface Context {
  logicalName: string;
  /** Pulumi converts a `Date` in `pulumi.output` to an empty object. The outputs of resources are already correct. */
  isEmptyLost?: boolean;
}

function checked(value: unknown, place: string, context: Context): unknown {
  const lost: LostTrigger[] = [];
  const visit = (part: unknown, at: string): unknown => {
    if (isPromise(part)) return part.then((known) => checked(known, at, context));
    if (pulumi.Output.isInstance(part)) {
      return part.apply(async (known) => {
        return checked(known, at, { ...context, isEmptyLost: !(await comesFromResource(part)) });
      });
    }
    const given = lostKindOf(part, context);
    if (given !== undefined) lost.push({ place: at, given });
    else if (Array.isArray(part)) return part.map((item, index) => visit(item, `${at}[${index}]`));
    else if (isPlainObject(part)) {
      return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, visit(item, `${at}.${key}`)]));
    }
    return part;
  };
  const copy = visit(value, place);
  if (lost.length === 0) return copy;
  throw programError(triggersLost({ lost }, { step: "declare WorkspaceSecret", name: context.logicalName }));
}

/** Describes the value, if Pulumi would lose it. */
function lostKindOf(value: unknown, { isEmptyLost = false }: Context): LostTrigger["given"] | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  if (["function", "bigint", "symbol"].includes(typeof value)) return { type: typeof value };
  if (typeof value !== "object" || value === null) return undefined;
  if (isEmptyLost && isPlainObject(value) && Object.keys(value).length === 0) return { isEmptied: true };
  const isKept = [Array.isArray, isPlainObject, pulumi.Resource.isInstance];
  return isKept.some((is) => is(value)) ? undefined : { className: value.constructor?.name || undefined };
}

async function comesFromResource(output: pulumi.Output<unknown>): Promise<boolean> {
  // Missing from Pulumi's types.
  const { allResources } = output as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
  return (await allResources()).size > 0;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // An object of another realm, such as one created with `vm`, has another `Object.prototype`.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
