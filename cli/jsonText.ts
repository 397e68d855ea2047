/** Escapes every invisible character, for JSON and TypeScript: in both, an escape is equivalent to the character. */
export function withInvisibleEscaped(text: string): string {
  return text.replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

export function jsonText(data: unknown): string {
  return withInvisibleEscaped(JSON.stringify(data, null, 2));
}
