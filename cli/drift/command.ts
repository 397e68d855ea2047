import { Command, Option } from "commander";
import { Problem, sentence } from "../../provider/messages/problem.js";
import { DEFAULT_PROVIDER } from "../../provider/pulumi/urn.js";
import { requireRightAccount } from "../../provider/secret/rightAccount.js";
import { withProblems } from "../../provider/workspaces/callProblems.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { Workspaces } from "../../provider/workspaces/workspaces.js";
import { type ContextOptions, openContext, withProvider, withWorkspace } from "../context.js";
import { type OwnedSecret, placesOf, type SecretPlace } from "../pulumi/output.js";
import type { Stack } from "../pulumi/stack.js";
import { note, print } from "../terminal.js";
import { findDrift, type WorkspaceDrift } from "./find.js";
import { differences, driftReport } from "./report.js";
import { driftAsJson, driftAsMarkdown, driftAsText } from "./text.js";

const NOTES = `
Compares the secrets in the stack's state with the workspaces, and the program
with the state, as "pulumi preview" does:
  missing             the secret is gone
  renamed             the secret has another name
  replaced by hand    the secret is gone, and another has its name
  pending             the program has a change that "pulumi up" hasn't made yet
A value that was changed by hand can't be detected: the API doesn't return
values.

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
    .addOption(new Option("--json", "print JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, such as for the summary of a CI job")
    .option("--state-only", "compare only the state with the workspaces, without the program");
  withProvider(command, "compare only the secrets of this explicit provider (default: all)");
  return withWorkspace(command, "compare only this workspace (default: all workspaces in the state)")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { stack, reader } = await openContext({ stack: options.stack ?? true });
  if (!stack) return;
  const results = await compareWorkspaces(stack, options);
  const isDrifted = results.some(({ drifts }) => drifts.length > 0);
  const plan = options.stateOnly ? undefined : await stack.plan();
  // Without the program, "no drift" could be wrong. But drift that was found is real either way.
  if (Problem.isInstance(plan) && !isDrifted) throw plan;
  if (Problem.isInstance(plan)) note(`The program was not compared: ${sentence(plan.explain()[0])}`);
  const steps = Problem.isInstance(plan) ? undefined : plan;
  const report = driftReport(stack.name, results, steps?.filter(inScopeOf(options)));
  if (options.json) print(driftAsJson(report));
  else print(options.markdown ? driftAsMarkdown(report, reader) : driftAsText(report, reader));
  if (differences(report).length > 0) process.exitCode = EXIT_CODE_DRIFT;
}

function inScopeOf({ provider, workspace }: Options): (place: SecretPlace) => boolean {
  return (place) =>
    (provider === undefined || place.provider === provider) &&
    (workspace === undefined || place.workspace === workspace);
}

async function compareWorkspaces(stack: Stack, options: Options): Promise<WorkspaceDrift[]> {
  const owned = await stack.owned();
  const inScope = placesOf(owned).filter(inScopeOf(options));
  const { provider, workspace } = options;
  const chosen = { provider: provider ?? DEFAULT_PROVIDER, workspace: workspace ?? DEFAULT_WORKSPACE };
  // Compare a requested workspace or provider even if the state has no secret in it.
  const isChosen = provider !== undefined || workspace !== undefined;
  const places = inScope.length === 0 && isChosen ? [chosen] : inScope;
  return Promise.all(places.map((place) => compare(place, { stack, owned })));
}

async function compare(
  place: SecretPlace,
  { stack, owned: everyOwned }: { stack: Stack; owned: OwnedSecret[] },
): Promise<WorkspaceDrift> {
  const { provider } = place;
  const workspace = new Workspaces(await stack.configOf(provider), process.env, { provider }).get(place.workspace);
  const owned = everyOwned.filter(inScopeOf(place));
  const everyOwnedId = new Set(everyOwned.map(({ id }) => id));
  const action = { step: "compare the secrets", ...place } as const;
  const compared = { owned, provider, everyOwnedId };
  const drift = await withProblems(workspace, { action }, () => findDrift(workspace, compared));
  const gone = new Set(drift.drifts.filter(({ kind }) => kind !== "renamed").map(({ owned }) => owned.id));
  for (const { id, mark, endpoint } of owned.filter((secret) => !gone.has(secret.id))) {
    workspace.account.noteFound({ id, state: { mark, endpoint } });
  }
  // With the API key of another workspace, every secret would look deleted.
  for (const { id, urn, name = id, mark, endpoint } of owned.filter((secret) => gone.has(secret.id))) {
    const action = { step: "compare secret", name, id, ...place } as const;
    await requireRightAccount(workspace, { id, urn, state: { mark, endpoint } }, action);
  }
  return drift;
}
