import { randomBytes } from "node:crypto";

/** A secret that can be found again wherever it went. */
export interface Canary {
  /** Begins, goes on and ends with what JSON, URLs and base64 write in other ways. */
  text: string;
  /** How `haystack` holds it, also a piece of it: as it is, in JSON or in a URL, in base64, in hex. */
  foundIn(haystack: string): string[];
}

/** `punctuation` goes around the letters and digits that are looked for, which no escape changes. */
export function canary(punctuation: string): Canary {
  const core = `Canary${randomBytes(12).toString("hex")}`;
  const forms = new Map([
    ["text", core],
    ["hex", Buffer.from(core).toString("hex")],
    ...[0, 1, 2].map((offset) => [`base64, offset ${offset}`, base64Core(core, offset)] as const),
  ]);
  return {
    text: `${punctuation}${core}${punctuation}`,
    foundIn(haystack) {
      const standard = haystack.replaceAll("-", "+").replaceAll("_", "/");
      return [...forms].filter(([, form]) => haystack.includes(form) || standard.includes(form)).map(([how]) => how);
    },
  };
}

/** What stays the same in base64, whatever stands around. */
function base64Core(core: string, offset: number): string {
  const bits = 8 * (offset + core.length);
  return Buffer.from("-".repeat(offset) + core)
    .toString("base64")
    .slice(Math.ceil((8 * offset) / 6), Math.floor(bits / 6));
}
