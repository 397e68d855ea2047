import { afterAll, describe, expect, test } from "@jest/globals";
import { cutOff } from "./cutOff";
import { POINTS, VICTIMS } from "./points";

const outcomes: Record<string, number> = {};
afterAll(() => console.log("Recovery of the runs that were cut off:", outcomes));

describe("a run cut off between request and response recovers with one secret", () => {
  const cases = VICTIMS.flatMap((victim) => POINTS.map((point) => ({ victim, point })));
  test.each(cases)(
    "$victim, cut off $point.when the $point.call of $point.step, recovers",
    async ({ victim, point }) => {
      const outcome = await cutOff(point, victim);
      expect(["up", "up with overwrite"]).toContain(outcome);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    },
  );
});
