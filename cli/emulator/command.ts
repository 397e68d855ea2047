import { STATUS_CODES } from "node:http";
import { Command } from "commander";
import {
  type EmulatedWorkspace,
  type Fault,
  type KeyOptions,
  type Operation,
  type RecordedRequest,
  startEmulator,
} from "../../emulator/index.js";
import type { Problem } from "../../provider/messages/problem.js";
import { inWorkspaceText } from "../../provider/messages/text.js";
import { sanitized } from "../../provider/text/sanitize.js";
import { errorCode } from "../errorCode.js";
import { fail, print } from "../terminal.js";
import { refusedOption } from "../usage.js";
import { portTaken, portUnusable } from "../wording.js";
import { loadState, saveState } from "./state.js";

const DEFAULT_KEY = "sk_emulator";
const MAX_LATENCY_MS = 3_600_000;

const NOTES = `
The secrets stay in memory until you interrupt the emulator, unless --state
names a file for them. It accepts only requests that the API documents, and
sends nothing to ElevenLabs. If npm or npx has started it, it ends with them.

Exit codes: 0 interrupted, 1 failure.

Examples:
  pulumi-elevenlabs emulator
  pulumi-elevenlabs emulator --port 0 --key sk_a=one --key sk_b=two
  pulumi-elevenlabs emulator --read-only-key sk_r      can list, can't write
  pulumi-elevenlabs emulator --in-use CRM_TOKEN        deleting it fails
  pulumi-elevenlabs emulator --fault create=503:2      the next two creates fail
  pulumi-elevenlabs emulator --state emulator.json     uses the file again

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
  uniqueNames: boolean;
  verbose?: boolean;
  state?: string;
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
    .option("--no-unique-names", "let several secrets have one name (default: refuse)")
    .option("--state <file>", "keep the secrets, with their values, in this file")
    .option("--verbose", "print each request, without any secret")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run({ port, latency, uniqueNames, verbose, state, ...options }: Options): Promise<void> {
  const { key, readOnlyKey = [], inUse = [], fault = [] } = options;
  const usesDefaultKey = key === undefined && readOnlyKey.length === 0;
  const writers = usesDefaultKey ? [{ text: DEFAULT_KEY, workspace: undefined }] : (key ?? []);
  const keys = Object.fromEntries([
    ...writers.map(({ text, workspace }) => [text, keyOptions(workspace)]),
    ...readOnlyKey.map(({ text, workspace }) => [text, { ...keyOptions(workspace), permissions: ["read"] }]),
  ]);
  const onRequest = (request: RecordedRequest) => {
    if (verbose) print(requestText(request));
    try {
      if (request.method !== "GET") save();
    } catch (error) {
      fail(error, {});
    }
  };
  const started = await startEmulator({ port, keys, latencyMs: latency, uniqueNames, onRequest }).catch((error) => {
    throw listenProblem(error, port);
  });
  const save = () => {
    if (state !== undefined) saveState(state, started, workspaces);
  };
  const used = [...writers, ...readOnlyKey, ...inUse].map(({ workspace = "default" }) => workspace);
  const workspaces = new Set(used);
  try {
    for (const name of state === undefined ? [] : loadState(state, started)) workspaces.add(name);
    for (const { text: name, workspace } of inUse) addInUse(name, started.workspace(workspace));
    save();
  } catch (error) {
    await started.close();
    throw error;
  }
  for (const one of fault) started.fault(one);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => started.close());
  endWithNpm(() => started.close());
  const keyText = usesDefaultKey ? `API key ${DEFAULT_KEY}` : `API keys as given: ${Object.keys(keys).length}`;
  print(`ElevenLabs emulator at ${started.url}, ${keyText}`);
}

function addInUse(name: string, workspace: EmulatedWorkspace): void {
  const dependents = { agents: ["Support"] };
  // The state may have it from an earlier run.
  const known = workspace.secrets().find((secret) => secret.name === name);
  if (known) workspace.use(known.id, dependents);
  else workspace.add(name, undefined, { dependents });
}

/** Without the query and the body, which could have a key or a value. */
function requestText({ method, path, workspace, status, fault }: RecordedRequest): string {
  const faultText = fault === undefined ? "" : ` (fault: ${fault})`;
  const where = workspace === undefined ? "" : inWorkspaceText(workspace);
  return `${method} ${sanitized(path)}${where}: ${status ?? "no response"}${faultText}`;
}

/** When npm or npx are ended, they end the shell that they have started, but not what runs in it. */
function endWithNpm(close: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const watch = () => {
    if (process.ppid !== shell) close();
  };
  setInterval(watch, 200).unref();
}

function listenProblem(error: unknown, port: number): Problem {
  const action = { step: `listen on port ${port}` } as const;
  const code = errorCode(error);
  return code === "EADDRINUSE" ? portTaken({}, action) : portUnusable({ code }, action);
}

function keyOptions(workspace: string | undefined): KeyOptions {
  return workspace === undefined ? {} : { workspace };
}

function wholeNumber(option: string, max: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
    throw refusedOption("emulator", option, `a whole number from 0 to ${max}`);
  };
}

function forWorkspace(option: string, what: string): (text: string, before?: ForWorkspace[]) => ForWorkspace[] {
  return (given, before = []) => {
    const [text = "", workspace] = given.split(/=(.*)/s);
    if (text === "" || workspace === "") throw refusedOption("emulator", option, `${what} or ${what}=WORKSPACE`);
    return [...before, { text, workspace }];
  };
}

const OPERATIONS: Operation[] = ["create", "list", "get", "update", "delete", "dependencies"];

function addFault(text: string, before: Fault[] = []): Fault[] {
  const [, name, status, times] = /^(\w+)=([45]\d\d)(?::(\d+))?$/.exec(text) ?? [];
  const operation = OPERATIONS.find((one) => one === name);
  if (operation === undefined || STATUS_CODES[status ?? ""] === undefined) {
    const expected = `one of ${OPERATIONS.join(", ")}, with an error status, such as create=503 or create=503:2`;
    throw refusedOption("emulator", "--fault", expected);
  }
  return [...before, { kind: "status", on: operation, status: Number(status), times: Number(times ?? 1) }];
}
