import { describe, expect, test } from "@jest/globals";
import { harmless, quoted, redacted } from "../../provider/messages/foreignText";

describe("harmless", () => {
  test.each([
    ["plain text stays", "CRM token, ünï 🔑 'x' \"y\" \\", "CRM token, ünï 🔑 'x' \"y\" \\"],
    ["line breaks and tabs", "a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"],
    ["terminal escapes", "\u001b[31m\u009b1m", "\\u001b[31m\\u009b1m"],
    ["NUL, backspace and DEL", "\u0000\b\u007f", "\\u0000\\u0008\\u007f"],
    ["separators of lines and paragraphs", "\u2028\u2029", "\\u2028\\u2029"],
    ["marks of direction", "\u061c\u200e\u200f", "\\u061c\\u200e\\u200f"],
    ["overrides of direction", "\u202a\u202e\u2066\u2069", "\\u202a\\u202e\\u2066\\u2069"],
    ["nothing", "", ""],
  ])("%s", (_, text, shown) => expect(harmless(text)).toBe(shown));

  test("at most 300 characters are shown, and that there are more", () => {
    expect(harmless("x".repeat(300))).toBe("x".repeat(300));
    expect(harmless("x".repeat(301))).toBe(`${"x".repeat(300)}…`);
    expect(harmless("\u0000".repeat(1_000)).length).toBe(301);
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
  ])("a secret is taken out everywhere: %s", (_, form) => {
    expect(redacted(`<${form}> and ${form}`, [secret])).toBe("<[secret]> and [secret]");
  });

  test("of a secret within another, nothing of the longer is left, whatever their order", () => {
    for (const secrets of [
      ["key", "key-and-more"],
      ["key-and-more", "key"],
    ]) {
      expect(redacted("key-and-more, key", secrets)).toBe("[secret], [secret]");
    }
  });

  test("missing and empty secrets take nothing out", () => {
    expect(redacted("text", [undefined, ""])).toBe("text");
  });

  test("a text that holds a secret of one or two letters is not shown at all", () => {
    expect(redacted("a secret", ["s"])).toBe("[not shown: it holds the secret]");
    expect(redacted("a word", ["s"])).toBe("a word");
  });

  test("what stands for one secret is not searched for another", () => {
    expect(redacted("long-value and secret", ["long-value", "secret", "cret"])).toBe("[secret] and [secret]");
  });

  test("characters that mean something to patterns and replacements mean nothing here", () => {
    expect(redacted("a.c abc", ["a.c"])).toBe("[secret] abc");
    expect(redacted("x$&$x", ["$&$"])).toBe("x[secret]x");
  });

  test("a secret that is no well-formed text is no failure", () => {
    expect(redacted("a12\ud800b", ["12\ud800"])).toBe("a[secret]b");
  });
});
