import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { measure, STEPS, summary } from "./measure.mjs";
import { LATENCY_MS } from "./sizes.mjs";

const MEMORY_FOLDER = "/dev/shm";
const CACHE_ROUNDS = 5;

const variable = (name, value) => ({ name: `${name}=${value}`, extraEnv: { [name]: value } });
const parallel = (count) => ({ name: `--parallel ${count}`, args: ["--parallel", String(count)] });

/**
 * Settings that reduce the engine's own time: each one alone, and the two most effective ones together. The variant
 * without work shows the time that the engine takes if the provider does nothing.
 */
const VARIANTS = [
  { name: "default settings" },
  { name: "the same state, without the provider's work", program: "idle" },
  parallel(64),
  variable("PULUMI_SKIP_CHECKPOINTS", "true"),
  {
    ...variable("PULUMI_SKIP_CHECKPOINTS", "true"),
    ...parallel(64),
    name: "PULUMI_SKIP_CHECKPOINTS=true --parallel 64",
  },
  { name: "--disable-integrity-checking", args: ["--disable-integrity-checking"] },
  variable("PULUMI_DIY_BACKEND_GZIP", "true"),
  variable("PULUMI_DIY_BACKEND_ZSTD", "true"),
  variable("PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS", "true"),
  variable("PULUMI_PARALLEL_DIFF", "true"),
  // Every write of the checkpoint allocates memory of its size, so less garbage collection can save time.
  variable("GOGC", "400"),
  { name: "state in memory (tmpfs)", stateUnder: MEMORY_FOLDER },
  { name: "4 stacks, one after the other", stacks: 4 },
];

/** Runs a stack of this provider with N secrets once for each variant. */
export async function measureVariants(site, n, { say }) {
  const rows = [];
  for (const variant of VARIANTS) {
    const { name, program = "ours", stateUnder, stacks = 1, ...options } = variant;
    if ((stateUnder && !existsSync(stateUnder)) || stacks > n) continue;
    const projects = [];
    let shares;
    for (let stack = 0; stack < stacks; stack++) {
      const first = Math.floor((n * stack) / stacks);
      const count = Math.floor((n * (stack + 1)) / stacks) - first;
      const project = await site.project(program, count, { api: { latencyMs: LATENCY_MS }, first, shares, stateUnder });
      shares ??= project.emulator;
      projects.push(project);
    }
    const steps = {};
    let stateBytes = 0;
    for (const step of Object.keys(STEPS)) {
      steps[step] = 0;
      for (const project of projects) {
        const run = await measure(project, step, options);
        steps[step] += run.seconds;
        stateBytes += run.stateBytes ?? 0;
      }
      say(`${n} secrets, ${name}: ${step}: ${steps[step].toFixed(2)} s`);
    }
    // The first project owns the emulator that the others share, so it is removed last.
    for (const project of projects.toReversed()) await project.remove();
    rows.push({ name, steps, stateBytes });
  }
  return { n, rows };
}

/** Runs a stack with one secret with and without Node's compile cache, alternately. */
export async function measureCompileCache(site, { say }) {
  const folder = join(site.root, "compile-cache");
  await mkdir(folder);
  const variants = [
    { name: "default settings", extraEnv: {} },
    { name: "NODE_COMPILE_CACHE=FOLDER", extraEnv: { NODE_COMPILE_CACHE: folder } },
  ];
  const runs = new Map(variants.map(({ name }) => [name, {}]));
  // The first round fills the cache and isn't measured.
  for (let round = 0; round <= CACHE_ROUNDS; round++) {
    for (const { name, extraEnv } of round % 2 ? variants.toReversed() : variants) {
      const project = await site.project("ours", 1);
      for (const step of Object.keys(STEPS)) {
        const run = await measure(project, step, { extraEnv });
        const known = runs.get(name);
        known[step] ??= [];
        if (round > 0) known[step].push(run);
        say(`1 secret, ${name}: ${step}: ${run.seconds.toFixed(2)} s`);
      }
      await project.remove();
    }
  }
  const rows = variants.map(({ name }) => {
    const steps = Object.entries(runs.get(name)).map(([step, measured]) => [step, summary(measured).seconds]);
    return { name, steps: Object.fromEntries(steps) };
  });
  return { n: 1, rounds: CACHE_ROUNDS, rows };
}
