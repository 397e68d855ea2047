// Temporary projects in which the real CLI runs, each with its own backend, home and passphrase.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFile, cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../..");
const { startEmulator } = createRequire(import.meta.url)("../../dist/emulator.js");

const NOT_FOR_THE_CLI = /^(PULUMI_|ELEVENLABS_|NODE_|GO(GC|MAXPROCS|MEMLIMIT|DEBUG)$)/;
const API_KEY = "sk_bench";
/** More than twice as long as any run takes. */
const LONGEST_RUN_MS = 30 * 60_000;

/** Creates the folder for the projects. Each one is a copy of a template, which is faster than `pulumi stack init`. */
export async function createSite({ engine, signal }) {
  const root = await mkdtemp(join(tmpdir(), "pulumi-elevenlabs-bench-"));
  const elsewhere = new Set();
  const projects = new Set();
  let made = 0;

  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_FOR_THE_CLI.test(name))),
    PATH: [engine, join(repository, "node_modules/.bin"), process.env.PATH].join(delimiter),
    HOME: join(root, "home"),
    TMPDIR: join(root, "tmp"),
    PULUMI_HOME: join(root, "home"),
    PULUMI_CONFIG_PASSPHRASE: randomUUID(),
    PULUMI_STACK: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };

  /** Runs a command in a folder. `started` is called with the process. */
  async function run(folder, command, args, { extraEnv = {}, input = "", started = () => {} } = {}) {
    signal.throwIfAborted();
    const child = spawn(command, args, { cwd: folder, env: { ...env, ...extraEnv }, detached: true });
    const begun = performance.now();
    started(child);
    const stop = () => end(child);
    const timer = setTimeout(stop, LONGEST_RUN_MS);
    signal.addEventListener("abort", stop, { once: true });
    let seconds;
    child.once("exit", () => {
      seconds = (performance.now() - begun) / 1000;
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        output += chunk;
      });
    }
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    try {
      const [code] = await once(child, "close");
      signal.throwIfAborted();
      if (code !== 0)
        throw new Error(`${command} ${args.join(" ")} failed with exit code ${code}:\n${output.slice(-4_000)}`);
      return { seconds, output };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  /** Encrypts the secrets in the config, because a YAML program can't compute them. */
  async function setSecrets(folder, { first, count }) {
    const indexes = Array.from({ length: count }, (_, index) => first + index);
    const values = indexes.map((index) => ["--secret", `secrets.S${index}=${`${index}`.padStart(40, "0")}`]);
    const extraEnv = backend(join(folder, "state"));
    await run(folder, "pulumi", ["config", "set-all", "--path", ...values.flat()], { extraEnv });
  }

  const backend = (folder) => ({ PULUMI_BACKEND_URL: `file://${folder}` });

  async function makeTemplate(folder) {
    await mkdir(join(folder, "state"), { recursive: true });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "bench", private: true }));
    const runtime = { name: "nodejs", options: { typescript: false } };
    await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify({ name: "bench", runtime, main: "index.js" }));
    const extraEnv = backend(join(folder, "state"));
    await run(folder, "pulumi", ["stack", "init", "bench"], { extraEnv });
    await run(folder, "pulumi", ["config", "set", "--secret", "elevenlabs:apiKey"], { extraEnv, input: API_KEY });
  }

  try {
    for (const folder of ["home", "tmp", "node_modules/pulumi-elevenlabs"]) {
      await mkdir(join(root, folder), { recursive: true });
    }
    await symlink(join(repository, "node_modules/@pulumi"), join(root, "node_modules/@pulumi"));
    // A copy, so that a build during the benchmark doesn't change the measured code.
    for (const name of ["package.json", "dist"]) {
      await cp(join(repository, name), join(root, "node_modules/pulumi-elevenlabs", name), { recursive: true });
    }
    await makeTemplate(join(root, "template"));
  } catch (error) {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }

  return {
    /** Files in this folder are removed with the site. */
    root,
    /** The environment of all commands. */
    env,
    /** The folder of the native plugin. */
    plugin: join(root, "node_modules/pulumi-elevenlabs/dist/plugin"),

    /** The versions of the engine, the SDK and Node. */
    async versions() {
      const version = async (command, ...args) => (await run(root, command, args)).output.trim().replace(/^v/, "");
      const { version: sdk } = createRequire(import.meta.url)("@pulumi/pulumi/package.json");
      return { pulumi: await version("pulumi", "version"), sdk, node: await version("node", "--version") };
    },

    /** Creates a stack of one of the programs. It starts its own emulator, unless `shares` is one. */
    async project(program, count, { first = 0, api = { latencyMs: 100 }, shares, stateUnder } = {}) {
      const folder = join(root, `${program}-${made++}`);
      await cp(join(root, "template"), folder, { recursive: true, verbatimSymlinks: true });
      await cp(join(here, "programs", program), folder, { recursive: true });
      let state = join(folder, "state");
      if (stateUnder) {
        const other = await mkdtemp(join(stateUnder, "pulumi-elevenlabs-bench-"));
        elsewhere.add(other);
        await cp(state, other, { recursive: true });
        state = other;
      }
      const emulator = shares ?? (await startEmulator({ ...api, keys: { [API_KEY]: {} } }));
      const config = {
        "elevenlabs:baseUrl": emulator.url,
        "bench:apiUrl": emulator.url,
        "bench:apiKey": API_KEY,
        "bench:first": String(first),
        "bench:count": String(count),
      };
      const lines = Object.entries(config).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
      await appendFile(join(folder, "Pulumi.bench.yaml"), lines.join(""));

      if (program === "yaml") await setSecrets(folder, { first, count });

      const project = {
        program,
        count,
        /** The resources besides the secrets: the stack, and the component. */
        others: program === "yaml" ? 2 : 1,
        emulator,
        pulumi: (args, { extraEnv, ...options } = {}) =>
          run(folder, "pulumi", args, { ...options, extraEnv: { ...backend(state), ...extraEnv } }),
        /** The size of the checkpoint file, which can be compressed. */
        async stateBytes() {
          const stacks = join(state, ".pulumi/stacks/bench");
          const name = (await readdir(stacks)).find((file) => /^bench\.json(\.gz|\.zst)?$/.test(file));
          return (await stat(join(stacks, name))).size;
        },
        async remove() {
          projects.delete(project);
          if (!shares) await emulator.close();
          for (const place of [folder, state]) await rm(place, { recursive: true, force: true, maxRetries: 5 });
          elsewhere.delete(state);
        },
      };
      projects.add(project);
      return project;
    },

    async remove() {
      for (const project of [...projects]) await project.remove();
      for (const place of [...elsewhere, root]) await rm(place, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Two interrupts make the CLI stop its plugins and exit at once. After a SIGKILL, the plugins would keep running. */
function end(child) {
  const interrupt = () => child.kill("SIGINT");
  interrupt();
  const timers = [setTimeout(interrupt, 1_000), setTimeout(() => child.kill("SIGKILL"), 20_000)];
  child.once("close", () => timers.forEach(clearTimeout));
}
