import { readFileSync } from "node:fs";
import { watchMemory } from "./memory.mjs";

const QUIET = ["--non-interactive", "--color=never", "--suppress-progress"];

/** The steps of a stack, in order. */
export const STEPS = {
  up: { args: ["up", "--yes", "--skip-preview"], done: "created" },
  preview: { args: ["preview", "--expect-no-changes"] },
  refresh: { args: ["refresh", "--yes", "--skip-preview", "--expect-no-changes"] },
  destroy: { args: ["destroy", "--yes", "--skip-preview"], done: "deleted" },
};

/** Runs one step of a project, checks that it did its work, and returns the measured figures. */
export async function measure(project, step, { args = [], extraEnv } = {}) {
  const { args: own, done } = STEPS[step];
  const { emulator, count, others } = project;
  const before = emulator.requests.length;
  const memory = watchMemory();
  const cpuBefore = childrenCpuSeconds();
  let peak;
  let run;
  try {
    run = await project.pulumi([...own, ...QUIET, ...args], { extraEnv, started: ({ pid }) => memory.start(pid) });
  } finally {
    peak = memory.stop();
  }
  const counted = Number(run.output.match(new RegExp(`^\\W*(\\d+) ${done}$`, "m"))?.[1]);
  if (done && counted !== count + others) {
    throw new Error(
      `${step} of ${count} secrets (${project.program}) reports ${counted} resources ${done}:\n${run.output.slice(-4_000)}`,
    );
  }
  const requests = emulator.requests.slice(before);
  return {
    seconds: run.seconds,
    requests: requests.length,
    operations: countBy(requests, ({ operation }) => operation ?? "unknown"),
    refused: requests.filter(({ status }) => status === 429).length,
    stateBytes: step === "up" ? await project.stateBytes() : undefined,
    providerBytes: peak,
    cpuSeconds: cpuBefore === undefined ? undefined : childrenCpuSeconds() - cpuBefore,
  };
}

const TICKS_PER_SECOND = 100;

/** The processor time of all descendants of this process that have ended. Undefined without /proc. */
function childrenCpuSeconds() {
  try {
    const [user, system] = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ").slice(13, 15);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

/** The median of each figure over several runs of one step, and the range of the seconds. */
export function summary(runs) {
  const of = (figure) => median(runs.map((run) => run[figure]).filter((value) => value !== undefined));
  const seconds = runs.map((run) => run.seconds);
  return {
    seconds: of("seconds"),
    range: [Math.min(...seconds), Math.max(...seconds)],
    requests: of("requests"),
    operations: runs[0].operations,
    stateBytes: of("stateBytes"),
    providerBytes: of("providerBytes"),
    cpuSeconds: of("cpuSeconds"),
  };
}

/** Returns undefined if there are no values. */
export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 || sorted.length === 0) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

function countBy(items, keyOf) {
  const groups = Object.groupBy(items, keyOf);
  return Object.fromEntries(Object.entries(groups).map(([key, group]) => [key, group.length]));
}
