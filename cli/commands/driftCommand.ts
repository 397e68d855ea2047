import { Command, Option } from "commander";
import { harmless, quoted } from "../../provider/messages/foreignText.js";
import { Problem } from "../../provider/messages/problem.js";
import { actionText, idsText } from "../../provider/secret/explain.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/settings.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type Context, type ContextOptions, calling, openContext, withWorkspace } from "../context.js";
import { type Drift, findDrift, type WorkspaceDrift } from "../findDrift.js";
import { jsonText, nameText } from "../jsonText.js";
import type { Owned, PlannedStep, Stack } from "../stack.js";
import { table } from "../table.js";
import { advice, lineWidth, note, print, styled } from "../terminal.js";

const NOTES = `
It compares the secrets in the stack's state with those in the workspaces, and
the program with the state, as "pulumi preview" does. It changes neither:
  missing             the secret is gone
  renamed             the secret has another name
  replaced by hand    the secret is gone, and another one has its name
  pending             the program wants a change that no "pulumi up" has made
A value that was changed by hand cannot be seen: the API tells no value.

Exit codes: 0 no drift, 1 failed, 2 drift found, or a change is pending.

Examples:
  pulumi-elevenlabs drift
  pulumi-elevenlabs drift --stack prod --json
  pulumi-elevenlabs drift --state-only           where the program cannot run
  pulumi-elevenlabs drift --markdown >> "$GITHUB_STEP_SUMMARY"`;

const DRIFT_FOUND = 2;

interface Options extends ContextOptions {
  json?: boolean;
  markdown?: boolean;
  stateOnly?: boolean;
}

interface Report {
  stack: Stack;
  results: WorkspaceDrift[];
  /** What the program wants of secrets that have not drifted; undefined where it was not asked. */
  pending: PlannedStep[] | undefined;
  /** What the program wants of every secret that a step is planned for, by URN. */
  planned: Map<string, PlannedStep>;
}

export function drift(): Command {
  const command = new Command("drift")
    .description("Tell which secrets of the stack were deleted, renamed or replaced by hand. Changes nothing.")
    .option("-s, --stack [name]", "the Pulumi stack (default: the selected one)")
    .option("--json", "print JSON")
    .addOption(new Option("--markdown", "print Markdown, as for the summary of a CI job").conflicts("json"))
    .option("--state-only", "leave the program out: compare the state with the workspaces");
  return withWorkspace(command, "look at this workspace alone (default: every one that the state names)")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { workspaces, stack } = await openContext({ stack: options.stack ?? true });
  if (!stack) return;
  const results = await look(workspaces, stack, options.workspace);
  const plan = options.stateOnly ? undefined : await stack.plan();
  const isDrifted = results.some(({ drifts }) => drifts.length > 0);
  // Without drift, only the program can tell that all is well.
  if (plan instanceof Problem && !isDrifted) throw plan;
  if (plan instanceof Problem) note(`The program was left out: ${plan.reason}.`);
  const report = reportOf(stack, results, plan instanceof Problem ? undefined : plan, options.workspace);
  const show = options.json ? asJson : options.markdown ? asMarkdown : asText;
  print(show(report));
  if (isDrifted || (report.pending ?? []).length > 0) process.exitCode = DRIFT_FOUND;
}

function reportOf(
  stack: Stack,
  results: WorkspaceDrift[],
  plan: PlannedStep[] | undefined,
  only: string | undefined,
): Report {
  const drifted = new Set(results.flatMap(({ drifts }) => drifts.map(({ owned }) => owned.urn)));
  const isToShow = ({ urn, workspace }: PlannedStep) => !drifted.has(urn) && (only === undefined || workspace === only);
  const planned = new Map((plan ?? []).map((step) => [step.urn, step]));
  return { stack, results, pending: plan?.filter(isToShow), planned };
}

async function look(
  workspaces: Context["workspaces"],
  stack: Stack,
  only: string | undefined,
): Promise<WorkspaceDrift[]> {
  const byName = Map.groupBy(await stack.owned(), ({ workspace }) => workspace);
  const names = only === undefined ? [...byName.keys()] : [only];
  return Promise.all(names.map((name) => lookAt(workspaces.get(name), byName.get(name) ?? [])));
}

function lookAt(workspace: Workspace, owned: Owned[]): Promise<WorkspaceDrift> {
  for (const { name, id, endpoint } of owned) {
    if (endpoint === undefined || endpoint === workspace.endpoint) continue;
    throw new Problem(
      actionText({ verb: "look for", name: name ?? id, id, workspace: workspace.name }),
      `it lives at ${harmless(endpoint)}, but the config now points workspace ${quoted(workspace.name)} at ${workspace.endpoint}`,
      "Point it back. To move the secret, describe the other place as a second workspace in elevenlabs:workspaces.",
    );
  }
  return calling(workspace, { verb: "look for" }, () => findDrift(workspace, owned));
}

const WORDS = { missing: "missing", renamed: "renamed", replaced: "replaced by hand" };

interface Now {
  text: string;
  /** Whether `pulumi up --refresh` fails until the program is changed. */
  needsEdit: boolean;
}

function nowOf(drift: Drift, planned: PlannedStep | undefined): Now {
  const { owned } = drift;
  if (planned?.operation === "delete") return ready(`${foundText(drift)}; the program no longer has it`);
  if (drift.kind === "renamed") return renamedTo(drift.now.name, owned);
  if (drift.kind === "missing") {
    if (owned.existingId === undefined) return ready("gone; will be created again");
    return afterEdit(
      `gone; remove  existingId: ${quoted(owned.existingId)}  from the program, and it is created again`,
    );
  }
  const [only] = drift.now;
  if (drift.now.length > 1 || owned.existingId !== undefined) {
    return afterEdit(`${foundText(drift)}; choose it, or one of them, by  existingId`);
  }
  if (owned.onExisting === "fail") {
    return afterEdit(`${foundText(drift)}; add  onExisting: "overwrite"  to take it over, or delete it`);
  }
  const value = owned.onExisting === "keep" ? "with its value" : "and its value overwritten";
  return ready(`${harmless(only?.id ?? "")} has its name; will be taken over, ${value}`);
}

function renamedTo(name: string, owned: Owned): Now {
  const named = `named ${quoted(name)}`;
  if (owned.isValueKept) {
    return afterEdit(`${named}; set  name: ${quoted(name)}  or change  triggers  to push the program's value`);
  }
  return ready(
    owned.isRenamed || owned.existingId === owned.id
      ? `${named}; will be given its name back`
      : `${named}; will be deleted once there is a new one of its name, as onNameChange says`,
  );
}

function foundText(drift: Drift): string {
  if (drift.kind === "missing") return "gone";
  if (drift.kind === "renamed") return `named ${quoted(drift.now.name)}`;
  return `gone; ${idsText(drift.now)} ${drift.now.length === 1 ? "has" : "have"} its name`;
}

function ready(text: string): Now {
  return { text, needsEdit: false };
}

function afterEdit(text: string): Now {
  return { text, needsEdit: true };
}

const OPERATIONS = { create: "created", update: "updated", replace: "replaced", delete: "deleted" };

function pendingText({ operation }: PlannedStep): string {
  return `will be ${OPERATIONS[operation]}: the program and the state differ`;
}

interface Row {
  resource: string;
  name: string;
  id: string;
  workspace: string;
  word: string;
  now: Now;
}

function rowsOf({ results, pending = [], planned }: Report): Row[] {
  const drifts = results.flatMap((result) => result.drifts);
  return [
    ...drifts.map((drift): Row => {
      const { resource, urn, name = "?", id, workspace } = drift.owned;
      return { resource, name, id, workspace, word: WORDS[drift.kind], now: nowOf(drift, planned.get(urn)) };
    }),
    ...pending.map((step): Row => {
      const { resource, name, id, workspace } = step;
      return { resource, name: name ?? "?", id: id ?? "", workspace, word: "pending", now: ready(pendingText(step)) };
    }),
  ];
}

function repairText(rows: Row[]): string {
  const edits = rows.filter(({ now }) => now.needsEdit).length;
  if (edits === 0) return advice("To repair: pulumi up --refresh");
  const which = edits === rows.length ? "" : " where it says so";
  return advice(`To repair: change the program${which}, then run  pulumi up --refresh`);
}

function asText(report: Report): string {
  const rows = rowsOf(report);
  const lines = [styled(rows.length > 0 ? "yellow" : "green", summary(report))];
  if (rows.length > 0) {
    const several = severalWorkspaces(rows, report.results);
    const head = ["RESOURCE", "SECRET", "ID", ...(several ? ["WORKSPACE"] : []), "DRIFT", "NOW"];
    const cells = rows.map(({ resource, name, id, workspace, word, now }) => [
      ...[resource, nameText(name), id, ...(several ? [workspace] : []), word, now.text],
    ]);
    lines.push("", table(head, cells, lineWidth()), "", repairText(rows));
  }
  return [...lines, ...report.results.filter(({ unmanaged }) => unmanaged > 0).map(unmanagedText)].join("\n");
}

function asMarkdown(report: Report): string {
  const rows = rowsOf(report);
  const lines = [`### ${escaped(summary(report))}`, ""];
  if (rows.length > 0) {
    lines.push("| resource | secret | id | workspace | drift | now |", "| --- | --- | --- | --- | --- | --- |");
    for (const { resource, name, id, workspace, word, now } of rows) {
      lines.push(`| ${[resource, name, id, workspace, word, now.text].map(escaped).join(" | ")} |`);
    }
    lines.push("", escaped(repairText(rows)));
  }
  const unmanaged = report.results.filter((one) => one.unmanaged > 0);
  return [...lines, ...unmanaged.map((one) => escaped(unmanagedText(one)))].join("\n");
}

function asJson({ stack, results, pending }: Report): string {
  const drifted = results.flatMap(({ drifts }) =>
    drifts.map((drift) => ({
      kind: drift.kind,
      resource: drift.owned.resource,
      urn: drift.owned.urn,
      workspace: drift.owned.workspace,
      name: drift.owned.name ?? null,
      secretId: drift.owned.id,
      now: ("now" in drift ? [drift.now].flat() : []).map(({ id, name }) => ({ secretId: id, name })),
    })),
  );
  const planned = pending?.map(({ resource, urn, workspace, name, id, operation }) => ({
    kind: "pending",
    ...{ resource, urn, workspace, name: name ?? null, secretId: id ?? null, operation },
  }));
  return jsonText({
    stack: stack.name,
    secrets: results.reduce((sum, { looked }) => sum + looked, 0),
    comparedProgram: pending !== undefined,
    drift: [...drifted, ...(planned ?? [])],
    workspaces: results.map(({ workspace, unmanaged }) => ({
      name: workspace.name,
      endpoint: workspace.endpoint,
      unmanaged,
    })),
  });
}

function summary({ stack, results, pending }: Report): string {
  const looked = results.reduce((sum, result) => sum + result.looked, 0);
  const drifted = results.reduce((sum, { drifts }) => sum + drifts.length, 0);
  const parts = [
    looked === 1 ? "1 secret" : `${looked} secrets`,
    drifted === 0 ? "no drift" : `${drifted} drifted`,
    ...(pending === undefined ? ["program not compared"] : []),
    ...(pending && pending.length > 0 ? [`${pending.length} pending`] : []),
  ];
  return `Stack ${harmless(stack.name)}: ${parts.join(", ")}`;
}

function unmanagedText({ workspace, unmanaged }: WorkspaceDrift): string {
  const which = workspace.name === "default" ? "The workspace" : `Workspace ${quoted(workspace.name)}`;
  return `${which} holds ${unmanaged === 1 ? "1 secret" : `${unmanaged} secrets`} that this stack does not own.`;
}

function severalWorkspaces(rows: Row[], results: WorkspaceDrift[]): boolean {
  return results.length > 1 || rows.some(({ workspace }) => workspace !== DEFAULT_WORKSPACE);
}

/** What would mean something in Markdown, as entities. */
function escaped(text: string): string {
  return harmless(text).replace(/[&<>|\\`*_~[\]@#]/g, (character) => `&#${character.charCodeAt(0)};`);
}
