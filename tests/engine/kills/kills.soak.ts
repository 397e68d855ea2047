import { afterAll, describe, expect, test } from "@jest/globals";
import { cutOff } from "./cutOff";
import { POINTS, VICTIMS } from "./points";

const outcomes: Record<string, number> = {};
afterAll(() => console.log("Runs that were cut off, and how they came right:", outcomes));

describe("a run that is cut off between a request and its answer comes right by refresh and up, with one secret", () => {
  const cases = VICTIMS.flatMap((victim) => POINTS.map((point) => ({ victim, point })));
  test.each(cases)("$point.step, $point.when the write of $point.call: the $victim", async ({ victim, point }) => {
    const outcome = await cutOff(point, victim);
    expect(["by itself", "by overwrite"]).toContain(outcome);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
});
