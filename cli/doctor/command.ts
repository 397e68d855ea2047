import { Command } from "commander";
import { REGIONS } from "../../provider/api/endpoint.js";
import { Problem, type Reader } from "../../provider/messages/problem.js";
import { sanitized } from "../../provider/text/sanitize.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "../../provider/workspaces/names.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type Context, type ContextOptions, openContext, withProvider, withStack, withWorkspace } from "../context.js";
import { jsonText } from "../jsonText.js";
import { print, styled, type TextStyle } from "../terminal.js";
import { diagnose } from "./diagnosis.js";
import type { Finding } from "./finding.js";
import * as findings from "./wording.js";

const NOTES = `
Nothing is written: to test the permissions, the command lists secrets and tries
to update a secret that can't exist. If a region of ElevenLabs doesn't accept
the API key, the command tries the other regions.

Exit codes: 0 success, 1 failed check or other failure.

Examples:
  pulumi-elevenlabs doctor
  pulumi-elevenlabs doctor --workspace eu
  pulumi-elevenlabs doctor --stack prod --json
  pulumi-elevenlabs doctor --provider eu         check an explicit provider
  pulumi-elevenlabs doctor --no-stack            use only the environment`;

export function doctor(): Command {
  const workspaceHelp = "check only this workspace (default: all configured workspaces)";
  return withProvider(withWorkspace(withStack(new Command("doctor")), workspaceHelp))
    .description("Check whether the API can be used: API key, region, network, permissions.")
    .option("--json", "print JSON")
    .addHelpText("after", NOTES)
    .action(run);
}

interface Options extends ContextOptions {
  json?: boolean;
}

interface CheckedWorkspace {
  name: string;
  findings: Finding[];
}

async function run({ json, ...options }: Options): Promise<void> {
  const context = await openContext(options);
  const names = options.workspace === undefined ? context.workspaces.names() : [options.workspace];
  const checked: CheckedWorkspace[] = [];
  if (!json) print(`Config: ${context.source}`);
  for (const name of names) {
    const found = needsNoKey(name, names, context) ? [findings.noKeyNeeded("key", {})] : await check(name, context);
    if (found.some(({ status }) => status === "failed")) process.exitCode = 1;
    checked.push({ name, findings: found });
    if (!json) print(asText({ name, findings: found }, context.reader));
  }
  if (json) print(asJson(context, checked));
}

/** If other workspaces are configured, the default workspace may have no key. */
function needsNoKey(name: string, names: string[], { workspaces }: Context): boolean {
  if (name !== DEFAULT_WORKSPACE || names.length === 1) return false;
  try {
    return workspaces.get(name).keySource === undefined;
  } catch {
    return false;
  }
}

async function check(name: string, context: Context): Promise<Finding[]> {
  let workspace: Workspace;
  try {
    workspace = context.workspaces.get(name);
  } catch (error) {
    if (!Problem.isInstance(error)) throw error;
    return [findings.problemFound("config", { problem: error })];
  }
  const found = await diagnose(workspace);
  // If the key is missing or malformed, a finding already reports it.
  const key = found.some((finding) => finding.check === "key") ? [] : [keyFinding(workspace, context)];
  // If the proxy caused the failure, a finding already reports the proxy.
  const proxy = found.some((finding) => finding.check === "proxy") ? [] : [proxyFinding(workspace)];
  return [hostFinding(workspace), ...proxy, ...key, ...found];
}

function hostFinding({ endpoint }: Workspace): Finding {
  const region = Object.entries(REGIONS).find(([, origin]) => origin === endpoint)?.[0];
  return findings.apiHost("host", { endpoint, region });
}

function proxyFinding({ route }: Workspace): Finding {
  if (route?.kind === "proxy") return findings.proxy("proxy", route.proxy.shown);
  const because = route?.kind === "direct" ? route.because : ({ kind: "not-set", httpVariable: undefined } as const);
  return findings.noProxy("proxy", { because });
}

function keyFinding({ name, provider, keySource }: Workspace, { stack }: Context): Finding {
  if (keySource === "environment" || !stack) return findings.keyFromEnvironment("key", {});
  if (provider !== undefined) {
    return findings.keyFromProvider("key", { workspace: { name, provider }, stack: stack.name });
  }
  if (stack.isPlainKey(name)) {
    const isInProject = stack.isInProject(workspaceSettingPath(name, "apiKey").key);
    return findings.keyInPlainText("key", { workspace: name, isInProject });
  }
  return findings.keyFromStack("key", { workspace: name, stack: stack.name });
}

/** Scripts read this JSON, so its keys must not be renamed. */
function asJson({ source, reader }: Context, checked: CheckedWorkspace[]): string {
  const workspaces = checked.map(({ name, findings }) => ({
    name,
    findings: findings.map((finding) => {
      const [text, ...next] = finding.explain(reader);
      return { check: finding.check, status: finding.status, text, next: next.length > 0 ? next.join("\n") : null };
    }),
  }));
  return jsonText({ config: source, workspaces });
}

const STYLES: Record<Finding["status"], TextStyle> = { fact: "dim", ok: "green", warning: "yellow", failed: "red" };

function asText({ name, findings }: CheckedWorkspace, reader: Reader): string {
  const title = `\n${styled("bold", `Workspace ${sanitized(name)}`)}`;
  return [title, ...findings.flatMap((finding) => findingLines(finding, reader))].join("\n");
}

function findingLines(finding: Finding, reader: Reader): string[] {
  const [text, ...next] = finding.explain(reader);
  const status = styled(STYLES[finding.status], (finding.status === "fact" ? "-" : finding.status).padEnd(7));
  return [`  ${status}  ${finding.check.padEnd(7)}  ${text}`, ...next.map((line) => `${" ".repeat(20)}${line}`)];
}
