// Terminal escapes, line breaks, bidirectional overrides and zero-width characters can make one string look like another.
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const LONGEST = 300;

/** Makes text from outside safe to show: escapes control characters, and cuts the text to 300 characters. */
export function sanitized(text: string): string {
  const shown = text.replace(UNSAFE, escapeOf);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Returns a name or an id in quotes, safe to show. */
export function quoted(text: string): string {
  return `"${sanitized(text).replaceAll('"', '\\"')}"`;
}

/** The length of the pieces of a secret that are searched for. Shorter pieces occur in messages by chance. */
const PIECE = 8;
/** Replaces a message that contains a secret. */
const HIDDEN = "[not shown: it contains a secret]";

/** Returns `text`, or a placeholder if `text` contains a secret or a piece of a secret, in any encoding that an API may return. */
export function redacted(text: string, secrets: readonly (string | undefined)[]): string {
  // `sanitized` shows at most this part.
  const shown = text.slice(0, LONGEST + PIECE);
  const given = secrets.flatMap((secret) => (secret ? [secret] : []));
  const forms = given.flatMap(formsOf);
  const longForms = [...forms, ...given.flatMap(shiftedBase64)];
  const isPiece = (at: number) => longForms.some((form) => form.includes(shown.slice(at, at + PIECE)));
  for (let at = 0; at + PIECE <= shown.length; at++) if (isPiece(at)) return HIDDEN;
  return forms.some((form) => shown.includes(form)) ? HIDDEN : shown;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const hex = bytes.toString("hex");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    hex,
    hex.toUpperCase(),
  ];
}

/** Base64 of the secret inside a longer string, which depends on the secret's position in the string. */
function shiftedBase64(secret: string): string[] {
  return [1, 2].map((before) =>
    Buffer.from("-".repeat(before) + secret, "utf8")
      .toString("base64")
      .slice(before + 1, -4),
  );
}
