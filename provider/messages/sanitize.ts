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

/** A shorter secret occurs in almost any text; removing it would leave nothing to read. */
const SHORTEST = 3;
/** Replaces a text that contains such a secret. */
const HIDDEN = "[not shown: it holds the secret]";

/** Replaces a secret while others are looked for, so that they aren't found in `[secret]`. */
const REMOVED = "\ufffc";

/** `text` without any of `secrets` or pieces of them, in the encodings in which an answer could echo them. */
export function redacted(text: string, secrets: readonly (string | undefined)[]): string {
  const given = secrets.flatMap((secret) => (secret ? [secret] : []));
  if (given.some((secret) => secret.length < SHORTEST && text.includes(secret))) return HIDDEN;
  const forms = given.flatMap(formsOf);
  // One secret may contain another: the longer one goes first, so that nothing of it is left.
  forms.sort((a, b) => b.length - a.length);
  const rest = forms.reduce((shown, form) => shown.replaceAll(form, REMOVED), text);
  // An answer may cut off what it echoes, or encode it in yet another way. More than this is never shown.
  const shown = withoutPieces(rest.slice(0, 4 * LONGEST), [...forms, ...given.flatMap(shiftedBase64)]);
  return shown.replaceAll(REMOVED, "[secret]");
}

function withoutPieces(text: string, forms: string[]): string {
  const isPiece = (start: number, end: number) =>
    end <= text.length && forms.some((form) => form.includes(text.slice(start, end)));
  let shown = "";
  for (let at = 0; at < text.length; ) {
    if (!isPiece(at, at + PIECE)) {
      shown += text[at++];
      continue;
    }
    let end = at + PIECE;
    while (isPiece(at, end + 1)) end++;
    shown += REMOVED;
    at = end;
  }
  return shown;
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
