import { describe, expect, test } from "@jest/globals";
import { expectInDocs } from "./docsTable";
import { tryAll } from "./matrix";
import type { Scenario } from "./scenarios";

/** The tests of some scenarios. In files of their own, which run side by side. */
export function testEveryFault(title: string, scenarios: Scenario[]): void {
  describe(title, () => {
    test.each(scenarios)(
      "$title: nothing is doubled, orphaned, lost or leaked, and it comes right",
      async (scenario) => {
        const results = await tryAll(scenario);

        expect(results.every(({ outcome }) => outcome !== "")).toBe(true);
        await expectInDocs(scenario.title, results);
      },
    );
  });
}
