import { describe, expect, test } from "@jest/globals";
import { canary, leaksIn, PUNCTUATION } from "../support/canary";

const LENGTH = 64 * 1024;
const short = canary(PUNCTUATION);
const long = canary(PUNCTUATION, { length: LENGTH });
const others = Array.from({ length: 20 }, () => canary(PUNCTUATION));
const json = (text: string) => JSON.stringify({ text });
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe.each([
  ["short", short],
  ["long", long],
])("the %s canary is found", (_, one) => {
  const { text, foundIn } = one;
  test.each<[string, (text: string) => string, string]>([
    ["as it is", (text) => text, "text"],
    ["in capitals", (text) => text.toUpperCase(), "text"],
    ["in JSON", json, "text"],
    ["in JSON in JSON in JSON", (text) => json(json(json(text))), "text"],
    ["in ASCII-only JSON", (text) => json(text).replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0)}`), "text"],
    ["in a URL's path", encodeURIComponent, "text"],
    ["in a form", (text) => new URLSearchParams({ text }).toString(), "text"],
    ["in UTF-16", (text) => Buffer.from(text, "utf16le").toString("latin1"), "text"],
    ["in base64", base64, "base64"],
    ["in base64, shifted by one byte", (text) => base64(`x${text}`), "base64"],
    ["in base64, shifted by two bytes", (text) => base64(`xx${text}`), "base64"],
    ["in base64 for URLs", (text) => Buffer.from(text).toString("base64url"), "base64"],
    ["in base64 in lines", (text) => base64(text).replaceAll(/.{19}/g, "$&\r\n"), "base64"],
    ["in hex", (text) => Buffer.from(text).toString("hex"), "hex"],
    ["in hex in capitals", (text) => Buffer.from(text).toString("hex").toUpperCase(), "hex"],
    ["in hex with spaces", (text) => Buffer.from(text).toString("hex").replaceAll(/../g, "$& "), "hex"],
    ["as a buffer in JSON", (text) => JSON.stringify(Buffer.from(text), null, 2), "numbers"],
  ])("a canary is found %s", (_, written, way) => {
    const haystack = `before ${written(text)} after`;
    expect(foundIn(haystack)).toEqual([way]);
    expect(leaksIn(haystack, [...others, one])).toEqual([way]);
  });
});

test("any piece of 11 letters and digits is found", () => {
  const core = /canary(\w+)/.exec(short.text)?.[1] ?? "";
  for (let at = 0; at + 11 <= core.length; at++) expect(short.foundIn(core.slice(at, at + 11))).toEqual(["text"]);
});

test("a long canary is found by a piece of its start, middle or end", () => {
  expect(long.text.length).toBeGreaterThanOrEqual(LENGTH);
  for (const at of [0, LENGTH / 2, long.text.length - 200]) {
    const piece = long.text.slice(at, at + 200);
    expect([long.foundIn(piece), long.foundIn(base64(piece))]).toEqual([["text"], ["base64"]]);
  }
});

test("a different canary and ordinary text are not found", () => {
  expect(short.foundIn(long.text)).toEqual([]);
  expect(long.foundIn(json(short.text))).toEqual([]);
  expect(short.foundIn("canary anything else")).toEqual([]);
  expect(leaksIn(json(long.text), [short, ...others])).toEqual([]);
});
