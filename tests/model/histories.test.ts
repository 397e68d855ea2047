import { describe, expect, test } from "@jest/globals";
import { check, checkSaboteur } from "./check";
import { lifecycleHost } from "./lifecycleProcess";
import { pluginHost } from "./pluginOverGrpc";
import { PLUGIN_SABOTEURS, SABOTEURS } from "./saboteurs";

/** The same edits, faults and operations in each run; `npm run soak` plays others. */
const { MODEL_SEED = "20", MODEL_PATH } = process.env;
const seed = Number(MODEL_SEED);
const replay = MODEL_PATH === undefined ? undefined : { seed, path: MODEL_PATH };

describe("after any edits, manual changes and network faults", () => {
  test("nothing is lost, duplicated or wrongly stored, and all converges", async () => {
    // Both mostly wait.
    const [ofLifecycle, ofPlugin] = await Promise.all([
      check(300, seed, { replay }),
      check(120, seed, { host: pluginHost(), replay }),
    ]);

    if (ofLifecycle !== undefined) throw new Error(ofLifecycle);
    if (ofPlugin !== undefined) throw new Error(`The plugin, over its protocol:\n${ofPlugin}`);
  }, 300_000);
});

describe("the model finds a lifecycle that", () => {
  test.each(Object.entries(SABOTEURS))("%s", async (_what, { make, ...saboteur }) => {
    const story = await checkSaboteur(saboteur, lifecycleHost(make));

    expect(story).toContain(`${saboteur.breaks}: `);
  });
});

describe("the model finds a plugin that", () => {
  test.each(Object.entries(PLUGIN_SABOTEURS))("%s", async (_what, { make, ...saboteur }) => {
    const story = await checkSaboteur(saboteur, pluginHost(make));

    expect(story).toContain(`${saboteur.breaks}: `);
  });
});
