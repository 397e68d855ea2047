import { LATENCY_MS } from "./sizes.mjs";

/** The requests that each step needs for one secret. A create first checks that the name is free. */
const NEEDED = { up: 2, preview: 0, refresh: 1, destroy: 1 };

const seconds = (program) => (steps, step) => steps[step][program].seconds;
const ratio = (other, figure = "seconds") => ({
  measure: (steps, step) => steps[step].ours[figure] / steps[step][other][figure],
  digits: 2,
});

const overFloorAndRequests = (step) => ({
  n: 1,
  step,
  what: `${step} of 1: seconds (limit: 1.05 × floor + ${NEEDED[step]} × ${LATENCY_MS} ms)`,
  measure: seconds("ours"),
  atMost: (steps) => 1.05 * seconds("floor")(steps, step) + (NEEDED[step] * LATENCY_MS) / 1000,
  digits: 2,
});

/** The limits that the benchmark checks. */
const LIMITS = [
  { n: 1000, step: "refresh", what: "refresh of 1,000: time / naive", atMost: 0.15, ...ratio("naive") },
  { n: 1000, step: "refresh", what: "refresh of 1,000: time / floor", atMost: 1.25, ...ratio("floor") },
  {
    n: 1000,
    step: "refresh",
    what: "refresh of 1,000: requests",
    atMost: 10,
    measure: (steps) => steps.refresh.ours.requests,
  },
  { n: 100, step: "refresh", what: "refresh of 100: time / naive", atMost: 0.6, ...ratio("naive") },
  { n: 1000, step: "up", what: "up of 1,000: time / naive", atMost: 0.45, ...ratio("naive") },
  { n: 1000, step: "up", what: "up of 1,000: time / floor", atMost: 1.1, ...ratio("floor") },
  { n: 1000, step: "destroy", what: "destroy of 1,000: time / naive", atMost: 0.45, ...ratio("naive") },
  { n: 1000, step: "destroy", what: "destroy of 1,000: time / floor", atMost: 1.1, ...ratio("floor") },
  { n: 1000, step: "up", what: "state of 1,000: bytes / naive", atMost: 0.25, ...ratio("naive", "stateBytes") },
  { n: 1000, step: "preview", what: "preview of 1,000: time / naive", atMost: 0.75, ...ratio("naive") },
  {
    n: 1000,
    step: "preview",
    what: "preview of 1,000: requests",
    atMost: 0,
    measure: (steps) => steps.preview.ours.requests,
  },
  ...Object.keys(NEEDED).map(overFloorAndRequests),
];

/** Returns each limit of the measured sizes, with the measured figure. */
export function verdicts(sizes) {
  return LIMITS.flatMap(({ n, step, what, measure, atMost, digits = 0 }) => {
    const steps = sizes.find((size) => size.n === n)?.steps;
    if (!steps) return [];
    const limit = typeof atMost === "function" ? atMost(steps) : atMost;
    const measured = measure(steps, step);
    return { what, digits, atMost: limit, measured, isMet: measured <= limit };
  });
}
