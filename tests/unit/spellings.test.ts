import { expect, test } from "@jest/globals";
import { isSpellingOf } from "../../provider/api/spelling";

test.each([
  ["CRM", "CRM"],
  ["CRM", " CRM\t"],
  ["CRM", "crm"],
  ["caf\u00e9", "cafe\u0301"],
  ["CAF\u00c9", " cafe\u0301 "],
])("%j may be how the API stores %j, and the other way round", (stored, requested) => {
  expect([isSpellingOf(stored, requested), isSpellingOf(requested, stored)]).toEqual([true, true]);
});

test.each([
  ["CRM", "CRM2"],
  ["CRM", "C RM"],
  ["CRM_TOKEN", "CRM-TOKEN"],
  ["cafe", "caf\u00e9"],
])("%j is another name than %j", (stored, requested) => {
  expect(isSpellingOf(stored, requested)).toBe(false);
});
