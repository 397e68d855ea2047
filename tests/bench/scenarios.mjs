import { measure, STEPS } from "./measure.mjs";
import { LATENCY_MS } from "./sizes.mjs";

const SECRETS = 200;
const PER_SECOND = 20;
const FOREIGN = 5000;

/** An API that bears 2 requests at a time and 20 a second: nothing may fail, and no secret may be made twice. */
export async function measureLimitedApi(site, { say }) {
  // It takes a name twice, so that a secret that is made twice is seen.
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
    say(`${SECRETS} secrets, limited API: ${step}: ${seconds.toFixed(2)} s`);
  }
  await project.remove();
  return { secrets: SECRETS, maxConcurrent: api.maxConcurrent, maxPerSecond: PER_SECOND, rows };
}

/** One secret of ours in a large workspace of others': it must cost what it costs in an empty one. */
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
    say(`1 secret among ${FOREIGN} others: ${step}: ${seconds.toFixed(2)} s`);
  }
  const { length } = workspace.secrets();
  if (length !== FOREIGN) throw new Error(`${length} of ${FOREIGN} foreign secrets are left`);
  await project.remove();
  return { foreign: FOREIGN, rows };
}
