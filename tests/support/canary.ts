import { randomBytes } from "node:crypto";

/** A secret that tests can find in any output that contains it. */
export interface Canary {
  /** Has characters that JSON, URLs and base64 escape: at the start, inside and at the end. */
  text: string;
  /** The pieces of the secret that `foundIn` searches for. */
  pieces: string[];
  /** The encodings in which `haystack` contains one of the pieces: text (also in JSON, a URL or UTF-16), base64, hex, numbers. */
  foundIn(haystack: string): string[];
}

/** Characters that the state, a log, a URL or a terminal may escape, including line breaks. */
export const PUNCTUATION =
  " \"'`\\\n\r\n\t\u00fce\u0301\u{1f511}$\u007bHOME}%0A%s%%<&+=/?;#\u0001\u001b[7m\u007f\u2028\u202e\\u0041";

/** The distance between the starts of two pieces: any 11 characters in a row contain a whole piece. */
const STEP = 4;
const PIECE = 8;

/** A random secret: letters and digits that no escape changes, with `punctuation` around them. */
export function canary(punctuation: string, { length = 0 } = {}): Canary {
  const core = BigInt(`0x${randomBytes(20).toString("hex")}`).toString(36);
  const one = `${punctuation}canary${core}`;
  // A long secret repeats the core, so that any piece of it is found.
  const times = Math.max(1, Math.ceil((length - punctuation.length) / one.length));
  const pieces = [...core].map((_, at) => core.slice(at, at + PIECE));
  const sought = pieces.filter((piece, at) => at % STEP === 0 && piece.length === PIECE);
  return {
    pieces: sought,
    text: `${one.repeat(times)}${punctuation}`,
    foundIn(haystack) {
      const joined = withoutSpace(haystack);
      const lower = joined.toLowerCase();
      const ways: [string, (piece: string) => boolean][] = [
        ["text", (piece) => lower.includes(piece)],
        ["hex", (piece) => lower.includes(Buffer.from(piece).toString("hex"))],
        ["numbers", (piece) => joined.includes(Buffer.from(piece).join(","))],
        ["base64", (piece) => base64Forms(piece).some((form) => joined.includes(form))],
      ];
      return ways.filter(([, isThere]) => sought.some(isThere)).map(([way]) => way);
    },
  };
}

/** The encodings in which `haystack` contains any of many canaries. Most inputs contain no canary, and one pass shows that. */
export function leaksIn(haystack: string, canaries: Canary[]): string[] {
  return mayContain(haystack, canaries) ? canaries.flatMap(({ foundIn }) => foundIn(haystack)) : [];
}

function mayContain(haystack: string, canaries: Canary[]): boolean {
  const joined = withoutSpace(haystack);
  const lower = joined.toLowerCase();
  const pieces = canaries.flatMap((one) => one.pieces);
  const hex = pieces.map((piece) => Buffer.from(piece).toString("hex"));
  return (
    /(?:\d{2,3},){7}\d{2,3}/.test(joined) ||
    hasWindow(lower, pieces) ||
    hasWindow(lower, hex) ||
    hasWindow(joined, pieces.flatMap(base64Forms))
  );
}

/** Whether `text` contains any of the words, which all have the same length. */
function hasWindow(text: string, words: string[]): boolean {
  const known = new Set(words);
  const [{ length } = ""] = words;
  for (let at = 0; at + length <= text.length; at++) if (known.has(text.slice(at, at + length))) return true;
  return false;
}

/** Removes line breaks and other space, and the zero byte of each letter in UTF-16. */
function withoutSpace(text: string): string {
  return text.replaceAll(/[\s\0]+/g, "");
}

/** The parts of the base64 of `piece` that don't depend on the text around it or the alphabet of base64. */
function base64Forms(piece: string): string[] {
  return [0, 1, 2].map((offset) =>
    Buffer.from("-".repeat(offset) + piece)
      .toString("base64")
      .slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + piece.length)) / 6)),
  );
}
