// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the marker only looks like a placeholder of JavaScript

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type ScannedMarkers, scanMarkers, withIds } from "../../cli/render/markers";

function scanned(text: string): ScannedMarkers {
  const found = scanMarkers(text);
  if ("kind" in found) throw new Error(`not JSON: ${found.kind}`);
  return found;
}

function rendered(text: string): string {
  return withIds(text, scanned(text).markers, (name) => `id of ${name}`);
}

describe("the markers of a file", () => {
  test("a marker is a whole secret_id, at any depth, with a JSON Pointer", () => {
    const text = '{"a/b~c": [{"secret_id": "${secret:A}"}, {"secret_id": "2f6Hx0QTzq"}], "secret_id": "${secret:A}"}';
    expect(scanned(text)).toMatchObject({
      markers: [
        { name: "A", place: "/a~1b~0c/0/secret_id" },
        { name: "A", place: "/secret_id" },
      ],
      faults: [],
      ids: [{ id: "2f6Hx0QTzq", place: "/a~1b~0c/1/secret_id" }],
    });
  });

  test.each([
    ["braces, quotes and spaces", '{"secret_id": "${secret: a}\\"b} }"}', ' a}"b} '],
    ["escapes", '{"secret\\u005fid": "\\u0024{secret:\\u00e9\\ud83d\\ude00\\/}"}', "é😀/"],
    ["a line break", '{"secret_id": "${secret:a\\nb}"}', "a\nb"],
  ])("the name in a marker can contain %s", (_, text, name) => {
    expect(scanned(text)).toMatchObject({ markers: [{ name }], faults: [] });
  });

  test.each([
    ["inside another value", '{"Authorization": "Bearer ${secret:A}"}', "misplaced", "/Authorization"],
    ["as another value", '{"headers": ["${secret:A}"]}', "misplaced", "/headers/0"],
    ["under the SDK's key", '{"secretId": "${secret:A}"}', "misplaced", "/secretId"],
    ["as a key", '{"${secret:A}": 1}', "misplaced", "/${secret:A}"],
    ["as the whole file", '"${secret:A}"', "misplaced", ""],
    ["with a prefix", '{"secret_id": "x${secret:A}"}', "malformed", "/secret_id"],
    ["with a suffix", '{"secret_id": "${secret:A} "}', "malformed", "/secret_id"],
    ["without a name", '{"secret_id": "${secret:}"}', "malformed", "/secret_id"],
    ["in another spelling", '{"secret_id": "${SECRET:A}"}', "malformed", "/secret_id"],
  ])("a marker %s is a fault", (_, text, kind, place) => {
    expect(scanned(text)).toEqual({ markers: [], faults: [{ kind, place }], ids: [] });
  });

  test("a dollar sign or braces without a marker are allowed", () => {
    const text = '{"prompt": "costs $5 {{name}} ${amount} {secret:A}", "secret_id": 5}';
    expect(scanned(text)).toEqual({ markers: [], faults: [], ids: [] });
  });
});

describe("a rendered file", () => {
  test("only ids change: order, numbers, escapes and line ends don't", () => {
    const before =
      '\r\n{ "z":1.0e+2,\t"a" : "\\u00e9\\/",\r\n"secret_id":"${secret:A}" , "n": 12345678901234567890 }\n\n';
    expect(rendered(before)).toBe(before.replace("${secret:A}", "id of A"));
  });

  test("any id is written as a valid JSON string", () => {
    const text = '{"secret_id": "${secret:A}"}';
    expect(withIds(text, scanned(text).markers, () => 'a"b$&\n')).toBe('{"secret_id": "a\\"b$&\\n"}');
  });

  test("a file doesn't change if each id is equal to its marker", () => {
    const name = fc.string({ minLength: 1, unit: "binary" });
    const locator = name.map((text) => ({ secret_id: `\${secret:${text}}` }));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        locator,
        fc.array(tie("value")),
        fc.dictionary(name, tie("value")),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom("", "  ", "\t"), (json, indent) => {
        const text = JSON.stringify(json, null, indent);
        fc.pre(!/\$\{secret:/.test(text.replaceAll(/"secret_id":\s*"\$\{secret:/g, "")));
        expect(withIds(text, scanned(text).markers, (of) => `\${secret:${of}}`)).toBe(text);
        const count = text.split(/"secret_id":\s*"\$\{secret:/).length - 1;
        expect(scanned(text).markers).toHaveLength(count);
      }),
    );
  });
});

describe("a file that isn't JSON", () => {
  test.each([
    ["an extra comma", '{\n  "a": 1,\n}', 3, 1],
    ["a comment", '{\n  // a\n  "a": 1\n}', 2, 3],
    ["an empty file", "", 1, 1],
    ["two values", "{} {}", 1, 4],
  ])("%s is refused with its line and column", (_, text, line, column) => {
    expect(scanMarkers(text)).toEqual({ kind: "not-json", line, column });
  });

  test("a byte order mark and too many levels are two kinds of faults", () => {
    expect(scanMarkers("\ufeff{}")).toEqual({ kind: "byte-order-mark" });
    expect(scanMarkers("[".repeat(1_000_000))).toEqual({ kind: "too-deep" });
  });

  test("a file is refused if and only if JSON.parse refuses it", () => {
    const pieces = [
      '"a"',
      '"\\u12"',
      '"\t"',
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "1",
      "01",
      "-",
      ".5",
      "1e5",
      "true",
      "nul",
      " ",
      "\n",
      "\u00a0",
      "//",
      "'",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        const isJson = () => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        };
        expect("markers" in scanMarkers(text)).toBe(isJson());
      }),
      { numRuns: 2000 },
    );
  });
});
