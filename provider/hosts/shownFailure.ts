import type { CheckFailure } from "../messages/problem.js";
import { inputNames } from "../secret/inputs.js";

const PRINTABLE = new Set<string>(inputNames(({ isPrintable }) => isPrintable === true));

/**
 * A failed check, for the engine to show. The engine prints the given value of a failure's property, so the property isn't
 * passed if its value may be secret.
 */
export function shownFailure(
  failure: CheckFailure,
  { given, isSecret }: { given: unknown; isSecret: boolean },
): { property: string; reason: string } {
  const { property } = failure;
  const text = failure.text();
  // These inputs are strings. An object was given by mistake, and may contain a secret.
  const isPrintable = PRINTABLE.has(property) && typeof given !== "object" && !isSecret;
  const mustHide = isSecret && typeof given === "string" && given !== "";
  const shown = mustHide ? text.replaceAll(given, "[secret]") : text;
  return { property: isPrintable ? property : "", reason: `${property} ${shown}` };
}
