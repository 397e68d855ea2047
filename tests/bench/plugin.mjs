// Compares the native plugin with the dynamic provider, and measures how long the plugin takes to start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { median } from "./measure.mjs";
import { measureSize, warmUp } from "./sizes.mjs";

const { credentials } = createRequire(import.meta.url)("@grpc/grpc-js");
const { ResourceProviderClient } = createRequire(import.meta.url)("@pulumi/pulumi/proto/provider_grpc_pb.js");
const { Empty } = createRequire(import.meta.url)("google-protobuf/google/protobuf/empty_pb.js");

const HOSTS = ["ours", "native"];
const PARTS = [
  { n: 1, rounds: 7 },
  { n: 100, rounds: 3 },
  { n: 1000, rounds: 1, steps: ["up"] },
];
const STARTS = 20;

/** The limits of the plugin's time and bytes, relative to the dynamic provider. */
const LIMITS = [
  { n: 1, step: "up", atMost: 0.85 },
  { n: 1, step: "preview", atMost: 0.85 },
  { n: 1, step: "refresh", atMost: 0.65 },
  { n: 1, step: "destroy", atMost: 0.65 },
  { n: 100, step: "refresh", atMost: 0.75 },
  { n: 1000, step: "up", atMost: 0.8 },
  { n: 1000, step: "up", figure: "stateBytes", atMost: 0.72 },
];
const START_LIMIT_MS = 200;

/** Runs both hosts in turns, from the smallest stack to the largest. */
export async function measurePlugin(site, { say }) {
  await warmUp(site, HOSTS);
  const start = await measureStart(site);
  const sizes = [];
  for (const { n, ...options } of PARTS) sizes.push(await measureSize(site, n, { ...options, say, programs: HOSTS }));
  return { start, sizes, verdicts: verdictsOf(sizes, start) };
}

function verdictsOf(sizes, { portMs }) {
  const ofPlugin = ratios(sizes, LIMITS, { program: "native", name: "plugin", to: "ours", toName: "dynamic" });
  const start = { what: "plugin start (ms)", digits: 0, atMost: START_LIMIT_MS, measured: portMs };
  return [...ofPlugin, { ...start, isMet: portMs <= START_LIMIT_MS }];
}

/** Compares a program with another one, for the measured numbers of secrets. */
export function ratios(sizes, limits, { program, name, to, toName }) {
  return limits.flatMap(({ n, step, figure = "seconds", atMost }) => {
    const measuredSteps = sizes.find((size) => size.n === n)?.steps[step];
    if (!measuredSteps) return [];
    const what = figure === "seconds" ? `${step} of ${n.toLocaleString("en")}` : `state of ${n.toLocaleString("en")}`;
    const measured = measuredSteps[program][figure] / measuredSteps[to][figure];
    return [{ what: `${what}: ${name} / ${toName}`, digits: 2, atMost, measured, isMet: measured <= atMost }];
  });
}

/** Milliseconds from the start of the process to its port, and to its first response: medians. */
async function measureStart({ plugin, env }) {
  const runs = [];
  for (let run = 0; run < STARTS; run++) {
    const begun = performance.now();
    const child = spawn(join(plugin, "pulumi-resource-elevenlabs"), ["127.0.0.1:1"], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    try {
      const [port] = await once(child.stdout.setEncoding("utf8"), "data");
      const portMs = performance.now() - begun;
      const client = new ResourceProviderClient(`127.0.0.1:${port.trim()}`, credentials.createInsecure());
      await new Promise((resolve, reject) => {
        client.getPluginInfo(new Empty(), (error) => (error ? reject(error) : resolve()));
      });
      runs.push({ portMs, answerMs: performance.now() - begun });
      client.close();
    } finally {
      child.kill("SIGTERM");
      await ended;
    }
  }
  const of = (figure) => median(runs.map((run) => run[figure]));
  return { runs: STARTS, portMs: of("portMs"), answerMs: of("answerMs") };
}
