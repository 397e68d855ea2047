// Terminal escapes, line breaks, bidirectional overrides, characters without width: whatever could make a text look like another.
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const LONGEST = 300;

/** Text from outside that is safe to show: control characters escaped, at most 300 characters. */
export function sanitized(text: string): string {
  const shown = text.replace(UNSAFE, escapeOf);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** A name or an id in quotes, safe to show. */
export function quoted(text: string): string {
  return `"${sanitized(text).replaceAll('"', '\\"')}"`;
}

/** Shorter pieces of a secret occur in any text by chance. */
const PIECE = 8;
/** Stands for a text that contains a secret. */
const HIDDEN = "[not shown: it contains a secret]";

/** `text`, unless it contains one of `secrets` or a piece of one, in an encoding in which an API could echo it. */
export function redacted(text: string, secrets: readonly (string | undefined)[]): string {
  // `sanitized` never shows more.
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

/** The forms that a secret has inside a longer text in base64. */
function shiftedBase64(secret: string): string[] {
  return [1, 2].map((before) =>
    Buffer.from("-".repeat(before) + secret, "utf8")
      .toString("base64")
      .slice(before + 1, -4),
  );
}
