import { describe, expect, test } from "@jest/globals";
import { check, checkSaboteur } from "./check";
import { SABOTEURS } from "./saboteurs";

/** The same edits, faults and operations in each run; `npm run soak` plays others. */
const { MODEL_SEED = "20", MODEL_PATH } = process.env;
const seed = Number(MODEL_SEED);
const replay = MODEL_PATH === undefined ? undefined : { seed, path: MODEL_PATH };
/** A seed with which the model finds each of them soon. */
const SABOTAGE_SEED = 500;

describe("after any edits, manual changes and network faults", () => {
  test("nothing is lost, duplicated or wrongly stored, and all converges", async () => {
    const failure = await check(500, seed, replay);

    if (failure !== undefined) throw new Error(failure);
  }, 300_000);
});

describe("the model finds a lifecycle that", () => {
  test.each(Object.entries(SABOTEURS))("%s", async (_what, saboteur) => {
    const story = await checkSaboteur(1_000, SABOTAGE_SEED, saboteur);

    expect(story).toContain(`${saboteur.breaks}: `);
  });
});
