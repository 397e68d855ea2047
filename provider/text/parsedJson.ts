/** Parses a JSON string. Undefined if it is not JSON, so that each caller can report that in its own way. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
