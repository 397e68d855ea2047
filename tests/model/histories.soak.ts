import { expect, test } from "@jest/globals";
import { check } from "./check";
import { lifecycleHost } from "./lifecycleProcess";
import { pluginHost } from "./pluginOverGrpc";

const { MODEL_RUNS = "10000" } = process.env;
/** Each batch starts afresh, so that the story of a failure is as short as in a test. */
const AT_ONCE = 200;
/** The machine may be busy for hours. */
const LONGEST_MS = 2 * 3_600_000;

test.each([
  ["the lifecycle", lifecycleHost()],
  ["the plugin, over its protocol", pluginHost()],
])("no random history of %s breaks a rule of the model", async (what, host) => {
  let runs = 0;
  for (; runs < Number(MODEL_RUNS); runs += AT_ONCE) {
    process.stderr.write(`${what}: ${runs} random histories so far\n`);
    expect(await check(AT_ONCE, Math.floor(Math.random() * 2 ** 30), { host, longestMs: LONGEST_MS })).toBeUndefined();
  }
  process.stdout.write(`${runs} random histories of ${what}; none breaks a rule\n`);
});
