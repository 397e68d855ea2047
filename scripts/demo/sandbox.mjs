// A temporary folder like a user's clone, in which the real CLI runs with a separate backend, home and passphrase.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";

/** The demo only uses loopback addresses, but Pulumi's SDK would call even its own engine through the proxy in `https_proxy`. */
const NOT_FOR_THE_CLI = /^(PULUMI_|ELEVENLABS_|NODE_USE_ENV_PROXY$|https?_proxy$)/;
const { FORCE_COLOR, NO_COLOR } = process.env;
const COLORED = FORCE_COLOR ? FORCE_COLOR !== "0" : process.stdout.isTTY && !NO_COLOR;

/** Returns the number in a line of Pulumi's summary: 1 for `"updated"`, if the line is "~ 1 updated". */
export const count = (output, change) => Number(output.match(new RegExp(`^\\W*(\\d+) ${change}$`, "m"))?.[1] ?? 0);

export async function createSandbox(root, { repository, engine, signal }) {
  const project = join(root, "project");
  for (const folder of ["project", "state", "home", "tmp"]) await mkdir(join(root, folder));
  for (const name of ["Pulumi.yaml", "package.json", "dist"]) {
    await cp(join(repository, name), join(project, name), { recursive: true });
  }
  await symlink(join(repository, "node_modules"), join(project, "node_modules"));
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_FOR_THE_CLI.test(name))),
    PATH: [engine, join(repository, "node_modules/.bin"), process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_HOME: join(root, "home"),
    PULUMI_CONFIG_PASSPHRASE: randomUUID(),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    TMPDIR: join(root, "tmp"),
  };

  /** Runs the CLI, prints its output, and returns it. `input` is its standard input; `shown` is the command to print. */
  async function pulumi(args, { input, shown = `pulumi ${args.join(" ")}` } = {}) {
    signal.throwIfAborted();
    console.log(`  $ ${shown}`);
    const options = { cwd: project, env, detached: true };
    const child = spawn("pulumi", [...args, `--color=${COLORED ? "always" : "never"}`], options);
    const stop = () => end(child);
    signal.addEventListener("abort", stop, { once: true });
    const closed = once(child, "close");
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const [output] = [child.stdout, child.stderr].map(async (stream) => {
      const lines = [];
      for await (const line of createInterface({ input: stream })) {
        console.log(line && `    ${line}`);
        lines.push(line);
      }
      return stripVTControlCharacters(lines.join("\n"));
    });
    const [code] = await closed;
    signal.removeEventListener("abort", stop);
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`\`${shown}\` failed with exit code ${code}.`);
    return output;
  }

  /** Returns all files that the CLI has written, and as `hits` the files that contain one of the words. */
  async function search(words) {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !file.startsWith(join(project, "dist")));
    const contents = await Promise.all(files.map((file) => readFile(file)));
    return { files, hits: files.filter((_, index) => words.some((word) => contents[index].includes(word))) };
  }

  return { pulumi, search };
}

/** Two interrupts make the CLI stop its plugins and exit at once. After a SIGKILL, the plugins would go on running. */
function end(child) {
  const interrupt = () => child.kill("SIGINT");
  interrupt();
  const timers = [setTimeout(interrupt, 1_000), setTimeout(() => child.kill("SIGKILL"), 20_000)];
  child.once("close", () => timers.forEach(clearTimeout));
}
