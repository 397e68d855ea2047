import { describe, expect, test } from "@jest/globals";
import { ONE_OF_EACH_KIND } from "./faultKinds";
import { tryAll } from "./matrix";
import { CHANGES, CREATES, DELETES, LISTINGS, READS, type Scenario } from "./scenarios";

const all = [...CREATES, ...LISTINGS, ...READS, ...CHANGES, ...DELETES];
const isRefresh = ({ operation }: Scenario) => operation === "refresh";
// The engine deletes nothing after a create that failed, so these can't share a run with creates.
const isDelete = ({ call, program }: Scenario) => call === "delete" || program === undefined;

describe("one fault of each kind", () => {
  test.each([
    ["refresh", all.filter(isRefresh)],
    ["delete", all.filter((scenario) => !isRefresh(scenario) && isDelete(scenario))],
    ["create and update", all.filter((scenario) => !isRefresh(scenario) && !isDelete(scenario))],
  ])("at each call of %s: nothing is duplicated, orphaned, lost or leaked", async (_step, scenarios) => {
    // A fault that lasts leaves more to clean up than one that a retry gets past.
    const results = await tryAll(scenarios, ({ fault, lasts }) => lasts && ONE_OF_EACH_KIND.test(fault.name));

    expect(results.length).toBeGreaterThan(scenarios.length * 5);
    expect(results.filter(({ outcome }) => outcome === "")).toEqual([]);
  });
});
