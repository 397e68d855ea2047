import { describe, expect, test } from "@jest/globals";
import { canonical, isDigestOf } from "../../provider/secret/digest";
import { changedPolicies, isValueKept, kept, newState, workspaceOf } from "../../provider/secret/state";

const INPUTS = { name: "A", value: "canary" };
const PLACE = { name: "eu", endpoint: "https://api.example" };

describe("a new state", () => {
  test("holds the outputs and a digest of the value, but no value", () => {
    const state = newState({ id: "1", name: "A" }, INPUTS, PLACE, { valueKept: false });
    expect(state).toEqual({
      secretId: "1",
      name: "A",
      workspace: "eu",
      endpoint: "https://api.example",
      valueDigest: expect.any(String),
    });
    expect(isDigestOf(state.valueDigest, "canary")).toBe(true);
    expect(JSON.stringify(state)).not.toContain("canary");
  });

  test("has the name that the secret bears, whatever the program wants", () => {
    expect(newState({ id: "1", name: "B" }, INPUTS, PLACE, { valueKept: false }).name).toBe("B");
  });

  test("says whether the value was kept, if it was or if the input asks for it", () => {
    const keeping = { ...INPUTS, onExisting: "keep" as const };
    const of = (inputs: typeof INPUTS, valueKept: boolean) =>
      newState({ id: "1", name: "A" }, inputs, PLACE, { valueKept }).valueKept;
    expect([of(INPUTS, false), of(INPUTS, true), of(keeping, false), of(keeping, true)]).toEqual([
      undefined,
      true,
      false,
      true,
    ]);
  });

  test("repeats the inputs that diff and delete need, the triggers as a digest alone", () => {
    const triggers = [{ b: 1, a: "canary" }];
    const { triggersDigest, ...rest } = kept({
      ...INPUTS,
      triggers,
      existingId: "1",
      onExisting: "keep",
      onNameChange: "rename",
      onInUse: "retain",
      workspace: "eu",
    });
    expect(rest).toEqual({ existingId: "1", onExisting: "keep", onNameChange: "rename", onInUse: "retain" });
    expect(isDigestOf(triggersDigest, canonical(triggers))).toBe(true);
    expect(triggersDigest).not.toContain("canary");
  });

  test("leaves out what is the default", () => {
    expect(kept({ ...INPUTS, onExisting: "fail", onNameChange: "replace", onInUse: "fail" })).toEqual({});
    expect(Object.keys(kept({ ...INPUTS, triggers: [] }))).toEqual(["triggersDigest"]);
  });
});

describe("changed policies", () => {
  test.each([
    [{}, {}, []],
    [{ onInUse: "fail" }, {}, []],
    [{}, { onExisting: "fail", onNameChange: "replace", onInUse: "fail" }, []],
    [{ onInUse: "retain" }, {}, ["onInUse"]],
    [{}, { onInUse: "retain" }, ["onInUse"]],
    [{ onExisting: "keep" }, { onExisting: "overwrite", onNameChange: "rename" }, ["onExisting", "onNameChange"]],
  ])("of %j and %j are %j, a missing one being the default", (a, b, changed) => {
    expect(changedPolicies(a, b)).toEqual(changed);
  });
});

test("a workspace left out is the default one", () => {
  expect([workspaceOf({}), workspaceOf({ workspace: "eu" })]).toEqual(["default", "eu"]);
});

test("the value of a state from before this was kept may be one that was adopted", () => {
  expect(
    [{}, { onExisting: "keep" as const }, { onExisting: "keep" as const, valueKept: false }].map(isValueKept),
  ).toEqual([false, true, false]);
});
