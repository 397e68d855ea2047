/**
 * Whether an API that changes the spelling of names may have stored `requested` as `stored`: without spaces at the ends,
 * in another Unicode form, or in other case. The API's documentation says nothing about it.
 */
export function isSpellingOf(stored: string, requested: string): boolean {
  return foldedName(stored) === foldedName(requested);
}

/** The same for all spellings of a name. */
export function foldedName(name: string): string {
  return name.trim().normalize("NFC").toLowerCase();
}
