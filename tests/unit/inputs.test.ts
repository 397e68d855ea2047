import { expect, test } from "@jest/globals";
import { checkInputs, INPUT_NAMES, UNKNOWN } from "../../provider/secret/inputs";

const GOOD = { name: "A", value: "v" };

test.each<[string, Record<string, unknown>]>([
  ["only the required inputs", GOOD],
  [
    "all inputs",
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
  ["the other choices", { ...GOOD, onExisting: "keep", onNameChange: "replace", onInUse: "fail" }],
  ["unknown inputs", { name: UNKNOWN, value: UNKNOWN, onExisting: UNKNOWN, triggers: UNKNOWN, workspace: UNKNOWN }],
  ["an empty list of triggers", { ...GOOD, triggers: [] }],
  ["a name and a value with white space and unusual characters", { name: " a/b\n🔑 ", value: " \u0000 x" }],
])("the check accepts %s", (_, inputs) => expect(checkInputs(inputs)).toEqual([]));

const missing = { kind: "input-missing", facts: {} };
const empty = { kind: "input-empty", facts: { isBlank: false, advice: expect.stringMatching(/./) } };
const blank = { kind: "input-empty", facts: { isBlank: true, advice: expect.stringMatching(/./) } };
const wrongType = (expected: string, given: string) => ({ kind: "input-type", facts: { expected, given } });
const choiceOf = (...choices: string[]) => ({ kind: "input-choice", facts: { choices } });

test.each<[string, string, unknown, object]>([
  ["name", "missing", undefined, missing],
  ["name", "empty", "", empty],
  ["name", "blank", " \n\t", blank],
  ["name", "a number", 7, wrongType("a string", "a number")],
  ["name", "null", null, wrongType("a string", "null")],
  ["value", "missing", undefined, missing],
  ["value", "empty", "", empty],
  ["value", "blank", "  ", blank],
  ["value", "an object", { canary: 1 }, wrongType("a string", "an object")],
  ["value", "a list", ["canary"], wrongType("a string", "a list")],
  ["value", "a boolean", true, wrongType("a string", "a boolean")],
  ["onExisting", "another word", "canary", choiceOf("fail", "overwrite", "keep")],
  ["onExisting", "a word in capitals", "FAIL", choiceOf("fail", "overwrite", "keep")],
  ["onExisting", "a word in a list", ["fail"], choiceOf("fail", "overwrite", "keep")],
  ["onNameChange", "another word", "keep", choiceOf("replace", "rename")],
  ["onNameChange", "empty", "", choiceOf("replace", "rename")],
  ["onInUse", "another word", "delete", choiceOf("fail", "retain")],
  ["onInUse", "a boolean", false, choiceOf("fail", "retain")],
  ["existingId", "blank", " ", blank],
  ["existingId", "a number", 1, wrongType("a string", "a number")],
  ["triggers", "text", "canary", wrongType("a list", "a string")],
  ["triggers", "an object", { length: 0 }, wrongType("a list", "an object")],
  ["workspace", "empty", "", empty],
  ["workspace", "an object", {}, wrongType("a string", "an object")],
])("an invalid %s (%s) is one failure, for that input", (property, _, given, failure) => {
  expect(checkInputs({ ...GOOD, [property]: given })).toEqual([{ property, ...failure }]);
});

test.each([
  ["name", "omit it to use the resource's logical name"],
  ["value", "the API accepts no secret without a value"],
  ["existingId", "set it to the id of a secret, or omit it"],
  ["workspace", "omit it to use the default workspace"],
])("an empty %s has separate advice", (property, advice) => {
  expect(checkInputs({ ...GOOD, [property]: "" })).toMatchObject([{ kind: "input-empty", facts: { advice } }]);
});

test.each(["Value", "toString", "secretId"])("%s is not an input", (property) => {
  const failures = checkInputs({ ...GOOD, [property]: "canary" });
  expect(failures).toEqual([{ property, kind: "input-unknown", facts: { known: INPUT_NAMES } }]);
  expect(JSON.stringify(failures)).not.toContain("canary");
});

test("all failures are found at once", () => {
  const inputs = { name: "", onExisting: "x", onInUse: "x", onNameChange: "x", triggers: 1, workspace: 1, odd: 1 };
  expect(
    checkInputs(inputs)
      .map(({ property }) => property)
      .sort(),
  ).toEqual(["name", "value", "onExisting", "onInUse", "onNameChange", "triggers", "workspace", "odd"].sort());
});

test("an unknown input does not hide other failures", () => {
  expect(checkInputs({ name: UNKNOWN, value: "" }).map(({ property }) => property)).toEqual(["value"]);
});
