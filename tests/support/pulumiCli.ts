import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import type { RecordedRequest } from "pulumi-elevenlabs/emulator";
import { logCommand } from "./commandLog";
import { SECRETS_PROVIDER } from "./vault";

export interface CliResult {
  code: number | null;
  /** Standard output, then standard error. */
  output: string;
}

export interface CliRun extends Promise<CliResult> {
  child: ChildProcess;
  /** Does the same, but throws if the command fails. */
  orThrow(): Promise<CliResult>;
}

export interface CliOptions {
  env?: Record<string, string>;
  input?: string;
  /** The API whose requests are shown with the command if the test fails. */
  api?: { requests: readonly RecordedRequest[] };
}

/** The engine and Node.js on the PATH, home and state in the folder. Omits the rest of the user's environment. */
export function environmentOf(folder: string) {
  const { TEST_ENGINE: engine = "", TEST_ROOT = "", TEST_VAULT: vault = "", TEST_NODE, PATH = "" } = process.env;
  return {
    PATH: [engine, TEST_NODE ?? join(process.cwd(), "node_modules/.bin"), PATH].join(delimiter),
    HOME: join(folder, "home"),
    TMPDIR: TEST_ROOT,
    NODE_COMPILE_CACHE: join(TEST_ROOT, "compile-cache"),
    // Loading all of Pulumi's SDK, twice, is half of the processor time of an `up`. It works for the SDK of this repository.
    ...(TEST_NODE === undefined
      ? { NODE_OPTIONS: `--require "${join(process.cwd(), "tests/support/lateModules.cjs")}"` }
      : {}),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    // Collecting garbage takes a tenth of the CLI's processor time.
    GOGC: "off",
    // The same as --secrets-provider in each `stack init`.
    PULUMI_OPTION_SECRETS_PROVIDER: SECRETS_PROVIDER,
    VAULT_SERVER_URL: vault,
    VAULT_SERVER_TOKEN: "tests",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
}

/** Runs the real Pulumi CLI in a folder with its own state and home. From the user's environment, it gets only PATH. */
export function pulumi(folder: string, args: string[], { env = {}, input = "", api }: CliOptions = {}): CliRun {
  // The log omits the flags that only the tests need. They come last.
  const [command = ""] = ["pulumi", ...args].join(" ").split(" --client");
  const logged = logCommand(command, api);
  const child = spawn(join(process.env.TEST_ENGINE ?? "", "pulumi"), args, {
    cwd: folder,
    // Its own process group, so that a test can end the CLI and every process that it started.
    detached: true,
    env: {
      ...environmentOf(folder),
      PULUMI_STACK: "test",
      // Unlocks --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
      ...env,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    logged.output = stdout + stderr;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    logged.output = stdout + stderr;
  });
  child.stdin.end(input);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      logged.code = code;
      resolve({ code, output: stdout + stderr });
    });
  });
  const orThrow = async () => {
    const result = await ended;
    if (result.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${result.code}:\n${result.output}`);
    return result;
  };
  return Object.assign(ended, { child, orThrow });
}
