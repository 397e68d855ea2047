// Makes a throwaway folder as a user's clone is, with a backend, a home and a passphrase of its own, and the real CLI in it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";

const NOT_FOR_THE_CLI = /^(PULUMI_|ELEVENLABS_|NODE_USE_ENV_PROXY$)/;
const COLORED = process.stdout.isTTY && !process.env.NO_COLOR;

/** The line of an operation's summary that ends in `did`: "updated" finds "~ 1 updated". */
export const count = (output, did) => Number(output.match(new RegExp(`^\\W*(\\d+) ${did}$`, "m"))?.[1] ?? 0);

export async function furnish(root, { repository, engine, signal }) {
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

  /** Runs the CLI, shows what it says, and returns that; `input` goes to its standard input. */
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
    const [said] = [child.stdout, child.stderr].map(async (stream) => {
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
    if (code !== 0) throw new Error(`${shown} ended with ${code}`);
    return said;
  }

  /** All files that the CLI wrote, and those that hold one of the words. */
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

/** The second interrupt ends the CLI and its plugins at once; killed, it would leave its plugins behind. */
function end(child) {
  const interrupt = () => child.kill("SIGINT");
  interrupt();
  const late = [setTimeout(interrupt, 1_000), setTimeout(() => child.kill("SIGKILL"), 20_000)];
  child.once("close", () => late.forEach(clearTimeout));
}
