import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import type { Emulator, EmulatorOptions, Operation, RecordedRequest } from "pulumi-elevenlabs/emulator";
import { parse, stringify } from "yaml";
import { startEmulator } from "../../emulator/index";
import { isSecretType, NATIVE_TYPE } from "../../provider/hosts/typeTokens";
import { type Diagnostic, problemsIn, readEvents, type ShownProblem } from "./engineEvents";
import { HOST, HOSTS, type HostName } from "./hosts";
import { kill, processTree } from "./processes";
import { programServer } from "./programServer";
import { type CliRun, environmentOf, pulumi } from "./pulumiCli";
import { StackSecrets } from "./stackSecrets";

export type { Diagnostic } from "./engineEvents";

export interface Run {
  code: number | null;
  output: string;
  /** The number of secrets for each operation of the engine, such as `{ create: 2, same: 1 }`. */
  changes: Record<string, number>;
  /** The operation of each secret by its logical name. If a secret has several operations, this is the first. */
  steps: Record<string, string>;
  diagnostics: Diagnostic[];
  /** The errors and warnings of this package. */
  problems: ShownProblem[];
  /** Their kinds, each one once, in alphabetical order. */
  kinds: string[];
  /** The requests that the API received during the run. */
  requests: RecordedRequest[];
  /** The API's operations in order. */
  calls: (Operation | undefined)[];
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  delete?: boolean;
  /** The line in the program that creates the resource. */
  sourcePosition?: string;
}

interface Checkpoint {
  latest?: {
    resources?: StateResource[];
    secrets_providers?: { state: { encryptedkey: string } };
  };
}

export interface StackOptions {
  emulator?: EmulatorOptions;
  /** Written to the stack's config, with the API key and the base URL. A key whose value is `undefined` is omitted. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Default: the host under test. */
  host?: HostName;
  /** The program runs in a separate process, as it does for users. Default: in one process with the programs of other tests. */
  inOwnProcess?: boolean;
}

/** The type token of the secrets of the host under test. */
export const SECRET_TYPE = HOSTS[HOST].type;

const open = new Set<TestStack>();

afterEach(async () => {
  const stacks = [...open];
  open.clear();
  await Promise.all(stacks.map((stack) => stack.close()));
});

/** A project with its own stack and an emulator. Both end with the test. */
export async function startStack(options: StackOptions = {}): Promise<TestStack> {
  const root = process.env.TEST_ROOT ?? "";
  const folder = await mkdtemp(join(root, "stack-"));
  await cp(join(root, "template"), folder, { recursive: true, verbatimSymlinks: true });
  const { host = HOST, env = {}, inOwnProcess = false } = options;
  const stack = new TestStack(folder, await startEmulator(options.emulator), { env, host, inOwnProcess });
  await stack.useHost(host);
  open.add(stack);
  await stack.configure({
    "elevenlabs:baseUrl": stack.emulator.url,
    // Few and short waits: other tests check retries.
    "elevenlabs:maxRetries": "2",
    ...options.config,
  });
  return stack;
}

export class TestStack {
  private operations = 0;
  private readonly running = new Set<CliRun>();
  readonly env: Record<string, string>;
  private host: HostName;
  private readonly inOwnProcess: boolean;

  constructor(
    readonly folder: string,
    readonly emulator: Emulator,
    { env, host, inOwnProcess }: Required<Pick<StackOptions, "env" | "host" | "inOwnProcess">>,
  ) {
    this.env = { ELEVENLABS_API_KEY: emulator.apiKey, ...env };
    this.host = host;
    this.inOwnProcess = inOwnProcess;
  }

  /** Sets the project up for a host, as its user does; programs that are written from now on use it. */
  async useHost(host: HostName): Promise<void> {
    this.host = host;
    await this.changeProject({ plugins: HOSTS[host].plugins });
  }

  /** Changes keys of `Pulumi.yaml`; `undefined` removes one. */
  async changeProject(changes: Record<string, unknown>): Promise<void> {
    const file = join(this.folder, "Pulumi.yaml");
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), ...changes }));
  }

  get workspace() {
    return this.emulator.workspace();
  }

  /** The body of a JavaScript program that has `pulumi` and the package's exports at hand. */
  async program(body: string): Promise<this> {
    const names = `WorkspaceSecret, WorkspaceSecrets, secretsFromConfig${this.host === "native" ? ", Provider" : ""}`;
    const { module } = HOSTS[this.host];
    const preamble = `const pulumi = require("@pulumi/pulumi");\nconst { ${names} } = require("${module}");\n`;
    await writeFile(join(this.folder, "index.js"), preamble + body);
    return this;
  }

  /** Adds to the stack's config; `undefined` removes a key. Values are stored plain. */
  async configure(config: Record<string, unknown>): Promise<void> {
    const file = join(this.folder, "Pulumi.test.yaml");
    const { config: before, ...stack } = parse(await readFile(file, "utf8"));
    const after = Object.entries({ ...before, ...config }).filter(([, value]) => value !== undefined);
    await writeFile(file, stringify({ ...stack, config: Object.fromEntries(after) }));
  }

  /** Adds secrets to the stack's config, as `pulumi config set --secret` does. */
  async configureSecrets(secrets: Record<string, string>): Promise<void> {
    const { encryptedkey } = parse(await readFile(join(this.folder, "Pulumi.test.yaml"), "utf8"));
    const encryption = new StackSecrets(encryptedkey);
    const config = Object.entries(secrets).map(([key, text]) => [key, { secure: encryption.encrypt(text) }]);
    await this.configure(Object.fromEntries(config));
  }

  up(...args: string[]): Promise<Run> {
    return this.run(["up", "--yes", "--skip-preview", ...args]);
  }

  preview(...args: string[]): Promise<Run> {
    return this.run(["preview", ...args]);
  }

  /** `pulumi import` of secrets: logical name and id. */
  import(name: string, id: string, ...args: string[]): Promise<Run> {
    const fixed = ["--yes", "--generate-code=false", "--protect=false"];
    return this.run(["import", NATIVE_TYPE, name, id, ...fixed, ...args]);
  }

  refresh(...args: string[]): Promise<Run> {
    return this.run(["refresh", "--yes", "--skip-preview", ...args]);
  }

  destroy(...args: string[]): Promise<Run> {
    return this.run(["destroy", "--yes", "--skip-preview", ...args]);
  }

  /** Writes the program and runs `up`, which must succeed. */
  async deploy(body: string): Promise<Run> {
    await this.program(body);
    const run = await this.up();
    if (run.code !== 0) throw new Error(`up ended with ${run.code}:\n${run.output}`);
    return run;
  }

  /** Starts a run that the test doesn't have to wait for: the end of the test ends the run. */
  cli(args: string[], input?: string): CliRun {
    const run = pulumi(this.folder, args, { env: this.env, input, api: this.emulator });
    this.running.add(run);
    run.finally(() => this.running.delete(run)).catch(() => undefined);
    return run;
  }

  /** The resources in the checkpoint file, with encrypted secrets. */
  async resources(): Promise<StateResource[]> {
    return (await this.checkpoint()).latest?.resources ?? [];
  }

  private async checkpoint(): Promise<Checkpoint> {
    return JSON.parse(await readFile(this.checkpointFile, "utf8")).checkpoint;
  }

  get checkpointFile(): string {
    return join(this.folder, "state/.pulumi/stacks/test/test.json");
  }

  /** The secrets of the state. */
  async secrets(): Promise<StateResource[]> {
    return (await this.resources()).filter(({ type }) => isSecretType(type));
  }

  /** The secrets of the state, decrypted. Includes secrets that wait to be deleted. */
  async everySecret(): Promise<StateResource[]> {
    const key = (await this.checkpoint()).latest?.secrets_providers?.state.encryptedkey;
    // The engine has encrypted nothing yet.
    if (key === undefined) return this.secrets();
    const encryption = new StackSecrets(key);
    return (await this.secrets()).map((secret) => encryption.decryptAll(secret) as StateResource);
  }

  /** The secrets of the state, decrypted, by logical name. */
  async decryptedSecrets(): Promise<Record<string, StateResource>> {
    const secrets = await this.everySecret();
    // If several secrets have one logical name, this keeps the first: the others wait to be deleted.
    return Object.fromEntries(secrets.toReversed().map((secret) => [secret.urn.split("::").at(-1), secret]));
  }

  /** The secret with this logical name in the state, decrypted. */
  async secret(logicalName: string): Promise<StateResource | undefined> {
    return (await this.decryptedSecrets())[logicalName];
  }

  /** Every file that the engine and this package have written: omits the program, its config and the packages. */
  async writtenFiles(): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    for (const entry of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const isOurs = /node_modules|index\.js$|Pulumi\..*yaml$/.test(path.slice(this.folder.length));
      if (entry.isFile() && !isOurs) files.set(path, await readFile(path, "latin1"));
    }
    return files;
  }

  async close(): Promise<void> {
    for (const { child } of this.running) {
      if (child.pid !== undefined) kill(...(await processTree(child.pid)));
    }
    await Promise.all([...this.running].map((run) => run.catch(() => undefined)));
    await this.emulator.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(args: string[]): Promise<Run> {
    const eventLog = join(this.folder, `events-${this.operations++}.json`);
    const before = this.emulator.requests.length;
    const flags = ["--non-interactive", "--color=never", "--suppress-progress", "--event-log", eventLog];
    const { code, output } = await this.withProgram(args, (client) => this.cli([...args, ...client, ...flags]));
    const requests = this.emulator.requests.slice(before);
    const events = await readEvents(eventLog, isSecretType);
    await rm(eventLog, { force: true });
    const problems = problemsIn(events.diagnostics);
    const kinds = [...new Set(problems.map(({ kind }) => kind))].sort();
    const calls = requests.map(({ operation }) => operation);
    return { code, output, requests, calls, problems, kinds, ...events };
  }

  /** If the command runs the program, it does so in one process with the programs of other tests, unless `inOwnProcess` is set. */
  private withProgram<T>([command = "", ...args]: string[], run: (flags: string[]) => Promise<T>): Promise<T> {
    const runsProgram = ["up", "preview"].includes(command) || args.includes("--run-program");
    if (!runsProgram || this.inOwnProcess) return run([]);
    const env = { ...environmentOf(this.folder), ...this.env };
    return programServer().run(this.folder, env, (address) => run(["--client", address]));
  }
}
