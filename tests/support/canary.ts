import { randomBytes } from "node:crypto";

/** A secret that can be found in any text that contains it. */
export interface Canary {
  /** Has characters at its start, in it and at its end that JSON, URLs and base64 escape. */
  text: string;
  /** In which forms `haystack` contains it or a piece of it: text (also in JSON, a URL or UTF-16), base64, hex, numbers. */
  foundIn(haystack: string): string[];
}

/** Characters that the state, a log, a URL or a terminal may escape, including line breaks. */
export const PUNCTUATION =
  " \"'`\\\n\r\n\t\u00fce\u0301\u{1f511}$\u007bHOME}%0A%s%%<&+=/?;#\u0001\u001b[7m\u007f\u2028\u202e\\u0041";

/** How far apart the starts of two pieces may be: any 11 characters in a row contain a whole piece. */
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
    text: `${one.repeat(times)}${punctuation}`,
    foundIn(haystack) {
      // Without line breaks and other space, and without the zero byte of each letter in UTF-16.
      const joined = haystack.replaceAll(/[\s\0]+/g, "");
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

/** The parts that stay the same in base64, whatever text is around, in every alphabet of base64. */
function base64Forms(piece: string): string[] {
  return [0, 1, 2].map((offset) =>
    Buffer.from("-".repeat(offset) + piece)
      .toString("base64")
      .slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + piece.length)) / 6)),
  );
}
