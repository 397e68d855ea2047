import { checkFailureText } from "../messages/problem.js";
import { type CheckFailure, inputNames } from "../secret/inputs.js";

const PRINTABLE = new Set<string>(inputNames(({ isPrintable }) => isPrintable === true));

/**
 * A failed check as the engine is to show it. The engine prints what was given for the property of a failure, so a property
 * that may have something secret isn't named.
 */
export function shownFailure(
  failure: CheckFailure,
  { given, isSecret }: { given: unknown; isSecret: boolean },
): { property: string; reason: string } {
  const { property } = failure;
  const text = checkFailureText(failure);
  // Nobody means to give an object there, so it may hold anything.
  const isPrintable = PRINTABLE.has(property) && typeof given !== "object" && !isSecret;
  const isToBeHidden = isSecret && typeof given === "string" && given !== "";
  const shown = isToBeHidden ? text.replaceAll(given, "[secret]") : text;
  return { property: isPrintable ? property : "", reason: `${property} ${shown}` };
}
