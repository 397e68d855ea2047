import { describe, expect, test } from "@jest/globals";
import { quoted, redacted, sanitized } from "../../provider/messages/sanitize";

describe("sanitized", () => {
  test.each([
    ["plain text stays", "CRM token, ünï 🔑 'x' \"y\" \\", "CRM token, ünï 🔑 'x' \"y\" \\"],
    ["line breaks and tabs", "a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"],
    ["terminal escapes", "\u001b[31m\u009b1m", "\\u001b[31m\\u009b1m"],
    ["NUL, backspace and DEL", "\u0000\b\u007f", "\\u0000\\u0008\\u007f"],
    ["line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"],
    ["direction marks", "\u061c\u200e\u200f", "\\u061c\\u200e\\u200f"],
    ["direction overrides", "\u202a\u202e\u2066\u2069", "\\u202a\\u202e\\u2066\\u2069"],
    ["an empty text", "", ""],
  ])("%s", (_, text, shown) => expect(sanitized(text)).toBe(shown));

  test("at most 300 characters are shown, and an ellipsis if there are more", () => {
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
  ])("%j", (text, shown) => expect(quoted(text)).toBe(shown));
});

describe("redacted", () => {
  const secret = 'p"ü/ 1';

  test.each([
    ["as it is", secret],
    ["as in JSON", 'p\\"ü/ 1'],
    ["as in a URL", "p%22%C3%BC%2F%201"],
    ["as base64", Buffer.from(secret).toString("base64")],
  ])("a secret is removed everywhere: %s", (_, form) => {
    expect(redacted(`<${form}> and ${form}`, [secret])).toBe("<[secret]> and [secret]");
  });

  test("if one secret contains another, nothing of the longer one is left", () => {
    for (const secrets of [
      ["key", "key-and-more"],
      ["key-and-more", "key"],
    ]) {
      expect(redacted("key-and-more, key", secrets)).toBe("[secret], [secret]");
    }
  });

  test("missing and empty secrets remove nothing", () => {
    expect(redacted("text", [undefined, ""])).toBe("text");
  });

  test("a text that contains a secret of one or two letters is not shown", () => {
    expect(redacted("a secret", ["s"])).toBe("[not shown: it holds the secret]");
    expect(redacted("a word", ["s"])).toBe("a word");
  });

  test("other secrets are not looked for in the replacement of one", () => {
    expect(redacted("long-value and secret", ["long-value", "secret", "cret"])).toBe("[secret] and [secret]");
  });

  test("a secret is neither a pattern nor a replacement pattern", () => {
    expect(redacted("a.c abc", ["a.c"])).toBe("[secret] abc");
    expect(redacted("x$&$x", ["$&$"])).toBe("x[secret]x");
  });

  test("a secret that is not well-formed text is removed, too", () => {
    expect(redacted("a12\ud800b", ["12\ud800"])).toBe("a[secret]b");
  });
});
