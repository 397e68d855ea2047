// Compares this provider with a naive dynamic provider and with one that does nothing, on the real engine.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { engine } from "../../scripts/engine/engine.mjs";
import { createSite } from "./benchProject.mjs";
import { chart } from "./chart.mjs";
import { measureForeign, measureLimitedApi } from "./environments.mjs";
import { measurePlugin } from "./plugin.mjs";
import {
  foreignTable,
  limitedApiTable,
  pluginPart,
  sizesTable,
  stateTable,
  variantsTable,
  verdictsTable,
  yamlPart,
} from "./resultTables.mjs";
import { defaultRounds, LATENCY_MS, measureSize, SIZES, warmUp } from "./sizes.mjs";
import { measureCompileCache, measureVariants } from "./tuning.mjs";
import { verdicts } from "./verdicts.mjs";
import { measureYaml } from "./yaml.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../..");

const HELP = `Usage: npm run bench -- [options]

  --n 1,10,100,1000   Numbers of secrets, or "none" to skip this part. Default: ${SIZES.join(",")}
  --rounds K          Rounds for every number, or K,K,… for each number. Default: ${SIZES.map((n) => `${defaultRounds(n)} of ${n}`).join(", ")}
  --limits            Also measure an API with strict rate limits, and a workspace full of other secrets.
  --plugin            Also compare the native plugin with the dynamic provider; write plugin.json and docs/performance.md.
  --yaml              Also compare a YAML program with the plugin and the dynamic provider; write yaml.json. With --n, only these numbers.
  --tuning            Also measure which settings reduce the engine's own time: at the largest N, and at 1 for Node's compile cache.
  --out FOLDER        Folder for latest.json and benchmark.svg. Default: tests/bench/results/latest.json and docs/benchmark.svg,
                      or short.json and short.svg in tests/bench/results if a default number is left out.`;

class UsageError extends Error {}

function read(args) {
  const options = { type: "string" };
  const flag = { type: "boolean", default: false };
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        n: options,
        rounds: options,
        out: options,
        limits: flag,
        plugin: flag,
        yaml: flag,
        tuning: flag,
        help: { ...flag, short: "h" },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const counts = (name, text) => {
    const numbers = text.split(",").map(Number);
    if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
    throw new UsageError(`--${name} requires positive integers, separated by commas. It is ${text}.`);
  };
  const sizes = values.n === "none" ? [] : counts("n", values.n ?? SIZES.join());
  // The comparison of YAML has its own programs, so `--yaml` alone doesn't run the others.
  if (values.yaml) return { ...values, plan: [], yamlCounts: values.n === undefined ? [] : sizes };
  const rounds = values.rounds === undefined ? sizes.map(defaultRounds) : counts("rounds", values.rounds);
  if (rounds.length !== 1 && rounds.length !== sizes.length) {
    throw new UsageError(`--rounds requires one number, or ${sizes.length}: one for each number of --n.`);
  }
  const plan = sizes.map((n, index) => ({ n, rounds: rounds[index] ?? rounds[0] }));
  return { ...values, plan: plan.sort((one, other) => one.n - other.n) };
}

function places({ out, plan, limits, tuning, yaml }) {
  if (yaml) return {};
  if (out) return { json: join(out, "latest.json"), svg: join(out, "benchmark.svg") };
  const results = join(here, "results");
  if (plan.length === 0 && !limits && !tuning) return {};
  // Only a complete run may update the figures in docs/performance.md.
  if (SIZES.every((size) => plan.some(({ n }) => n === size))) {
    return { json: join(results, "latest.json"), svg: join(repository, "docs/benchmark.svg") };
  }
  return { json: join(results, "short.json"), svg: join(results, "short.svg") };
}

async function write(path, content) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  console.error(`Wrote ${relative(process.cwd(), path)}`);
}

function jsonOf(results) {
  const rounded = (_key, value) => (typeof value === "number" ? Number(value.toFixed(3)) : value);
  return `${JSON.stringify(results, rounded, 2)}\n`;
}

/** Only a complete run in this repository's own folder updates its part of docs/performance.md. */
async function writePart(name, results, { partOf, isComplete = true, out }) {
  await write(join(out ?? join(here, "results"), `${name}${isComplete ? "" : ".short"}.json`), jsonOf(results));
  if (out || !isComplete) return;
  const page = join(repository, "docs/performance.md");
  const marks = new RegExp(`(?<=<!-- ${name}: generated .*-->\\n).*?(?=<!-- ${name}: end -->)`, "s");
  const part = partOf(JSON.parse(jsonOf(results)));
  await write(page, (await readFile(page, "utf8")).replace(marks, `${part}\n`));
}

async function run(options, site, say) {
  const { plan, limits, tuning } = options;
  const results = {
    date: new Date().toISOString().slice(0, 10),
    ...(await site.versions()),
    cpus: availableParallelism(),
    latencyMs: LATENCY_MS,
  };
  const show = (title, ...tables) => console.log([`\n## ${title}`, ...tables].join("\n\n"));
  const about = `Pulumi ${results.pulumi} (SDK ${results.sdk}), Node ${results.node}, ${results.cpus} CPUs`;
  console.log(`${about}; API latency ${LATENCY_MS} ms. Times are medians.`);

  if (plan.length > 0 || limits || tuning) {
    say("Warming up");
    await warmUp(site);
  }
  if (plan.length > 0) {
    results.sizes = [];
    for (const { n, rounds } of plan) results.sizes.push(await measureSize(site, n, { rounds, say }));
    results.verdicts = verdicts(results.sizes);
    const ran = results.sizes.map(({ n, rounds }) => `${rounds} of ${n}`).join(", ");
    show(
      `This provider, a naive one, and one that does nothing ("floor"); rounds: ${ran}`,
      sizesTable(results.sizes),
      stateTable(results.sizes),
    );
    if (results.verdicts.length > 0) show("Limits", verdictsTable(results.verdicts));
  }
  if (options.plugin) {
    const plugin = await measurePlugin(site, { say });
    show(
      `Native plugin and dynamic provider; rounds: ${plugin.sizes.map(({ n, rounds }) => `${rounds} of ${n}`).join(", ")}`,
      pluginPart(plugin),
      verdictsTable(plugin.verdicts),
    );
    await writePart("plugin", { ...results, ...plugin }, { partOf: pluginPart, out: options.out });
  }
  if (options.yaml) {
    const yaml = await measureYaml(site, { say, counts: options.yamlCounts });
    show(
      `YAML, plugin and dynamic provider; rounds: ${yaml.sizes.map(({ n, rounds }) => `${rounds} of ${n}`).join(", ")}`,
      yamlPart(yaml),
      verdictsTable(yaml.verdicts),
    );
    const isComplete = options.yamlCounts.length === 0;
    await writePart("yaml", { ...results, ...yaml }, { partOf: yamlPart, isComplete, out: options.out });
  }
  if (limits) {
    results.limitedApi = await measureLimitedApi(site, { say });
    const { secrets, maxConcurrent, maxPerSecond } = results.limitedApi;
    show(
      `${secrets} secrets, an API that allows ${maxConcurrent} concurrent requests and ${maxPerSecond} per second: nothing failed`,
      limitedApiTable(results.limitedApi),
    );
    results.foreign = await measureForeign(site, { say });
    show(`1 secret in a workspace with ${results.foreign.foreign} other secrets`, foreignTable(results.foreign));
  }
  if (tuning) {
    const largest = plan.at(-1)?.n ?? SIZES.at(-1);
    results.variants = await measureVariants(site, largest, { say });
    show(`Settings that you can change: ${largest} secrets, one round each`, variantsTable(results.variants));
    results.compileCache = await measureCompileCache(site, { say });
    const { rounds } = results.compileCache;
    show(`Node's compile cache: 1 secret, medians of ${rounds} rounds`, variantsTable(results.compileCache));
  }
  return results;
}

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(name, () => interrupt.abort(new Error(`Interrupted by ${name}.`)));
}

try {
  const options = read(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
  } else {
    const { signal } = interrupt;
    const site = await createSite({
      engine: await engine(signal, { languages: options.yaml ? ["yaml"] : [] }),
      signal,
    });
    let results;
    try {
      results = await run(options, site, (line) => console.error(line));
    } finally {
      await site.remove();
    }
    const { json, svg } = places(options);
    if (json) await write(json, jsonOf(results));
    if (results.sizes) await write(svg, chart(results.sizes, results));
  }
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${HELP}` : error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
