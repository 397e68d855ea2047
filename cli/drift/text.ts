import { pulumiUp } from "../../provider/messages/commands.js";
import type { Reader } from "../../provider/messages/problem.js";
import { commandFor, idsText, inWorkspaceText } from "../../provider/messages/text.js";
import { DEFAULT_PROVIDER } from "../../provider/pulumi/urn.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { jsonText } from "../jsonText.js";
import { nameCell, table } from "../table.js";
import { lineWidth, styled } from "../terminal.js";
import type { Drift, WorkspaceDrift } from "./find.js";
import { type Difference, type DriftReport, differences, needsEdit, type Outcome } from "./report.js";

export function driftAsText(report: DriftReport, reader: Reader): string {
  const found = differences(report);
  const lines = [styled(found.length > 0 ? "yellow" : "green", summary(report))];
  if (found.length > 0) {
    const showsWorkspace = report.results.length > 1 || found.some(({ workspace }) => workspace !== DEFAULT_WORKSPACE);
    const columns = columnsOf(found, { showsWorkspace });
    const rows = found.map((difference) => columns.map(([, cell]) => cell(difference)));
    const head = columns.map(([title]) => title.toUpperCase());
    lines.push("", table(head, rows, lineWidth()), "", repairText(found, reader));
  }
  return [...lines, ...unmanagedLines(report)].join("\n");
}

export function driftAsMarkdown(report: DriftReport, reader: Reader): string {
  const found = differences(report);
  const lines = [`### ${markdownEscaped(summary(report))}`, ""];
  if (found.length > 0) {
    const columns = columnsOf(found, { showsWorkspace: true });
    const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
    lines.push(row(columns.map(([title]) => title)), row(columns.map(() => "---")));
    lines.push(...found.map((difference) => row(columns.map(([, cell]) => markdownEscaped(cell(difference))))));
    lines.push("", markdownEscaped(repairText(found, reader)));
  }
  return [...lines, ...unmanagedLines(report).map(markdownEscaped)].join("\n");
}

/** Scripts read this JSON, so its keys must not be renamed. */
export function driftAsJson({ stackName, results, compared, drifted, pending }: DriftReport): string {
  const common = ({ resource, urn, provider, workspace, name, id }: Difference) => ({
    resource,
    urn,
    provider,
    workspace,
    name: name ?? null,
    secretId: id ?? null,
  });
  return jsonText({
    stack: stackName,
    secrets: compared,
    comparedProgram: pending !== undefined,
    drift: [
      ...drifted.map((difference) => ({
        kind: difference.drift?.kind,
        ...common(difference),
        now: foundInstead(difference.drift).map(({ id, name }) => ({ secretId: id, name })),
      })),
      ...(pending ?? []).map((difference) => ({
        kind: "pending",
        ...common(difference),
        operation: difference.outcome.operation,
      })),
    ],
    workspaces: results.map(({ provider, workspace: { name, endpoint }, unmanaged }) => ({
      provider,
      name,
      endpoint,
      unmanaged,
    })),
  });
}

function foundInstead(drift: Drift | undefined) {
  if (drift?.kind === "renamed") return [drift.found];
  return drift?.kind === "replaced" ? drift.namesakes : [];
}

const DRIFT_WORDS = { missing: "missing", renamed: "renamed", replaced: "replaced by hand" };

type Column = [title: string, cell: (difference: Difference) => string];

function columnsOf(found: Difference[], { showsWorkspace }: { showsWorkspace: boolean }): Column[] {
  const showsProvider = found.some(({ provider }) => provider !== DEFAULT_PROVIDER);
  return [
    ["resource", ({ resource }) => resource],
    ["name", ({ name = "?" }) => nameCell(name)],
    ["id", ({ id = "" }) => id],
    ...(showsProvider ? [["provider", ({ provider }) => provider] satisfies Column] : []),
    ...(showsWorkspace ? [["workspace", ({ workspace }) => workspace] satisfies Column] : []),
    ["drift", ({ drift }) => (drift ? DRIFT_WORDS[drift.kind] : "pending")],
    ["details", ({ drift, outcome }) => [...(drift ? [foundText(drift)] : []), outcomeText(outcome, drift)].join("; ")],
  ];
}

function foundText(drift: Drift): string {
  switch (drift.kind) {
    case "missing":
      return "gone";
    case "renamed":
      return `now named ${quoted(drift.found.name)}`;
    case "replaced":
      return `gone; ${idsText(drift.namesakes)} ${drift.namesakes.length === 1 ? "has" : "have"} its name`;
  }
}

const OPERATION_WORDS = { create: "created", update: "updated", replace: "replaced", delete: "deleted" };

const CHOOSE_BY_ID = "to adopt one, set existingId to its id";

function outcomeText(outcome: Outcome, drift: Drift | undefined): string {
  switch (outcome.kind) {
    case "forgotten":
      return "no longer in the program";
    case "create":
      return "will be created again";
    case "adopt":
      return outcome.keepsValue ? "will be adopted with its value" : "will be adopted, and its value overwritten";
    case "renamed-back":
      return "will be renamed back";
    case "replaced":
      return 'will be replaced by a new secret (onNameChange: "replace")';
    case "planned":
      return `will be ${OPERATION_WORDS[outcome.operation]}: the program and the state differ`;
    case "existing-id-not-found":
      return drift?.kind === "replaced"
        ? CHOOSE_BY_ID
        : `to create it again, remove existingId: ${quoted(outcome.existingId)} from the program`;
    case "several-with-this-name":
      return CHOOSE_BY_ID;
    case "name-taken":
      return 'to adopt it, add onExisting: "overwrite"; otherwise delete it';
    case "must-follow-name":
      return `set name: ${quoted(outcome.name)}, or change triggers to push the program's value`;
  }
}

function repairText(found: Difference[], reader: Reader): string {
  const command = commandFor(reader, pulumiUp("--refresh"));
  if (!found.some(needsEdit)) return `To repair: ${command}`;
  return `To repair: change the program as described above, then run: ${command}`;
}

function summary({ stackName, compared, drifted, pending }: DriftReport): string {
  const parts = [
    secretCount(compared),
    drifted.length === 0 ? "no drift" : `${drifted.length} drifted`,
    ...(pending === undefined ? ["program not compared"] : []),
    ...(pending && pending.length > 0 ? [`${pending.length} pending`] : []),
  ];
  return `Stack ${sanitized(stackName)}: ${parts.join(", ")}`;
}

function unmanagedLines({ results }: DriftReport): string[] {
  return results.filter(({ unmanaged }) => unmanaged > 0).map(unmanagedText);
}

function unmanagedText({ provider, workspace, unmanaged }: WorkspaceDrift): string {
  const where = inWorkspaceText(workspace.name, provider) || " in the workspace";
  return `${secretCount(unmanaged)}${where} ${unmanaged === 1 ? "isn't" : "aren't"} managed by this stack.`;
}

function secretCount(count: number): string {
  return count === 1 ? "1 secret" : `${count} secrets`;
}

/** Replaces the characters that have a meaning in Markdown with entities. */
function markdownEscaped(text: string): string {
  return sanitized(text).replace(/[&<>|\\`*_~[\]@#]/g, (character) => `&#${character.charCodeAt(0)};`);
}
