import { STATUS_CODES } from "node:http";
import { Command, InvalidArgumentError } from "commander";
import { type Fault, type KeyOptions, type Operation, startEmulator } from "../../emulator/index.js";
import { Problem } from "../../provider/messages/problem.js";
import { print } from "../terminal.js";

const DEFAULT_KEY = "sk_emulator";

const NOTES = `
Kept in memory, until interrupted. It is strict about the documented requests;
nothing of it reaches ElevenLabs.

Exit codes: 0 interrupted, 1 failed.

Examples:
  pulumi-elevenlabs emulator
  pulumi-elevenlabs emulator --port 0 --key sk_a=one --key sk_b=two
  pulumi-elevenlabs emulator --read-only-key sk_r      may list, may not write
  pulumi-elevenlabs emulator --in-use CRM_TOKEN        its delete is refused
  pulumi-elevenlabs emulator --fault create=503:2      two creates fail

  # then, in another terminal:
  export ELEVENLABS_BASE_URL=http://127.0.0.1:8787
  export ELEVENLABS_API_KEY=${DEFAULT_KEY}
  pulumi-elevenlabs list --no-stack`;

interface Options {
  port: number;
  key?: Pair[];
  readOnlyKey?: Pair[];
  inUse?: Pair[];
  fault?: Fault[];
  latency: number;
}

/** What was given, and the workspace that it is for. */
type Pair = [given: string, workspace: string | undefined];

export function emulator(): Command {
  return new Command("emulator")
    .description("Serve the same API on this machine, to try things and for tests.")
    .option("--port <port>", "0 is any free port", wholeNumber(65_535), 8787)
    .option("--key <key[=workspace]>", `an API key, as often as needed (default: ${DEFAULT_KEY})`, pairs("KEY"))
    .option("--read-only-key <key[=workspace]>", "one that may not write, as often as needed", pairs("KEY"))
    .option("--in-use <name[=workspace]>", "add a secret that an agent uses, as often as needed", pairs("NAME"))
    .option("--fault <operation=status[:times]>", "let the next such requests fail, as often as needed", faults)
    .option("--latency <ms>", "added to every answer", wholeNumber(3_600_000), 0)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run({ port, key, readOnlyKey = [], inUse = [], fault = [], latency }: Options): Promise<void> {
  const isDefault = key === undefined && readOnlyKey.length === 0;
  const keys = Object.fromEntries([
    ...(isDefault ? [[DEFAULT_KEY, undefined] as Pair] : (key ?? [])).map(([text, workspace]) => [
      text,
      keyOf(workspace),
    ]),
    ...readOnlyKey.map(([text, workspace]) => [text, { ...keyOf(workspace), permissions: ["read"] }]),
  ]);
  try {
    const started = await startEmulator({ port, keys, latencyMs: latency });
    for (const [name, workspace] of inUse) {
      started.workspace(workspace).add(name, undefined, { dependents: { agents: ["Support"] } });
    }
    for (const one of fault) started.fault(one);
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => started.close());
    const which = isDefault ? `API key ${DEFAULT_KEY}` : `API keys as given: ${Object.keys(keys).length}`;
    print(`ElevenLabs emulator at ${started.url}, ${which}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    const reason = code === "EADDRINUSE" ? "the port is taken" : `the system says ${code}`;
    throw new Problem(`could not serve at port ${port}`, reason, "Give another: --port PORT, 0 for any free one");
  }
}

function wholeNumber(most: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It takes a whole number from 0 to ${most}.`);
  };
}

function keyOf(workspace: string | undefined): KeyOptions {
  return workspace === undefined ? {} : { workspace };
}

function pairs(what: string): (text: string, before?: Pair[]) => Pair[] {
  return (text, before = []) => {
    const [given = "", workspace] = text.split(/=(.*)/s);
    if (given === "" || workspace === "") throw new InvalidArgumentError(`It takes ${what} or ${what}=WORKSPACE.`);
    return [...before, [given, workspace]];
  };
}

const OPERATIONS: Operation[] = ["create", "list", "get", "update", "delete", "dependencies"];

function faults(text: string, before: Fault[] = []): Fault[] {
  const [, on, status, times] = /^(\w+)=([45]\d\d)(?::(\d+))?$/.exec(text) ?? [];
  const operation = OPERATIONS.find((one) => one === on);
  if (operation === undefined || STATUS_CODES[status ?? ""] === undefined) {
    throw new InvalidArgumentError(
      `It takes one of ${OPERATIONS.join(", ")}, and a status: create=503, or create=503:2.`,
    );
  }
  return [...before, { kind: "status", on: operation, status: Number(status), times: Number(times ?? 1) }];
}
