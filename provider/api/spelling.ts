/**
 * Whether the API may have stored the name `requested` as `stored`: without spaces at the ends, with a different Unicode
 * normalization, or in a different case. The API's documentation doesn't say whether it changes names.
 */
export function isSpellingOf(stored: string, requested: string): boolean {
  return foldedName(stored) === foldedName(requested);
}

/** Returns the same string for all names that the API may treat as one. */
export function foldedName(name: string): string {
  return name.trim().normalize("NFC").toLowerCase();
}
