import { describe, expect, test } from "@jest/globals";
import { expectInDocs } from "./docsTable";
import { tryAll } from "./matrix";
import type { Scenario } from "./scenarios";

/**
 * Defines the tests of some scenarios. Each group of scenarios has a separate file, so that the groups run in parallel.
 */
export function testEveryFault(title: string, scenarios: Scenario[]): void {
  describe(title, () => {
    test.each(scenarios)("$title: no secret is duplicated, orphaned, lost or leaked", async (scenario) => {
      const results = await tryAll([scenario]);

      expect(results.every(({ outcome }) => outcome !== "")).toBe(true);
      await expectInDocs(scenario.title, results);
    });
  });
}
