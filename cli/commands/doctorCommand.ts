import { Command } from "commander";
import { REGIONS } from "../../provider/api/endpoint.js";
import { harmless } from "../../provider/messages/foreignText.js";
import { Problem } from "../../provider/messages/problem.js";
import { configPath, shellWord } from "../../provider/pulumi/configPath.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/settings.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type Context, type ContextOptions, openContext, withStack, withWorkspace } from "../context.js";
import { diagnose, type Finding } from "../diagnosis.js";
import { jsonText } from "../jsonText.js";
import { advice, print, type Style, styled } from "../terminal.js";

const NOTES = `
It lists, and asks to change a secret that cannot exist, so nothing is written.
A key that one region of ElevenLabs does not take is tried in the others.

Exit codes: 0 fine, 1 a fault found, or failed.

Examples:
  pulumi-elevenlabs doctor
  pulumi-elevenlabs doctor --workspace eu
  pulumi-elevenlabs doctor --stack prod --json
  pulumi-elevenlabs doctor --no-stack            by the environment alone`;

export function doctor(): Command {
  const which = "check this workspace alone (default: every one that is configured)";
  return withWorkspace(withStack(new Command("doctor")), which)
    .description("Find out whether the API can be used: key, region, network, permissions.")
    .option("--json", "print JSON")
    .addHelpText("after", NOTES)
    .action(run);
}

interface Options extends ContextOptions {
  json?: boolean;
}

async function run({ json, ...options }: Options): Promise<void> {
  const context = await openContext(options);
  const names = options.workspace === undefined ? context.workspaces.names() : [options.workspace];
  const workspaces: { name: string; findings: Finding[] }[] = [];
  if (!json) print(`Config: ${context.source}`);
  for (const name of names) {
    const found = isOptional(name, names, context) ? [NO_KEY_NEEDED] : await findings(name, context);
    if (found.some(({ status }) => status === "failed")) process.exitCode = 1;
    if (json) workspaces.push({ name, findings: found });
    else print([`\n${styled("bold", `Workspace ${harmless(name)}`)}`, ...found.map(textOf)].join("\n"));
  }
  if (json) print(asJson(context, workspaces));
}

const NO_KEY_NEEDED: Finding = {
  check: "key",
  status: "fact",
  text: "none, and none is needed while no resource uses this workspace",
};

function asJson({ source }: Context, workspaces: { name: string; findings: Finding[] }[]): string {
  const shown = workspaces.map(({ name, findings }) => ({
    name,
    findings: findings.map(({ next, ...finding }) => ({ ...finding, next: next === undefined ? null : advice(next) })),
  }));
  return jsonText({ config: source, workspaces: shown });
}

/** With workspaces of their own names, the one of the top-level config may stay without a key. */
function isOptional(name: string, names: string[], { workspaces }: Context): boolean {
  if (name !== DEFAULT_WORKSPACE || names.length === 1) return false;
  try {
    return workspaces.get(name).keySource === undefined;
  } catch {
    return false;
  }
}

async function findings(name: string, context: Context): Promise<Finding[]> {
  let workspace: Workspace;
  try {
    workspace = context.workspaces.get(name);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ check: "config", status: "failed", text: error.reason, next: error.next }];
  }
  const found = await diagnose(workspace);
  // Where there is no usable key, it comes from nowhere.
  const key = found.some(({ check }) => check === "key") ? [] : [keyOf(workspace, context)];
  return [hostOf(workspace), ...key, ...found];
}

function hostOf({ endpoint }: Workspace): Finding {
  const region = Object.entries(REGIONS).find(([, origin]) => origin === endpoint)?.[0];
  return { check: "host", status: "fact", text: `${endpoint}${region ? ` (region ${region})` : ""}` };
}

function keyOf({ name, keySource }: Workspace, { stack }: Context): Finding {
  if (keySource === "environment") {
    return { check: "key", status: "fact", text: "from the environment variable ELEVENLABS_API_KEY" };
  }
  const isDefault = name === DEFAULT_WORKSPACE;
  const key = isDefault ? "elevenlabs:apiKey" : configPath("elevenlabs:workspaces", name, "apiKey");
  if (stack?.isPlainKey(name)) {
    const next = `Take it for known to others, and set a new one: pulumi config set --secret ${isDefault ? key : `--path ${shellWord(key)}`}`;
    return { check: "key", status: "failed", text: `${key} is set in plain text, which programs refuse`, next };
  }
  return { check: "key", status: "fact", text: `from ${key} of stack ${stack?.name ?? "?"}` };
}

const STYLES: Record<Finding["status"], Style> = { fact: "dim", ok: "green", warning: "yellow", failed: "red" };

function textOf({ check, status, text, next }: Finding): string {
  const line = `  ${styled(STYLES[status], (status === "fact" ? "-" : status).padEnd(7))}  ${check.padEnd(7)}  ${text}`;
  const advised = next === undefined ? [] : advice(next).split("\n");
  return [line, ...advised.map((one) => `${" ".repeat(20)}${one}`)].join("\n");
}
