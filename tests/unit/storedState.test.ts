import { describe, expect, test } from "@jest/globals";
import { canonical, isDigestOf } from "../../provider/secret/digest";
import { changedPolicies, isValueKept, keptInputs, stateOf, workspaceOf } from "../../provider/secret/state";
import { trackingByDigest } from "../../provider/secret/valueTracking";

const INPUTS = { name: "A", value: "canary" };
const MARK = "entry123.route456";
const WORKSPACE = { name: "eu", endpoint: "https://api.example" };

describe("a new state", () => {
  test("a state has outputs, a mark and a digest of the value, but no value", () => {
    const outputs = stateOf({ id: "1", name: "A" }, INPUTS, WORKSPACE, { valueKept: false, mark: MARK });
    const state = { ...outputs, ...trackingByDigest.remember(INPUTS) };
    expect(state).toEqual({
      secretId: "1",
      name: "A",
      workspace: "eu",
      endpoint: "https://api.example",
      mark: MARK,
      valueDigest: expect.any(String),
    });
    expect(isDigestOf(state.valueDigest, "canary")).toBe(true);
    expect(JSON.stringify(state)).not.toContain("canary");
  });

  test("the state has the live name of the secret, not the program's name", () => {
    const state = stateOf({ id: "1", name: "B" }, INPUTS, WORKSPACE, { valueKept: false, mark: MARK });
    expect([state.name, state.requestedName]).toEqual(["B", "A"]);
  });

  test('the state has valueKept if it is true or onExisting is "keep"', () => {
    const keeping = { ...INPUTS, onExisting: "keep" as const };
    const of = (inputs: typeof INPUTS, valueKept: boolean) =>
      stateOf({ id: "1", name: "A" }, inputs, WORKSPACE, { valueKept, mark: MARK }).valueKept;
    expect([of(INPUTS, false), of(INPUTS, true), of(keeping, false), of(keeping, true)]).toEqual([
      undefined,
      true,
      false,
      true,
    ]);
  });

  test("the state has the inputs that diff and delete need", () => {
    const inputs = {
      ...INPUTS,
      triggers: [{ b: 1, a: "canary" }],
      existingId: "1",
      onExisting: "keep",
      onNameChange: "rename",
      onInUse: "retain",
      workspace: "eu",
    } as const;
    expect(keptInputs({ ...inputs, triggers: [...inputs.triggers] })).toEqual({
      existingId: "1",
      onExisting: "keep",
      onNameChange: "rename",
      onInUse: "retain",
    });
  });

  test("the state has a digest of the triggers, but no triggers", () => {
    const triggers = [{ b: 1, a: "canary" }];
    const { triggersDigest } = trackingByDigest.remember({ ...INPUTS, triggers });
    expect(isDigestOf(triggersDigest, canonical(triggers))).toBe(true);
    expect(triggersDigest).not.toContain("canary");
  });

  test("the state omits inputs that have their default", () => {
    expect(keptInputs({ ...INPUTS, onExisting: "fail", onNameChange: "replace", onInUse: "fail" })).toEqual({});
    expect(Object.keys(trackingByDigest.remember(INPUTS))).toEqual(["valueDigest"]);
    expect(Object.keys(trackingByDigest.remember({ ...INPUTS, triggers: [] })).sort()).toEqual([
      "triggersDigest",
      "valueDigest",
    ]);
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
  ])("the policies that change between %j and %j are %j", (a, b, changed) => {
    expect(changedPolicies(a, b)).toEqual(changed);
  });
});

test("a secret without a workspace is in the default workspace", () => {
  expect([workspaceOf({}), workspaceOf({ workspace: "eu" })]).toEqual(["default", "eu"]);
});

test('a state without valueKept keeps its value if onExisting is "keep"', () => {
  expect(
    [{}, { onExisting: "keep" as const }, { onExisting: "keep" as const, valueKept: false }].map(isValueKept),
  ).toEqual([false, true, false]);
});
