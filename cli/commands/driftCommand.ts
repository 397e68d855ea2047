import { Command } from "commander";
import { sentence } from "../../provider/messages/phrases.js";
import { Problem, problemWords } from "../../provider/messages/problem.js";
import { requireRightAccount } from "../../provider/secret/guards.js";
import { withProblems } from "../../provider/workspaces/callProblems.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type Context, type ContextOptions, openContext, withWorkspace } from "../context.js";
import { differences, driftReport } from "../driftReport.js";
import { driftAsJson, driftAsMarkdown, driftAsText } from "../driftText.js";
import { findDrift, type WorkspaceDrift } from "../findDrift.js";
import type { Stack } from "../stack.js";
import type { OwnedSecret } from "../stackOutput.js";
import { note, print } from "../terminal.js";

const NOTES = `
Compares the secrets in the stack's state with the workspaces, and the program
with the state, as "pulumi preview" does:
  missing             the secret is gone
  renamed             the secret has another name
  replaced by hand    the secret is gone, and another one has its name
  pending             "pulumi up" has not yet made a change of the program
A value that was changed by hand can't be found: the API doesn't return values.

Exit codes: 0 no drift, 1 failure, 2 drift or a pending change.

Examples:
  pulumi-elevenlabs drift
  pulumi-elevenlabs drift --stack prod --json
  pulumi-elevenlabs drift --state-only           if the program can't run here
  pulumi-elevenlabs drift --markdown >> "$GITHUB_STEP_SUMMARY"`;

const EXIT_CODE_DRIFT = 2;

interface Options extends ContextOptions {
  json?: boolean;
  markdown?: boolean;
  stateOnly?: boolean;
}

export function drift(): Command {
  const command = new Command("drift")
    .description("Find secrets of the stack that were deleted, renamed or replaced by hand. Changes nothing.")
    .option("-s, --stack [name]", "the Pulumi stack (default: the selected stack)")
    .option("--json", "print JSON")
    .option("--markdown", "print Markdown, such as for the summary of a CI job")
    .option("--state-only", "compare only the state with the workspaces, without the program");
  return withWorkspace(command, "compare only this workspace (default: all workspaces in the state)")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  if (options.json && options.markdown) {
    throw new Problem(
      "conflicting-options",
      { options: ["--json", "--markdown"] },
      { step: "runCommand", name: "drift" },
    );
  }
  const { workspaces, stack, reader } = await openContext({ stack: options.stack ?? true });
  if (!stack) return;
  const results = await compareWorkspaces(workspaces, stack, options.workspace);
  const isDrifted = results.some(({ drifts }) => drifts.length > 0);
  const plan = options.stateOnly ? undefined : await stack.plan();
  // Without the program, "no drift" could be wrong. Drift that was found is true either way.
  if (plan instanceof Problem && !isDrifted) throw plan;
  if (plan instanceof Problem) note(`The program was not compared: ${sentence(problemWords(plan).why)}`);
  const steps = plan instanceof Problem ? undefined : plan;
  const inScope = steps?.filter(({ workspace }) => options.workspace === undefined || workspace === options.workspace);
  const report = driftReport(stack.name, results, inScope);
  if (options.json) print(driftAsJson(report));
  else print(options.markdown ? driftAsMarkdown(report, reader) : driftAsText(report, reader));
  if (differences(report).length > 0) process.exitCode = EXIT_CODE_DRIFT;
}

async function compareWorkspaces(
  workspaces: Context["workspaces"],
  stack: Stack,
  onlyWorkspace: string | undefined,
): Promise<WorkspaceDrift[]> {
  const byWorkspace = Map.groupBy(await stack.owned(), ({ workspace }) => workspace);
  const names = onlyWorkspace === undefined ? [...byWorkspace.keys()] : [onlyWorkspace];
  return Promise.all(names.map((name) => compare(workspaces.get(name), byWorkspace.get(name) ?? [])));
}

async function compare(workspace: Workspace, owned: OwnedSecret[]): Promise<WorkspaceDrift> {
  const attempt = { step: "compareAll", workspace: workspace.name } as const;
  const drift = await withProblems(workspace, { attempt }, () => findDrift(workspace, owned));
  const gone = new Set(drift.drifts.filter(({ kind }) => kind !== "renamed").map(({ owned }) => owned.id));
  for (const { id, mark, endpoint } of owned.filter((secret) => !gone.has(secret.id))) {
    workspace.account.noteFound({ id, state: { mark, endpoint } });
  }
  // With the key of another workspace, everything would look gone.
  for (const { id, name = id, mark, endpoint } of owned.filter((secret) => gone.has(secret.id))) {
    const attempt = { step: "compare", name, id, workspace: workspace.name } as const;
    await requireRightAccount(workspace, { id, state: { mark, endpoint } }, attempt);
  }
  return drift;
}
