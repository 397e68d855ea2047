import { measure, STEPS, summary } from "./measure.mjs";

export const PROGRAMS = ["ours", "naive", "floor"];
export const SIZES = [1, 10, 100, 1000];
export const LATENCY_MS = 100;

/** A round with 1,000 secrets takes minutes. A round with 1 secret takes seconds and has the strictest limits. */
export const defaultRounds = (n) => (n >= 1000 ? 1 : n > 1 ? 3 : 7);

/** Measures the steps of the programs, with N secrets each. Returns `{ up: { ours, naive, floor }, … }`. */
export async function measureSize(site, n, { rounds, say, programs = PROGRAMS, steps = Object.keys(STEPS) }) {
  const runs = {};
  let turn = 0;
  for (let round = 1; round <= rounds; round++) {
    const projects = {};
    for (const program of programs)
      projects[program] = await site.project(program, n, { api: { latencyMs: LATENCY_MS } });
    for (const step of steps) {
      // The order alternates, so that no program always profits from the caches that another program has filled.
      const order = turn++ % 2 ? programs.toReversed() : programs;
      for (const program of order) {
        const run = await measure(projects[program], step);
        runs[step] ??= {};
        runs[step][program] ??= [];
        runs[step][program].push(run);
        say(`N = ${n}, round ${round} of ${rounds}: ${step}, ${program}: ${run.seconds.toFixed(2)} s`);
      }
      for (const program of programs.filter((one) => one !== "floor"))
        checkWorkspace(projects[program], step === "destroy" ? 0 : n);
    }
    for (const program of programs) await projects[program].remove();
  }
  const summaries = {};
  for (const [step, byProgram] of Object.entries(runs)) {
    summaries[step] = Object.fromEntries(programs.map((program) => [program, summary(byProgram[program])]));
  }
  return { n, rounds, steps: summaries };
}

/** Runs each program once, so that the files are in the system's cache when the measurements start. */
export async function warmUp(site, programs = PROGRAMS) {
  for (const program of programs) {
    const project = await site.project(program, 1);
    for (const step of Object.keys(STEPS)) await measure(project, step);
    await project.remove();
  }
}

function checkWorkspace({ emulator, program }, expected) {
  const { length } = emulator.workspace().secrets();
  if (length !== expected)
    throw new Error(`${program} left ${length} secrets in its workspace instead of ${expected}.`);
}
