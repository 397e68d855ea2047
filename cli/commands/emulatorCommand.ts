import { STATUS_CODES } from "node:http";
import { Command } from "commander";
import { type Fault, type KeyOptions, type Operation, startEmulator } from "../../emulator/index.js";
import { Problem } from "../../provider/messages/problem.js";
import { print } from "../terminal.js";
import { invalidOption } from "../usage.js";

const DEFAULT_KEY = "sk_emulator";
const MAX_LATENCY_MS = 3_600_000;

const NOTES = `
The secrets stay in memory until you interrupt the emulator. It accepts only
requests that the API documents, and sends nothing to ElevenLabs.

Exit codes: 0 interrupted, 1 failure.

Examples:
  pulumi-elevenlabs emulator
  pulumi-elevenlabs emulator --port 0 --key sk_a=one --key sk_b=two
  pulumi-elevenlabs emulator --read-only-key sk_r      can list, can't write
  pulumi-elevenlabs emulator --in-use CRM_TOKEN        deleting it fails
  pulumi-elevenlabs emulator --fault create=503:2      the next two creates fail

  # then, in another terminal:
  export ELEVENLABS_BASE_URL=http://127.0.0.1:8787
  export ELEVENLABS_API_KEY=${DEFAULT_KEY}
  pulumi-elevenlabs list --no-stack`;

interface Options {
  port: number;
  key?: ForWorkspace[];
  readOnlyKey?: ForWorkspace[];
  inUse?: ForWorkspace[];
  fault?: Fault[];
  latency: number;
}

/** A key or a secret's name, and the emulated workspace that it belongs to. */
interface ForWorkspace {
  text: string;
  workspace: string | undefined;
}

export function emulator(): Command {
  return new Command("emulator")
    .description("Run an emulator of the API on this machine, for experiments and tests.")
    .option("--port <port>", "0 means any free port", wholeNumber("--port", 65_535), 8787)
    .option("--key <key[=workspace]>", `an API key (repeatable; default: ${DEFAULT_KEY})`, forWorkspace("--key", "KEY"))
    .option(
      "--read-only-key <key[=workspace]>",
      "an API key that can't write (repeatable)",
      forWorkspace("--read-only-key", "KEY"),
    )
    .option(
      "--in-use <name[=workspace]>",
      "add a secret that an agent uses (repeatable)",
      forWorkspace("--in-use", "NAME"),
    )
    .option("--fault <operation=status[:times]>", "fail the next requests of this operation (repeatable)", addFault)
    .option("--latency <ms>", "delay of each response, in milliseconds", wholeNumber("--latency", MAX_LATENCY_MS), 0)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run({ port, key, readOnlyKey = [], inUse = [], fault = [], latency }: Options): Promise<void> {
  const usesDefaultKey = key === undefined && readOnlyKey.length === 0;
  const writers = usesDefaultKey ? [{ text: DEFAULT_KEY, workspace: undefined }] : (key ?? []);
  const keys = Object.fromEntries([
    ...writers.map(({ text, workspace }) => [text, keyOptions(workspace)]),
    ...readOnlyKey.map(({ text, workspace }) => [text, { ...keyOptions(workspace), permissions: ["read"] }]),
  ]);
  try {
    const started = await startEmulator({ port, keys, latencyMs: latency });
    for (const { text: name, workspace } of inUse) {
      started.workspace(workspace).add(name, undefined, { dependents: { agents: ["Support"] } });
    }
    for (const one of fault) started.fault(one);
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => started.close());
    const keyText = usesDefaultKey ? `API key ${DEFAULT_KEY}` : `API keys as given: ${Object.keys(keys).length}`;
    print(`ElevenLabs emulator at ${started.url}, ${keyText}`);
  } catch (error) {
    throw listenProblem(error, port);
  }
}

function listenProblem(error: unknown, port: number): Problem {
  const attempt = { step: "serve", name: String(port) } as const;
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  return code === "EADDRINUSE"
    ? new Problem("port-taken", {}, attempt)
    : new Problem("port-unusable", { code }, attempt);
}

function keyOptions(workspace: string | undefined): KeyOptions {
  return workspace === undefined ? {} : { workspace };
}

function wholeNumber(option: string, max: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
    throw invalidOption("emulator", option, `a whole number from 0 to ${max}`);
  };
}

function forWorkspace(option: string, what: string): (text: string, before?: ForWorkspace[]) => ForWorkspace[] {
  return (given, before = []) => {
    const [text = "", workspace] = given.split(/=(.*)/s);
    if (text === "" || workspace === "") throw invalidOption("emulator", option, `${what} or ${what}=WORKSPACE`);
    return [...before, { text, workspace }];
  };
}

const OPERATIONS: Operation[] = ["create", "list", "get", "update", "delete", "dependencies"];

function addFault(text: string, before: Fault[] = []): Fault[] {
  const [, name, status, times] = /^(\w+)=([45]\d\d)(?::(\d+))?$/.exec(text) ?? [];
  const operation = OPERATIONS.find((one) => one === name);
  if (operation === undefined || STATUS_CODES[status ?? ""] === undefined) {
    const expected = `one of ${OPERATIONS.join(", ")}, with an error status, such as create=503 or create=503:2`;
    throw invalidOption("emulator", "--fault", expected);
  }
  return [...before, { kind: "status", on: operation, status: Number(status), times: Number(times ?? 1) }];
}
