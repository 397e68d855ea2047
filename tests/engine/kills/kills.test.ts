import { describe, expect, test } from "@jest/globals";
import { cutOff } from "./cutOff";
import { POINTS, type Victim } from "./points";

// Every point for every victim is in kills.soak.ts; a killed provider or CLI after a POST in afterThePost.test.ts.
const CASES: { victim: Victim; step: string; call: string; outcome: "by itself" | "by overwrite" }[] = [
  { victim: "API", step: "create", call: "create", outcome: "by overwrite" },
  { victim: "CLI, by an interrupt", step: "create", call: "create", outcome: "by itself" },
  { victim: "provider", step: "replace", call: "delete", outcome: "by itself" },
  { victim: "CLI", step: "replace", call: "delete", outcome: "by itself" },
];

describe("a run that is cut off between a write and its answer comes right by refresh and up, with one secret", () => {
  test.each(CASES)("$step, at its $call: the $victim, $outcome", async ({ victim, step, call, outcome }) => {
    const point = POINTS.find((one) => one.step === step && one.call === call && one.when === "after");
    if (!point) throw new Error("There is no such point");
    expect(await cutOff(point, victim)).toBe(outcome);
  });
});
