import { randomBytes } from "node:crypto";

/** A secret that can be found again wherever it went. */
export interface Canary {
  /** Begins, goes on and ends with what JSON, URLs and base64 write in other ways. */
  text: string;
  /** How `haystack` holds it, or a piece of it: as text (also in JSON, a URL, UTF-16), in base64, in hex, as numbers. */
  foundIn(haystack: string): string[];
}

/** What the state, a log, a URL or a terminal may write in another way; more than one line. */
export const PUNCTUATION =
  " \"'`\\\n\r\n\t\u00fce\u0301\u{1f511}$\u007bHOME}%0A%s%%<&+=/?;#\u0001\u001b[7m\u007f\u2028\u202e\\u0041";

/** As far apart as pieces that are looked for may begin: of any 11 characters in a row, one piece is whole. */
const STEP = 4;
const PIECE = 8;

/** `punctuation` goes around the letters and digits that are looked for, which no escape changes. */
export function canary(punctuation: string, { length = 0 } = {}): Canary {
  const core = BigInt(`0x${randomBytes(20).toString("hex")}`).toString(36);
  const one = `${punctuation}canary${core}`;
  // A long one has the core all along, so that a piece from anywhere is found.
  const times = Math.max(1, Math.ceil((length - punctuation.length) / one.length));
  const pieces = [...core].map((_, at) => core.slice(at, at + PIECE));
  const sought = pieces.filter((piece, at) => at % STEP === 0 && piece.length === PIECE);
  return {
    text: `${one.repeat(times)}${punctuation}`,
    foundIn(haystack) {
      // Whatever breaks lines or puts bytes apart, and the other half of each letter in UTF-16.
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

/** What stays the same in base64, whatever stands around; without the characters in which the alphabets of base64 differ. */
function base64Forms(piece: string): string[] {
  return [0, 1, 2].map((offset) =>
    Buffer.from("-".repeat(offset) + piece)
      .toString("base64")
      .slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + piece.length)) / 6)),
  );
}
