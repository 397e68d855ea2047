import { expect, test } from "@jest/globals";
import { isSpellingOf } from "../../provider/api/spelling";

test.each([
  ["CRM", "CRM"],
  ["CRM", " CRM\t"],
  ["CRM", "crm"],
  ["caf\u00e9", "cafe\u0301"],
  ["CAF\u00c9", " cafe\u0301 "],
])("%j and %j may be the same name", (stored, requested) => {
  expect([isSpellingOf(stored, requested), isSpellingOf(requested, stored)]).toEqual([true, true]);
});

test.each([
  ["CRM", "CRM2"],
  ["CRM", "C RM"],
  ["CRM_TOKEN", "CRM-TOKEN"],
  ["cafe", "caf\u00e9"],
])("%j and %j are different names", (stored, requested) => {
  expect(isSpellingOf(stored, requested)).toBe(false);
});
