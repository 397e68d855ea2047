import { describe, expect, test } from "@jest/globals";
import { cutOff } from "./cutOff";
import { POINTS, type Victim } from "./points";

// Every point for every victim is in kills.soak.ts; a killed provider or CLI after a POST in afterThePost.test.ts.
const CASES: { victim: Victim; step: string; call: string }[] = [
  { victim: "API", step: "create", call: "create" },
  { victim: "CLI, by an interrupt", step: "create", call: "create" },
  { victim: "provider", step: "replace", call: "delete" },
  { victim: "CLI", step: "replace", call: "delete" },
];

describe("a run that is cut off between a write and its answer comes right by refresh and up, with one secret", () => {
  test.each(CASES)("$step, at its $call: the $victim", async ({ victim, step, call }) => {
    const point = POINTS.find((one) => one.step === step && one.call === call && one.when === "after");
    if (!point) throw new Error("There is no such point");
    expect(["by itself", "by overwrite"]).toContain(await cutOff(point, victim));
  });
});
