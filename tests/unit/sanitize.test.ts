import { describe, expect, test } from "@jest/globals";
import { quoted, redacted, sanitized } from "../../provider/text/sanitize";

describe("sanitized", () => {
  test.each([
    ["plain text", "CRM token, ünï 🔑 'x' \"y\" \\", "CRM token, ünï 🔑 'x' \"y\" \\"],
    ["line breaks and tabs", "a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"],
    ["terminal escapes", "\u001b[31m\u009b1m", "\\u001b[31m\\u009b1m"],
    ["NUL, backspace and DEL", "\u0000\b\u007f", "\\u0000\\u0008\\u007f"],
    ["line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"],
    ["direction marks", "\u061c\u200e\u200f", "\\u061c\\u200e\\u200f"],
    ["direction overrides", "\u202a\u202e\u2066\u2069", "\\u202a\\u202e\\u2066\\u2069"],
    ["an empty string", "", ""],
  ])("sanitized text shows no control characters: %s", (_, text, shown) => expect(sanitized(text)).toBe(shown));

  test("a string is cut after 300 characters, and ends with an ellipsis", () => {
    expect(sanitized("x".repeat(300))).toBe("x".repeat(300));
    expect(sanitized("x".repeat(301))).toBe(`${"x".repeat(300)}…`);
    expect(sanitized("\u0000".repeat(1_000)).length).toBe(301);
  });
});

describe("quoted", () => {
  test.each([
    ["A", '"A"'],
    ["", '""'],
    ['say "hi"', '"say \\"hi\\""'],
    ["a\nb", '"a\\u000ab"'],
  ])("quoted adds quotes to %j and escapes it", (text, shown) => expect(quoted(text)).toBe(shown));
});

describe("redacted", () => {
  const HIDDEN = "[not shown: it contains a secret]";
  const secret = 'p"ü/ 1';

  test.each([
    ["as it is", secret],
    ["as in JSON", 'p\\"ü/ 1'],
    ["as in a URL", "p%22%C3%BC%2F%201"],
    ["as base64", Buffer.from(secret).toString("base64")],
    ["in base64, after one character", Buffer.from("-a longer secret").toString("base64"), "a longer secret"],
    ["in base64, after two characters", Buffer.from("--a longer secret").toString("base64"), "a longer secret"],
  ])("a string that contains a secret %s is not shown", (_, form, given = secret) => {
    expect(redacted(`an answer <${form}> of the API`, ["other", given])).toBe(HIDDEN);
  });

  test("a string with 8 characters of a secret is hidden, but not one with 7", () => {
    expect(redacted("it ends in 12345678", ["012345678"])).toBe(HIDDEN);
    expect(redacted("it ends in 2345678", ["012345678"])).toBe("it ends in 2345678");
  });

  test("missing and empty secrets hide nothing", () => {
    expect(redacted("text", [undefined, ""])).toBe("text");
  });

  test("a string that contains a secret of one letter is not shown", () => {
    expect(redacted("a secret", ["s"])).toBe(HIDDEN);
    expect(redacted("a word", ["s"])).toBe("a word");
  });

  test("a secret at the end is found, even if the string is cut inside it", () => {
    for (let length = 285; length < 300; length++) {
      for (const given of ["a longer secret", "short"]) {
        expect(sanitized(redacted("-".repeat(length) + given, [given]))).toBe(HIDDEN);
      }
    }
  });

  test("a secret is not a pattern", () => {
    expect(redacted("abc", ["a.c"])).toBe("abc");
    expect(redacted("a.c", ["a.c"])).toBe(HIDDEN);
  });

  test("a string that contains a secret of broken characters is not shown", () => {
    expect(redacted("a12\ud800b", ["12\ud800"])).toBe(HIDDEN);
  });
});
