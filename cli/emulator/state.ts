import { readFileSync, renameSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import type { Emulator } from "../../emulator/index.js";
import type { Action } from "../../provider/messages/problem.js";
import { errorCode } from "../errorCode.js";
import { emulatorStateUnusable, fileNotWritten } from "../wording.js";

const ACTION: Action = { step: "run pulumi-elevenlabs emulator" };

const dependents = v.array(v.any());
const secret = v.object({
  id: v.string(),
  name: v.string(),
  value: v.string(),
  dependents: v.object({
    tools: dependents,
    agents: dependents,
    phone_numbers: dependents,
    mcp_servers: dependents,
    others: v.array(v.string()),
  }),
});
const stateSchema = v.record(v.string(), v.array(secret));

/** Adds the secrets that the file has, and returns their workspaces: none if there is no such file. */
export function loadState(file: string, emulator: Emulator): string[] {
  const result = v.safeParse(stateSchema, contentOf(file));
  if (!result.success) throw emulatorStateUnusable({ file }, ACTION);
  for (const [workspace, secrets] of Object.entries(result.output)) {
    for (const { name, value, ...rest } of secrets) emulator.workspace(workspace).add(name, value, rest);
  }
  return Object.keys(result.output);
}

/** Writes the secrets of these workspaces. The file has values, so only its owner can read it. */
export function saveState(file: string, emulator: Emulator, workspaces: Set<string>): void {
  const state = Object.fromEntries([...workspaces].map((name) => [name, emulator.workspace(name).secrets()]));
  try {
    // At once, before a signal can end the process, and never half of it.
    writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw fileNotWritten({ file, code: errorCode(error), chosenBy: "--state" }, ACTION);
  }
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return {};
    throw emulatorStateUnusable({ file }, ACTION);
  }
}
