import { expect, test } from "@jest/globals";
import { digestOf, markedBy, markIn, newMark, routesIn } from "../../../provider/ownership/mark";

const ROUTE = { endpoint: "https://api.example", apiKey: "sk_canary" };

test("no two marks are the same", () => {
  const marks = Array.from({ length: 1_000 }, newMark);
  expect(new Set(marks).size).toBe(1_000);
});

test("the output has two parts of 8 characters, and identifies its entry", () => {
  const mark = newMark();
  const output = markedBy(mark, ROUTE);
  expect(output).toMatch(/^[\w-]{8}\.[\w-]{8}$/);
  expect([markIn(output), routesIn(output)]).toEqual([mark, [digestOf(ROUTE)]]);
});

test("a mark alone contains no route", () => {
  expect(markIn("entry123")).toBe("entry123");
  expect([routesIn("entry123"), routesIn(undefined)]).toEqual([[], []]);
});

test("the digest of a route depends on its URL and key", () => {
  const others = [
    { ...ROUTE, endpoint: "https://api.other.example" },
    { ...ROUTE, apiKey: "sk_other" },
    { ...ROUTE, apiKey: undefined },
  ].map(digestOf);
  expect(digestOf({ ...ROUTE })).toBe(digestOf(ROUTE));
  expect(new Set([digestOf(ROUTE), ...others]).size).toBe(4);
});

test("the output keeps the last three routes, the latest first, each once", () => {
  const routes = ["a", "b", "c", "d"].map((apiKey) => ({ ...ROUTE, apiKey }));
  const [a, b, c, d] = routes.map(digestOf);
  const output = routes.reduce(markedBy, newMark());
  expect(routesIn(output)).toEqual([d, c, b]);
  expect(routesIn(markedBy(output, { ...ROUTE, apiKey: "b" }))).toEqual([b, d, c]);
  expect(routesIn(output)).not.toContain(a);
});

test("the output contains neither the key nor the URL", () => {
  expect(markedBy(newMark(), ROUTE)).not.toMatch(/canary|example/);
});
