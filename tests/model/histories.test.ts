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
  test("no secret is lost or duplicated, and every history converges", async () => {
    // Both runs mostly wait, so they are concurrent.
    const [ofLifecycle, ofPlugin] = await Promise.all([
      check(300, seed, { replay }),
      check(120, seed, { host: pluginHost(), replay }),
    ]);

    if (ofLifecycle !== undefined) throw new Error(ofLifecycle);
    if (ofPlugin !== undefined) throw new Error(`The plugin, over its protocol:\n${ofPlugin}`);
  }, 300_000);
});

describe("a lifecycle that breaks a rule", () => {
  test.each(Object.entries(SABOTEURS))("the model finds a lifecycle that %s", async (_, { make, ...saboteur }) => {
    const story = await checkSaboteur(saboteur, lifecycleHost(make));

    expect(story).toContain(`${saboteur.breaks}: `);
  });
});

describe("a plugin that breaks a rule", () => {
  test.each(Object.entries(PLUGIN_SABOTEURS))("the model finds a plugin that %s", async (_, { make, ...saboteur }) => {
    const story = await checkSaboteur(saboteur, pluginHost(make));

    expect(story).toContain(`${saboteur.breaks}: `);
  });
});
