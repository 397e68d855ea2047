import { describe, expect, test } from "@jest/globals";
import { ONE_OF_EACH_KIND } from "./faultKinds";
import { tryAll } from "./matrix";
import { CHANGES, CREATES, DELETES, LISTINGS, READS, type Scenario } from "./scenarios";

const all = [...CREATES, ...LISTINGS, ...READS, ...CHANGES, ...DELETES];
const isRefresh = ({ operation }: Scenario) => operation === "refresh";
// After a failed create, the engine deletes nothing, so deletes can't share a run with creates.
const isDelete = ({ call, program }: Scenario) => call === "delete" || program === undefined;

describe("one fault of each kind", () => {
  test.each([
    ["refresh", all.filter(isRefresh)],
    ["delete", all.filter((scenario) => !isRefresh(scenario) && isDelete(scenario))],
    ["create and update", all.filter((scenario) => !isRefresh(scenario) && !isDelete(scenario))],
  ])("no fault in a call of %s duplicates, orphans, loses or leaks a secret", async (_step, scenarios) => {
    // A permanent fault leaves more to clean up than a fault that a retry overcomes.
    const results = await tryAll(scenarios, ({ fault, lasts }) => lasts && ONE_OF_EACH_KIND.test(fault.name));

    expect(results.length).toBeGreaterThan(scenarios.length * 5);
    expect(results.filter(({ outcome }) => outcome === "")).toEqual([]);
  });
});
