// Terminal escapes, line breaks, bidirectional overrides, what has no width: whatever could make a text show as another.
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const LONGEST = 300;

/** Text from outside, fit to be shown: control characters escaped, at most 300 characters. */
export function harmless(text: string): string {
  const shown = text.replace(UNSAFE, escapeOf);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** A name or an id in quotes, fit to be shown. */
export function quoted(text: string): string {
  return `"${harmless(text).replaceAll('"', '\\"')}"`;
}

/** Shorter pieces stand in any text. */
const PIECE = 8;

/** A secret of fewer letters is in almost any text, and taken out it would leave nothing to read. */
const SHORTEST = 3;
/** Stands for a text that holds such a secret. */
const HIDDEN = "[not shown: it holds the secret]";

/** Stands for a secret while others are looked for: they are not to be found in `[secret]`. */
const TAKEN_OUT = "\ufffc";

/** `text` without any of `secrets`, nor a piece of one, in the forms in which an answer could echo them. */
export function redacted(text: string, secrets: readonly (string | undefined)[]): string {
  const given = secrets.flatMap((secret) => (secret ? [secret] : []));
  if (given.some((secret) => secret.length < SHORTEST && text.includes(secret))) return HIDDEN;
  const forms = given.flatMap(formsOf);
  // One secret may hold another; the longer goes first, so that no rest of it is left.
  forms.sort((a, b) => b.length - a.length);
  const rest = forms.reduce((shown, form) => shown.replaceAll(form, TAKEN_OUT), text);
  // An answer may cut off what it echoes, or write it in yet another way. More than this is never shown.
  const shown = withoutPieces(rest.slice(0, 4 * LONGEST), [...forms, ...given.flatMap(shiftedBase64)]);
  return shown.replaceAll(TAKEN_OUT, "[secret]");
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
    shown += TAKEN_OUT;
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

/** As it stands within something longer that is in base64. */
function shiftedBase64(secret: string): string[] {
  return [1, 2].map((before) =>
    Buffer.from("-".repeat(before) + secret, "utf8")
      .toString("base64")
      .slice(before + 1, -4),
  );
}
