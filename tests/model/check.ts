import * as fc from "fast-check";
import { type Scenario, scenarios } from "./actions";
import { lifecycleHost } from "./lifecycleProcess";
import { type ModelHost, StandInEngine } from "./modelEngine";
import { type Played, play } from "./player";
import type { Kind } from "./rules";

/** Runs mostly wait between retries, so many runs are concurrent. */
const LANES = 60;
/** A failing scenario is played over and over to find a shorter scenario that fails. */
const LONGEST_MS = 240_000;

export interface Replay {
  seed: number;
  path: string;
}

/** Plays random scenarios on the stand-in engine. Returns the story of the shortest failing scenario, if there is one. */
export async function check(
  runs: number,
  seed: number,
  {
    host = lifecycleHost(),
    replay,
    longestMs = LONGEST_MS,
  }: { host?: ModelHost; replay?: Replay | undefined; longestMs?: number } = {},
): Promise<string | undefined> {
  const property = fc.asyncProperty(scenarios({ min: 3, max: 6 }), async (scenario) => {
    const played = await playInProcess(scenario, host);
    if (played.violations.length > 0) throw new Error(storyOf(played));
  });
  const limits = { interruptAfterTimeLimit: longestMs, markInterruptAsFailure: true };
  const lanes = replay
    ? [fc.check(property, { ...replay, ...limits })]
    : Array.from({ length: LANES }, (_, lane) =>
        fc.check(property, { seed: seed + lane, numRuns: Math.ceil(runs / LANES), ...limits }),
      );
  const failed = (await Promise.all(lanes)).find(({ failed }) => failed);
  if (!failed) return undefined;
  return [
    (failed.errorInstance as Error | null)?.message ?? "The time ran out before all scenarios were played.",
    `As data: ${JSON.stringify(failed.counterexample?.[0])}`,
    `Again: MODEL_SEED=${failed.seed} MODEL_PATH=${failed.counterexamplePath} npx jest tests/model/histories`,
  ].join("\n");
}

/** Does the same with a host that breaks a rule of this kind. Returns undefined if the model doesn't find the fault. */
export async function checkSaboteur(
  { breaks, seed }: { breaks: Kind; seed: number },
  host: ModelHost,
): Promise<string | undefined> {
  let story: string | undefined;
  const property = fc.asyncProperty(scenarios({ min: 3, max: 6 }), async (scenario) => {
    if (story !== undefined) return;
    const played = await playInProcess(scenario, host);
    if (played.violations.some(({ kind }) => kind === breaks)) throw new Error(storyOf(played));
  });
  const search = async (seed: number, numRuns: number) => {
    const found = await fc.check(property, { seed, numRuns, endOnFailure: true });
    if (found.failed) story ??= (found.errorInstance as Error).message;
  };
  await search(seed, 1);
  // If the histories have changed since the seed was chosen, the search takes longer.
  if (story === undefined) await Promise.all(Array.from({ length: LANES }, (_, lane) => search(lane, 16)));
  return story;
}

async function playInProcess(scenario: Scenario, host: ModelHost): Promise<Played> {
  const engine = await StandInEngine.start(scenario.settings, host);
  try {
    return await play(scenario, engine);
  } finally {
    await engine.close();
  }
}

export function storyOf({ violations, story }: Played): string {
  return [...violations.map(({ kind, what }) => `${kind}: ${what}`), ...story].join("\n");
}
