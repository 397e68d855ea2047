import { describe, expect, test } from "@jest/globals";
import { cutOff, type Recovery } from "./cutOff";
import { POINTS, type Victim } from "./points";

// kills.soak.ts runs every point with every victim. afterThePost.test.ts kills the provider or the CLI after a POST.
const CASES: { victim: Victim; step: string; call: string; recovery: Recovery }[] = [
  { victim: "API", step: "create", call: "create", recovery: "up with overwrite" },
  { victim: "CLI, by an interrupt", step: "create", call: "create", recovery: "up" },
  { victim: "provider", step: "replace", call: "delete", recovery: "up" },
  { victim: "CLI", step: "replace", call: "delete", recovery: "up" },
];

describe("a run cut off between a write and its answer recovers with one secret", () => {
  test.each(CASES)("$victim cut off in $step, after $call: $recovery", async ({ victim, step, call, recovery }) => {
    const point = POINTS.find((one) => one.step === step && one.call === call && one.when === "after");
    if (!point) throw new Error("No such point");
    expect(await cutOff(point, victim)).toBe(recovery);
  });
});
