import { Command, Option } from "commander";
import { harmless, quoted } from "../../api/index.js";
import { actionText, idsText } from "../../lifecycle/explain.js";
import { Problem } from "../../problem.js";
import type { Workspace } from "../../workspace/index.js";
import { type Context, type ContextOptions, calling, openContext, withWorkspace } from "../context.js";
import { type Drift, findDrift, type WorkspaceDrift } from "../drift.js";
import type { Owned, Stack } from "../stack.js";
import { type Cell, table } from "../table.js";
import { advice, lineWidth, print, styled } from "../terminal.js";
import { jsonText, nameText } from "../text.js";

const NOTES = `
It compares the secrets in the stack's state with those in the workspaces, and
changes neither:
  missing             the secret is gone
  renamed             the secret has another name
  replaced by hand    the secret is gone, and another one has its name
  ambiguous           the secret is gone, and several others have its name
A value that was changed by hand cannot be seen: the API tells no value.

Exit codes: 0 no drift, 1 failed, 2 drift found.

Examples:
  pulumi-elevenlabs drift
  pulumi-elevenlabs drift --stack prod --json
  pulumi-elevenlabs drift --markdown >> "$GITHUB_STEP_SUMMARY"`;

const DRIFT_FOUND = 2;

interface Options extends ContextOptions {
  json?: boolean;
  markdown?: boolean;
}

export function drift(): Command {
  const command = new Command("drift")
    .description("Tell which secrets of the stack were deleted, renamed or replaced by hand. Changes nothing.")
    .option("-s, --stack [name]", "the Pulumi stack (default: the selected one)")
    .option("--json", "print JSON")
    .addOption(new Option("--markdown", "print Markdown, as for the summary of a CI job").conflicts("json"));
  return withWorkspace(command, "look at this workspace alone (default: every one that the state names)")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { workspaces, stack } = await openContext({ stack: options.stack ?? true });
  if (!stack) return;
  const results = await look(workspaces, stack, options.workspace);
  const show = options.json ? asJson : options.markdown ? asMarkdown : asText;
  print(show(stack, results));
  if (results.some(({ drifts }) => drifts.length > 0)) process.exitCode = DRIFT_FOUND;
}

function look(workspaces: Context["workspaces"], stack: Stack, only: string | undefined): Promise<WorkspaceDrift[]> {
  return stack.owned().then((owned) => {
    const byName = Map.groupBy(owned, ({ workspace }) => workspace);
    const names = only === undefined ? [...byName.keys()] : [only];
    return Promise.all(names.map((name) => lookAt(workspaces.get(name), byName.get(name) ?? [])));
  });
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

const WORDS = { missing: "missing", renamed: "renamed", replaced: "replaced by hand", ambiguous: "ambiguous" };

function nowText(drift: Drift): string {
  switch (drift.kind) {
    case "missing":
      return "gone; will be created again";
    case "renamed":
      return drift.owned.isRenamed
        ? `named ${quoted(drift.now.name)}; will be given its name back, as onNameChange says`
        : `named ${quoted(drift.now.name)}; will be deleted once there is a new one of its name, as onNameChange says`;
    case "replaced":
      return `${harmless(drift.now.id)} has its name; will be taken over, and its value pushed`;
    case "ambiguous":
      return `${idsText(drift.now)} have its name; choose one by existingId, or delete them`;
  }
}

const REPAIR = "To repair: pulumi up --refresh";

function asText(stack: Stack, results: WorkspaceDrift[]): string {
  const drifts = results.flatMap((result) => result.drifts);
  const lines = [styled(drifts.length > 0 ? "yellow" : "green", summary(stack, results))];
  if (drifts.length > 0) {
    const several = severalWorkspaces(results);
    const head = ["RESOURCE", "SECRET", "ID", ...(several ? ["WORKSPACE"] : []), "DRIFT", "NOW"];
    const rows = drifts.map((drift): Cell[] => {
      const { resource, name = "?", id, workspace } = drift.owned;
      return [resource, nameText(name), id, ...(several ? [workspace] : []), WORDS[drift.kind], nowText(drift)];
    });
    lines.push("", table(head, rows, lineWidth()), "", advice(REPAIR));
  }
  return [...lines, ...results.filter(({ unmanaged }) => unmanaged > 0).map(unmanagedText)].join("\n");
}

function asMarkdown(stack: Stack, results: WorkspaceDrift[]): string {
  const drifts = results.flatMap((result) => result.drifts);
  const lines = [`### ${escaped(summary(stack, results))}`, ""];
  if (drifts.length > 0) {
    lines.push("| resource | secret | id | workspace | drift | now |", "| --- | --- | --- | --- | --- | --- |");
    for (const drift of drifts) {
      const { resource, name = "?", id, workspace } = drift.owned;
      lines.push(`| ${[resource, name, id, workspace, WORDS[drift.kind], nowText(drift)].map(escaped).join(" | ")} |`);
    }
    lines.push("", escaped(advice(REPAIR)));
  }
  return [...lines, ...results.filter(({ unmanaged }) => unmanaged > 0).map((one) => escaped(unmanagedText(one)))].join(
    "\n",
  );
}

function asJson(stack: Stack, results: WorkspaceDrift[]): string {
  const json = {
    stack: stack.name,
    secrets: results.reduce((sum, { looked }) => sum + looked, 0),
    drift: results.flatMap(({ drifts }) =>
      drifts.map((drift) => ({
        kind: drift.kind,
        resource: drift.owned.resource,
        urn: drift.owned.urn,
        workspace: drift.owned.workspace,
        name: drift.owned.name ?? null,
        secretId: drift.owned.id,
        now: ("now" in drift ? [drift.now].flat() : []).map(({ id, name }) => ({ secretId: id, name })),
      })),
    ),
    workspaces: results.map(({ workspace, unmanaged }) => ({
      name: workspace.name,
      endpoint: workspace.endpoint,
      unmanaged,
    })),
  };
  return jsonText(json);
}

function summary(stack: Stack, results: WorkspaceDrift[]): string {
  const looked = results.reduce((sum, result) => sum + result.looked, 0);
  const drifted = results.reduce((sum, { drifts }) => sum + drifts.length, 0);
  return `Stack ${harmless(stack.name)}: ${looked === 1 ? "1 secret" : `${looked} secrets`}, ${drifted === 0 ? "no drift" : `${drifted} drifted`}`;
}

function unmanagedText({ workspace, unmanaged }: WorkspaceDrift): string {
  const which = workspace.name === "default" ? "The workspace" : `Workspace ${quoted(workspace.name)}`;
  return `${which} holds ${unmanaged === 1 ? "1 secret" : `${unmanaged} secrets`} that this stack does not own.`;
}

function severalWorkspaces(results: WorkspaceDrift[]): boolean {
  return results.length > 1 || results.some(({ workspace }) => workspace.name !== "default");
}

/** What would mean something in Markdown, as entities. */
function escaped(text: string): string {
  return harmless(text).replace(/[&<>|\\`*_~[\]@#]/g, (character) => `&#${character.charCodeAt(0)};`);
}
