const NONE = "–";

const fixed = (value, digits) => {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
const whole = (value) => fixed(value, 0);
const seconds = (value) => fixed(value, value < 10 ? 2 : 1);
const thousands = (bytes) => fixed(bytes && bytes / 1e3, 1);
const millions = (bytes) => fixed(bytes && bytes / 1e6, 0);

const text = (head, of) => ({ head, of, pad: (cell, width) => cell.padEnd(width), rule: (width) => "-".repeat(width) });
const number = (head, of) => ({
  head,
  of,
  pad: (cell, width) => cell.padStart(width),
  rule: (width) => `${"-".repeat(width - 1)}:`,
});

/** A Markdown table with aligned columns, which is also readable in a terminal. */
function table(columns, rows) {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ of }) => of(row)))];
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((line) => line[index].length)));
  const shown = cells.map((line) => columns.map(({ pad }, index) => pad(line[index], widths[index])));
  const rule = columns.map(({ rule }, index) => rule(widths[index]));
  return [shown[0], rule, ...shown.slice(1)].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** Seconds, requests and memory of the three programs, for every size and step. */
export function sizesTable(sizes) {
  const rows = sizes.flatMap(({ n, steps }) => Object.entries(steps).map(([step, of]) => ({ n, step, ...of })));
  return table(
    [
      number("N", ({ n }) => whole(n)),
      text("step", ({ step }) => step),
      number("this (s)", ({ ours }) => seconds(ours.seconds)),
      number("naive (s)", ({ naive }) => seconds(naive.seconds)),
      number("floor (s)", ({ floor }) => seconds(floor.seconds)),
      number("this / naive", ({ ours, naive }) => fixed(ours.seconds / naive.seconds, 2)),
      number("this / floor", ({ ours, floor }) => fixed(ours.seconds / floor.seconds, 2)),
      number("requests", ({ ours }) => whole(ours.requests)),
      number("naive requests", ({ naive }) => whole(naive.requests)),
      number("memory (MB)", ({ ours }) => millions(ours.providerBytes)),
      number("naive (MB)", ({ naive }) => millions(naive.providerBytes)),
      number("floor (MB)", ({ floor }) => millions(floor.providerBytes)),
    ],
    rows,
  );
}

/** The size of the state after an `up`, for every number of secrets. */
export function stateTable(sizes) {
  return table(
    [
      number("N", ({ n }) => whole(n)),
      number("state, this (KB)", ({ steps }) => thousands(steps.up.ours.stateBytes)),
      number("naive (KB)", ({ steps }) => thousands(steps.up.naive.stateBytes)),
      number("floor (KB)", ({ steps }) => thousands(steps.up.floor.stateBytes)),
      number("this / naive", ({ steps }) => fixed(steps.up.ours.stateBytes / steps.up.naive.stateBytes, 2)),
      number("this / floor", ({ steps }) => fixed(steps.up.ours.stateBytes / steps.up.floor.stateBytes, 2)),
    ],
    sizes,
  );
}

/** The native plugin and the dynamic provider, as docs/performance.md shows them. */
export function pluginPart({ start, sizes }) {
  const { runs, portMs, answerMs } = start;
  const rounds = sizes.map(({ n, rounds }) => `${rounds} with ${whole(n)}`).join(", ");
  const about = [
    `Medians of alternating rounds: ${rounds}. The plugin's process opens its port after ${whole(portMs)} ms, and responds after`,
    `${whole(answerMs)} ms: medians of ${runs}.`,
  ];
  return `${pluginTable(sizes)}\n\n${about.join("\n")}`;
}

function pluginTable(sizes) {
  const rows = sizes.flatMap(({ n, steps }) =>
    Object.entries(steps).map(([step, of]) => ({ n, what: `\`${step}\``, ...of })),
  );
  const { n, steps } = sizes.at(-1);
  const state = { n, what: "state (KB)", isState: true, ...steps.up };
  const figure = (run, { isState }) => (isState ? whole(run.stateBytes / 1e3) : seconds(run.seconds));
  const ratio = ({ ours, native, isState }) => {
    const of = isState ? "stateBytes" : "seconds";
    return fixed(native[of] / ours[of], 2);
  };
  return table(
    [
      number("secrets", ({ n }) => whole(n)),
      text("step", ({ what }) => what),
      number("dynamic provider (s)", (row) => figure(row.ours, row)),
      number("native plugin (s)", (row) => figure(row.native, row)),
      number("ratio", ratio),
      number("ratio of CPU time", ({ ours, native, isState }) =>
        isState ? NONE : fixed(native.cpuSeconds / ours.cpuSeconds, 2),
      ),
    ],
    [...rows, state],
  );
}

/** A YAML program, the plugin and the dynamic provider, as docs/performance.md shows them. */
export function yamlPart({ sizes }) {
  const rounds = sizes.map(({ n, rounds }) => `${rounds} with ${whole(n)}`).join(", ");
  return `${yamlTable(sizes)}\n\nMedians of alternating rounds: ${rounds}.`;
}

function yamlTable(sizes) {
  const rows = sizes.flatMap(({ n, steps }) => [
    ...Object.entries(steps).map(([step, of]) => ({ n, what: `\`${step}\``, ...of })),
    { n, what: "state (KB)", isState: true, ...steps.up },
  ]);
  const figure = (run, { isState }) => (isState ? whole(run.stateBytes / 1e3) : seconds(run.seconds));
  const ratio = (run, to, { isState }) => {
    const of = isState ? "stateBytes" : "seconds";
    return fixed(run[of] / to[of], 2);
  };
  return table(
    [
      number("secrets", ({ n }) => whole(n)),
      text("step", ({ what }) => what),
      number("dynamic provider (s)", (row) => figure(row.ours, row)),
      number("plugin, Node.js (s)", (row) => figure(row.native, row)),
      number("plugin, YAML (s)", (row) => figure(row.yaml, row)),
      number("YAML / dynamic", (row) => ratio(row.yaml, row.ours, row)),
      number("YAML / Node.js", (row) => ratio(row.yaml, row.native, row)),
    ],
    rows,
  );
}

const verdict = ({ isMet }) => (isMet === undefined ? "" : isMet ? "met" : "MISSED");

export function verdictsTable(verdicts) {
  return table(
    [
      text("limit", ({ what }) => what),
      number("at most", ({ atMost, digits }) => fixed(atMost, digits)),
      number("measured", ({ measured, digits }) => fixed(measured, digits)),
      text("", verdict),
    ],
    verdicts,
  );
}

export function limitedApiTable({ rows }) {
  return table(
    [
      text("step", ({ step }) => step),
      number("seconds", (row) => seconds(row.seconds)),
      number("minimum at this rate limit (s)", ({ best }) => seconds(best)),
      number("above the minimum (s)", (row) => seconds(row.seconds - row.best)),
      number("requests", ({ requests }) => whole(requests)),
      number("refused with 429", ({ refused }) => whole(refused)),
      number("duplicates", ({ duplicates }) => whole(duplicates)),
      number("missing", ({ missing }) => whole(missing)),
    ],
    rows,
  );
}

export function foreignTable({ rows }) {
  return table(
    [
      text("step", ({ step }) => step),
      number("seconds", (row) => seconds(row.seconds)),
      number("requests", ({ requests }) => whole(requests)),
      number("at most", ({ atMost }) => whole(atMost)),
      text("", verdict),
      text("operations", ({ operations }) =>
        Object.entries(operations)
          .map(([name, count]) => `${count} ${name}`)
          .join(", "),
      ),
    ],
    rows,
  );
}

/** The seconds of each step for each variant, and in parentheses the ratio to the first row. */
export function variantsTable({ rows }) {
  const [plain] = rows;
  const steps = Object.keys(plain.steps);
  const cell = (row, step) => `${seconds(row.steps[step])} (${fixed(row.steps[step] / plain.steps[step], 2)})`;
  return table(
    [
      text("variant", ({ name }) => name),
      ...steps.map((step) => number(`${step} (s)`, (row) => cell(row, step))),
      ...(plain.stateBytes ? [number("state (KB)", ({ stateBytes }) => thousands(stateBytes))] : []),
    ],
    rows,
  );
}
