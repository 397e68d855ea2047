import { expect, test } from "@jest/globals";
import { hasTitle } from "../support/testTitles";
import { FOLLOWED_ADVICE } from "./followedAdvice";
import { ALL_KINDS } from "./messageExamples";

test("every kind of error and warning has a test that follows its advice", () => {
  const kinds = new Set(ALL_KINDS.map(([, { kind }]) => kind));
  expect(Object.keys(FOLLOWED_ADVICE).sort()).toEqual([...kinds].sort());

  const tests = Object.values(FOLLOWED_ADVICE).flatMap((followed) => (typeof followed === "string" ? [] : followed));
  const missing = tests.filter((test) => {
    const [file = "", ...title] = test.split(": ");
    return !hasTitle(file, title.join(": "));
  });

  expect(missing).toEqual([]);
});
