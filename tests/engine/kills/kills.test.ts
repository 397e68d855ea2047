import { describe, expect, test } from "@jest/globals";
import { HOST } from "../../support/hosts";
import { cutOff, type Recovery } from "./cutOff";
import { POINTS, type Victim } from "./points";

const AFTER_INTERRUPT = ({ dynamic: "up", native: "up with overwrite" } as const)[HOST];

// kills.soak.ts runs every point with every victim. afterThePost.test.ts kills the provider or the CLI after a POST.
const CASES: { victim: Victim; step: string; call: string; recovery: Recovery }[] = [
  { victim: "API", step: "create", call: "create", recovery: "up with overwrite" },
  // An interrupt stops the plugin's requests at once, so the response is lost.
  { victim: "CLI, by an interrupt", step: "create", call: "create", recovery: AFTER_INTERRUPT },
  { victim: "provider", step: "replace", call: "delete", recovery: "up" },
  { victim: "CLI", step: "replace", call: "delete", recovery: "up" },
];

describe("a run cut off between write and response recovers with one secret", () => {
  test.each(CASES)(
    "$victim, cut off in $step after $call, recovers with $recovery",
    async ({ victim, step, call, recovery }) => {
      const point = POINTS.find((one) => one.step === step && one.call === call && one.when === "after");
      if (!point) throw new Error("No such point");
      expect(await cutOff(point, victim)).toBe(recovery);
    },
  );
});
