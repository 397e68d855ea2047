import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterEach } from "@jest/globals";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index";
import { logCommand } from "./commandLog";
import { kill, processTree } from "./processes";
import { environmentOf } from "./pulumiCli";

const REPO = process.cwd();
const EXAMPLES = join(REPO, "examples");

const open = new Set<Example>();

afterEach(async () => {
  const examples = [...open];
  open.clear();
  await Promise.all(examples.map((example) => example.close()));
});

export interface ShellResult {
  code: number | null;
  /** Standard output, then standard error. */
  output: string;
}

export interface ShellOptions {
  input?: string;
  env?: Record<string, string>;
  /** Called with each chunk of standard output. */
  onOutput?: (text: string) => void;
}

/** A copy of an example after `npm install`, with its own backend. It is removed after the test. */
export async function openExample(name: string, options?: EmulatorOptions): Promise<Example> {
  const example = await openProject(undefined, options);
  await copyExample(name, example.folder);
  await install(example.folder);
  return example;
}

/** The project in a folder, with its own backend, which is removed after the test. */
export async function openProject(folder?: string, options?: EmulatorOptions): Promise<Example> {
  const root = await mkdtemp(join(process.env.TEST_ROOT ?? "", "example-"));
  const example = new Example(root, await startEmulator(options), folder ?? join(root, "project"));
  open.add(example);
  return example;
}

export async function copyExample(name: string, to: string): Promise<void> {
  const isSource = (path: string) => basename(path) !== "node_modules";
  await cp(join(EXAMPLES, name), to, { recursive: true, filter: isSource });
}

export class Example {
  private readonly running = new Set<ChildProcess>();
  readonly env: Record<string, string>;

  constructor(
    readonly root: string,
    readonly emulator: Emulator,
    readonly folder: string,
  ) {
    this.env = {
      ...environmentOf(root),
      PULUMI_BACKEND_URL: `file://${root}`,
      // Without these, the CLI would prompt for a confirmation.
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_OPTION_SKIP_PREVIEW: "true",
      ELEVENLABS_API_KEY: emulator.apiKey,
      ELEVENLABS_BASE_URL: emulator.url,
    };
  }

  /** The values of the workspace's secrets by their names. */
  secrets(): Record<string, string> {
    const secrets = this.emulator.workspace().secrets();
    return Object.fromEntries(secrets.map(({ name, value }) => [name, value]));
  }

  /** Runs a shell command in the example's folder. */
  async shell(command: string, { input = "", env = {}, onOutput }: ShellOptions = {}): Promise<ShellResult> {
    // Its own process group, so that a test can end the command and every process that it started.
    const child = spawn("bash", ["-e", "-c", command], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      detached: true,
    });
    this.running.add(child);
    const logged = logCommand(command, this.emulator);
    const printed = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (chunk: string) => {
        printed[stream] += chunk;
        logged.output = printed.stdout + printed.stderr;
      });
    }
    if (onOutput) child.stdout.on("data", onOutput);
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    try {
      return await new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => {
          logged.code = code;
          resolve({ code, output: printed.stdout + printed.stderr });
        });
      });
    } finally {
      this.running.delete(child);
    }
  }

  /** Runs a shell command and returns its output. Throws if the command fails. */
  async run(command: string, options?: ShellOptions): Promise<string> {
    const { code, output } = await this.shell(command, options);
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
    return output;
  }

  /** All files of the example, and all files that the CLI and the program wrote. */
  async files(): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    for (const entry of await readdir(this.root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !path.includes("/node_modules/")) files.set(path, await readFile(path, "latin1"));
    }
    return files;
  }

  async close(): Promise<void> {
    for (const { pid } of this.running) if (pid !== undefined) kill(...(await processTree(pid)));
    await this.emulator.close();
    await rm(this.root, { recursive: true, force: true });
  }
}

const TRIAL = "## Without an account\n";

/** The commands in an example's README, one per line, without `npm install` and the trial on the emulator. */
export async function commandsOf(name: string): Promise<string[]> {
  const [commands = ""] = (await readFile(join(EXAMPLES, name, "README.md"), "utf8")).split(TRIAL);
  return commandsIn(commands);
}

/** The commands in an example's README that try it on the emulator. */
export async function trialOf(name: string): Promise<string[]> {
  const [, trial = ""] = (await readFile(join(EXAMPLES, name, "README.md"), "utf8")).split(TRIAL);
  return commandsIn(trial);
}

function commandsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = ""]) => block.trimEnd().split("\n"))
    .map((line) => line.replace(/ +#.*$/, ""))
    .filter((command) => command !== "npm install");
}

/**
 * Replaces `npm install`: links this repository's packages, but only the packages that the example depends on. If the
 * repository doesn't have a package, the test must install it.
 */
export async function install(folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
    const from = name === "pulumi-elevenlabs" ? REPO : join(REPO, "node_modules", name);
    if (existsSync(from)) await installPackage(folder, name, from);
  }
}

/** Links a package and its commands. */
async function installPackage(folder: string, name: string, from: string): Promise<void> {
  const { bin = {} } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  const links = [
    [name, from],
    ...Object.entries<string>(bin).map(([command, path]) => [`.bin/${command}`, join(from, path)]),
  ];
  for (const [link = "", target = ""] of links) {
    await mkdir(dirname(join(folder, "node_modules", link)), { recursive: true });
    await symlink(target, join(folder, "node_modules", link));
  }
}
