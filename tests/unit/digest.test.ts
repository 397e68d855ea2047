import { describe, expect, test } from "@jest/globals";
import { canonical, digest, isDigestOf } from "../../provider/secret/digest";

describe("a digest", () => {
  test("a digest matches only the value that it was made from", () => {
    const stored = digest("value");
    expect(isDigestOf(stored, "value")).toBe(true);
    for (const other of ["", "Value", "value ", stored]) expect(isDigestOf(stored, other)).toBe(false);
  });

  test("two digests of the same value differ, and don't contain the value", () => {
    const digests = Array.from({ length: 50 }, () => digest("value"));
    expect(new Set(digests).size).toBe(50);
    expect(digests.join()).not.toContain("value");
    for (const one of digests) expect(one).toMatch(/^[\w-]{12}\.[\w-]{22}$/);
  });

  test("a digest of an earlier version still matches", () => {
    expect(isDigestOf("AAAAAAAAAAAA.jKZmm09CimW91w-fuCsJcg", "v1")).toBe(true);
  });

  test.each([undefined, "", ".", "salt", "salt."])("%j is not a digest", (stored) => {
    expect(isDigestOf(stored, "")).toBe(false);
    expect(isDigestOf(stored, "value")).toBe(false);
  });

  test.each(["", "ünï 🔑", "a\u0000b", "x".repeat(1_000_000)])("every digest has 35 characters", (text) => {
    expect(digest(text)).toHaveLength(35);
    expect(isDigestOf(digest(text), text)).toBe(true);
  });
});

describe("canonical", () => {
  test.each<[unknown, unknown]>([
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [[{ x: { c: 1, d: [{ e: 1, f: 2 }] } }], [{ x: { d: [{ f: 2, e: 1 }], c: 1 } }]],
    [
      { 2: "b", 1: "a" },
      { 1: "a", 2: "b" },
    ],
  ])("the order of keys does not matter, at any depth: %j", (a, b) => expect(canonical(a)).toBe(canonical(b)));

  test.each<[unknown, unknown]>([
    [
      [1, 2],
      [2, 1],
    ],
    [1, "1"],
    [null, "null"],
    [[], {}],
    [[[]], []],
    [{ a: 1 }, { a: 2 }],
    [["a,b"], ["a", "b"]],
  ])("any other difference matters: %j and %j", (a, b) => expect(canonical(a)).not.toBe(canonical(b)));

  test("the canonical format is stable, because the state has its digest", () => {
    expect(canonical([{ b: [1, null], a: "ü" }, true])).toBe('[{"a":"ü","b":[1,null]},true]');
  });

  test("a key such as __proto__ is treated like any other key", () => {
    expect(canonical(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
  });
});
