import { measure, STEPS } from "./measure.mjs";
import { LATENCY_MS } from "./sizes.mjs";

const SECRETS = 200;
const PER_SECOND = 20;
const FOREIGN = 5000;

/** An API that allows 2 concurrent requests and 20 per second. Nothing may fail, and no secret may be created twice. */
export async function measureLimitedApi(site, { say }) {
  // Names needn't be unique. Otherwise, the emulator would refuse a secret that is created twice by mistake.
  const api = { latencyMs: LATENCY_MS, maxConcurrent: 2, maxPerSecond: PER_SECOND, uniqueNames: false };
  const project = await site.project("ours", SECRETS, { api });
  const rows = [];
  for (const step of Object.keys(STEPS).filter((step) => step !== "preview")) {
    const { seconds, requests, refused } = await measure(project, step);
    const names = project.emulator
      .workspace()
      .secrets()
      .map(({ name }) => name);
    const duplicates = names.length - new Set(names).size;
    const missing = (step === "destroy" ? 0 : SECRETS) - names.length;
    const best = (requests - refused) / PER_SECOND;
    rows.push({ step, seconds, best, requests, refused, duplicates, missing });
    say(`${SECRETS} secrets, API with rate limits: ${step}: ${seconds.toFixed(2)} s`);
  }
  await project.remove();
  return { secrets: SECRETS, maxConcurrent: api.maxConcurrent, maxPerSecond: PER_SECOND, rows };
}

/** One secret in a large workspace of other secrets. It must cost as much as in an empty workspace. */
export async function measureForeign(site, { say }) {
  const project = await site.project("ours", 1);
  const workspace = project.emulator.workspace();
  for (let index = 0; index < FOREIGN; index++) workspace.add(`FOREIGN_${index}`);
  const allowed = { up: 2, refresh: 1 };
  const rows = [];
  for (const step of Object.keys(STEPS)) {
    const { seconds, requests, operations } = await measure(project, step);
    const atMost = allowed[step];
    rows.push({ step, seconds, requests, operations, ...(atMost && { atMost, isMet: requests <= atMost }) });
    say(`1 secret in a workspace of ${FOREIGN} others: ${step}: ${seconds.toFixed(2)} s`);
  }
  const { length } = workspace.secrets();
  if (length !== FOREIGN) throw new Error(`Only ${length} of the ${FOREIGN} other secrets are left.`);
  await project.remove();
  return { foreign: FOREIGN, rows };
}
