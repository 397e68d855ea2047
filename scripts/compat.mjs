// Runs the tests of tests/compat with other versions of Pulumi's CLI, Node.js and Pulumi's SDK, and prints a table.
// With names as arguments, runs only these combinations.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { engine, OLDEST, VERSION } from "./engine/engine.mjs";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
/** The oldest version that package.json allows. */
const OLDEST_SDK = "3.250.0";
/** The other tests run on the version of the CLI and of the SDK that this repository uses, with Node.js 24. */
const COMBINATIONS = {
  oldest: { cli: OLDEST, node: "22", sdk: OLDEST_SDK },
  "old-cli": { cli: OLDEST, node: "24", sdk: "^3" },
  "old-sdk": { cli: VERSION, node: "22", sdk: OLDEST_SDK },
  newest: { cli: VERSION, node: "latest", sdk: "^3" },
};

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => interrupt.abort());

/** Runs a command. Its output goes to standard error, so that standard output has only the table. */
async function run(command, args, { cwd = repository, env = {} } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", 2, 2],
    signal: interrupt.signal,
    killSignal: "SIGINT",
  });
  const [code] = await once(child, "close");
  return code;
}

const versionIn = async (folder, name) =>
  JSON.parse(await readFile(join(folder, "node_modules", name, "package.json"), "utf8")).version;

async function test({ cli, node, sdk }, folder) {
  const system = process.platform === "win32" ? "win" : process.platform;
  const binary = `node-${system}-${process.arch}`;
  await writeFile(join(folder, "package.json"), "{}");
  const packages = [`${binary}@${node}`, `@pulumi/pulumi@${sdk}`];
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  if (await run("npm", ["install", ...flags, ...packages], { cwd: folder }))
    throw new Error(`npm could not install ${packages.join(" and ")}`);
  const versions = {
    cli,
    node: await versionIn(folder, binary),
    sdk: await versionIn(folder, "@pulumi/pulumi"),
  };
  const report = join(folder, "report.json");
  const jest = ["--config", "jest.compat.mjs", "--ci", "--json", "--outputFile", report];
  const start = Date.now();
  const code = await run(process.execPath, [join(repository, "node_modules/jest/bin/jest.js"), ...jest], {
    env: {
      TEST_ENGINE: await engine(interrupt.signal, { version: cli }),
      TEST_NODE: join(folder, "node_modules", binary, "bin"),
      TEST_SDK: versions.sdk,
    },
  });
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(await readFile(report, "utf8"));
  return { ...versions, passed, failed, succeeds: code === 0 && passed > 0, seconds: (Date.now() - start) / 1000 };
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(COMBINATIONS, name));
if (unknown.length > 0) {
  console.error(`No combination ${unknown.join(", ")}; there are ${Object.keys(COMBINATIONS).join(", ")}.`);
  process.exit(1);
}
const lines = [
  "| | Pulumi CLI | Node.js | `@pulumi/pulumi` | passed | failed | seconds |",
  "|---|---|---|---|---|---|---|",
];
for (const [name, combination] of Object.entries(COMBINATIONS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const folder = await mkdtemp(join(tmpdir(), "pulumi-elevenlabs-compat-"));
  try {
    const { cli, node, sdk, passed, failed, succeeds, seconds } = await test(combination, folder);
    lines.push(`| ${name} | ${cli} | ${node} | ${sdk} | ${passed} | ${failed} | ${Math.round(seconds)} |`);
    if (!succeeds) process.exitCode = 1;
  } catch (error) {
    if (interrupt.signal.aborted) process.exit(130);
    lines.push(`| ${name} | ${combination.cli} | ${combination.node} | ${combination.sdk} | – | – | – |`);
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
console.log(lines.join("\n"));
