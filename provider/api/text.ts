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

/** `text` without any of `secrets`, in the forms in which an answer could echo them. */
export function redacted(text: string, secrets: readonly (string | undefined)[]): string {
  const forms = secrets.flatMap((secret) =>
    secret
      ? [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed()), btoaUtf8(secret)]
      : [],
  );
  // One secret may hold another; the longer goes first, so that no rest of it is left.
  forms.sort((a, b) => b.length - a.length);
  return forms.reduce((shown, form) => shown.replaceAll(form, "[secret]"), text);
}

function btoaUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
