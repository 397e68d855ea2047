import { describe, expect, test } from "@jest/globals";
import { canonical, isDigestOf } from "../../provider/lifecycle/digest";
import { changedPolicies, kept, newState, workspaceOf } from "../../provider/lifecycle/state";

const INPUTS = { name: "A", value: "canary" };
const PLACE = { name: "eu", endpoint: "https://api.example" };

describe("a new state", () => {
  test("holds the outputs and a digest of the value, but no value", () => {
    const state = newState({ id: "1", name: "A" }, INPUTS, PLACE);
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
    expect(newState({ id: "1", name: "B" }, INPUTS, PLACE).name).toBe("B");
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
