import { expect, test } from "@jest/globals";
import { checkInputs, UNKNOWN } from "../../provider/secret/inputs";

const GOOD = { name: "A", value: "v" };

test.each<[string, Record<string, unknown>]>([
  ["the least", GOOD],
  [
    "everything",
    {
      ...GOOD,
      onExisting: "overwrite",
      existingId: "1",
      onNameChange: "rename",
      onInUse: "retain",
      triggers: [1, { a: null }, ["b"]],
      workspace: "eu",
    },
  ],
  ["the other words", { ...GOOD, onExisting: "keep", onNameChange: "replace", onInUse: "fail" }],
  ["everything unknown", { name: UNKNOWN, value: UNKNOWN, onExisting: UNKNOWN, triggers: UNKNOWN, workspace: UNKNOWN }],
  ["no triggers", { ...GOOD, triggers: [] }],
  ["a name and a value with spaces around and odd characters", { name: " a/b\n🔑 ", value: " \u0000 x" }],
])("%s passes", (_, inputs) => expect(checkInputs(inputs)).toEqual([]));

test.each<[string, string, unknown, string]>([
  ["name", "missing", undefined, "is missing"],
  ["name", "empty", "", "is empty: leave it out to use the resource's logical name"],
  ["name", "blank", " \n\t", "is blank: leave it out to use the resource's logical name"],
  ["name", "a number", 7, "must be a string, not a number"],
  ["name", "null", null, "must be a string, not null"],
  ["value", "missing", undefined, "is missing"],
  ["value", "empty", "", "is empty: the API takes no secret without a value"],
  ["value", "blank", "  ", "is blank: the API takes no secret without a value"],
  ["value", "an object", { canary: 1 }, "must be a string, not an object"],
  ["value", "a list", ["canary"], "must be a string, not a list"],
  ["value", "a boolean", true, "must be a string, not a boolean"],
  ["onExisting", "another word", "canary", 'must be one of "fail", "overwrite", "keep"'],
  ["onExisting", "a word in capitals", "FAIL", 'must be one of "fail", "overwrite", "keep"'],
  ["onExisting", "a word in a list", ["fail"], 'must be one of "fail", "overwrite", "keep"'],
  ["onNameChange", "another word", "keep", 'must be one of "replace", "rename"'],
  ["onNameChange", "empty", "", 'must be one of "replace", "rename"'],
  ["onInUse", "another word", "delete", 'must be one of "fail", "retain"'],
  ["onInUse", "a boolean", false, 'must be one of "fail", "retain"'],
  ["existingId", "blank", " ", "is blank: give a secret's id, or leave it out"],
  ["existingId", "a number", 1, "must be a string, not a number"],
  ["triggers", "text", "canary", "must be a list, not a string"],
  ["triggers", "an object", { length: 0 }, "must be a list, not an object"],
  ["workspace", "empty", "", "is empty: leave it out for the default one"],
  ["workspace", "an object", {}, "must be a string, not an object"],
])("%s: %s fails on that property alone", (property, _, given, reason) => {
  expect(checkInputs({ ...GOOD, [property]: given })).toEqual([{ property, reason }]);
});

test.each(["Value", "toString", "secretId"])("%s is no input", (property) => {
  const [failure, ...others] = checkInputs({ ...GOOD, [property]: "canary" });
  expect(others).toEqual([]);
  expect(failure).toEqual({
    property,
    reason: expect.stringMatching(/^is no input of a WorkspaceSecret; those are name, value,/),
  });
  expect(failure?.reason).not.toContain("canary");
});

test("all failures are told at once", () => {
  const inputs = { name: "", onExisting: "x", onInUse: "x", onNameChange: "x", triggers: 1, workspace: 1, odd: 1 };
  expect(
    checkInputs(inputs)
      .map(({ property }) => property)
      .sort(),
  ).toEqual(["name", "value", "onExisting", "onInUse", "onNameChange", "triggers", "workspace", "odd"].sort());
});

test("an unknown value hides no other failure", () => {
  expect(checkInputs({ name: UNKNOWN, value: "" }).map(({ property }) => property)).toEqual(["value"]);
});
