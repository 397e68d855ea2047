// Compares the component in a YAML program with the plugin and the dynamic provider in Node.js programs.
import { ratios } from "./plugin.mjs";
import { measureSize, warmUp } from "./sizes.mjs";

const PROGRAMS = ["ours", "native", "yaml"];
const PARTS = [
  { n: 1, rounds: 7 },
  { n: 100, rounds: 3 },
  { n: 1000, rounds: 1 },
];

/** The limits of the YAML program's time and bytes, relative to the dynamic provider. */
const LIMITS = [
  { n: 1, step: "up", atMost: 0.61 },
  { n: 1, step: "preview", atMost: 0.55 },
  { n: 100, step: "up", atMost: 0.67 },
  { n: 100, step: "preview", atMost: 0.48 },
  { n: 100, step: "refresh", atMost: 0.79 },
  { n: 100, step: "destroy", atMost: 0.68 },
  { n: 100, step: "up", figure: "stateBytes", atMost: 0.46 },
];
/** With many secrets, YAML must not be slower than a Node.js program with the same plugin. */
const LIMITS_OF_PLUGIN = ["up", "preview", "refresh", "destroy"].map((step) => ({ n: 1000, step, atMost: 1 }));

/** Runs the programs in turns, for each number of secrets in `counts`. Default: 1, 100 and 1,000. */
export async function measureYaml(site, { say, counts }) {
  await warmUp(site, PROGRAMS);
  const parts = PARTS.filter(({ n }) => counts.length === 0 || counts.includes(n));
  const sizes = [];
  for (const { n, rounds } of parts) sizes.push(await measureSize(site, n, { rounds, say, programs: PROGRAMS }));
  const verdicts = [
    ...ratios(sizes, LIMITS, { program: "yaml", name: "YAML", to: "ours", toName: "dynamic" }),
    ...ratios(sizes, LIMITS_OF_PLUGIN, { program: "yaml", name: "YAML", to: "native", toName: "plugin" }),
  ];
  return { sizes, verdicts };
}
