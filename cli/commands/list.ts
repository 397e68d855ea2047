import { Command } from "commander";
import type { CountedSecret } from "../../provider/api/client.js";
import { inWorkspaceText } from "../../provider/messages/text.js";
import { DEFAULT_PROVIDER } from "../../provider/pulumi/urn.js";
import { quoted } from "../../provider/text/sanitize.js";
import { withProblems } from "../../provider/workspaces/callProblems.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type ContextOptions, openWorkspace, withProvider, withStack, withWorkspace } from "../context.js";
import { jsonText } from "../jsonText.js";
import type { OwnedSecret } from "../pulumi/output.js";
import type { Stack } from "../pulumi/stack.js";
import { nameCell, table } from "../table.js";
import { lineWidth, note, print } from "../terminal.js";

const NOTES = `
With --stack, the last column is the resource of the stack that owns the secret.
"(none)" means that this stack doesn't own it; another stack may.

Exit codes: 0 success, 1 failure.

Examples:
  pulumi-elevenlabs list
  pulumi-elevenlabs list --stack                 also show the owners
  pulumi-elevenlabs list --stack prod --prefix CRM_
  pulumi-elevenlabs list --json | jq '.secrets[] | select(.dependents == 0)'`;

interface Options extends ContextOptions {
  prefix?: string;
  json?: boolean;
}

/** Maps a secret's id to the resource of the stack that owns the secret. */
type Owners = Map<string, OwnedSecret>;

export function list(): Command {
  return withProvider(withWorkspace(withStack(new Command("list"))))
    .description("List the secrets of a workspace: name, id and number of dependents.")
    .option("-p, --prefix <text>", "only secrets whose names start with this text")
    .option("--json", "print JSON")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { workspace, stack } = await openWorkspace(options);
  const showsOwners = options.stack !== undefined && options.stack !== false;
  const { provider = DEFAULT_PROVIDER } = options;
  const action = { step: "list the secrets", provider, workspace: workspace.name } as const;
  const [listed, owners] = await Promise.all([
    withProblems(workspace, { action }, () => workspace.listCounted(options.prefix)),
    showsOwners && stack ? ownersIn(stack) : undefined,
  ]);
  const secrets = listed.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (options.json) print(asJson(workspace, { provider, secrets, owners }));
  else if (secrets.length === 0) note(noneText(workspace, { provider, prefix: options.prefix }));
  else print(asTable(secrets, owners));
}

function noneText(
  { name, endpoint }: Workspace,
  { provider, prefix }: { provider: string; prefix: string | undefined },
): string {
  const which = prefix === undefined ? "" : ` whose names start with ${quoted(prefix)}`;
  return `There are no secrets${which}${inWorkspaceText(name, provider)} at ${endpoint}.`;
}

/** Compare only ids: an id is unique, regardless of the provider, workspace or URL. */
async function ownersIn(stack: Stack): Promise<Owners> {
  return new Map((await stack.owned()).map((owned) => [owned.id, owned]));
}

function asTable(secrets: CountedSecret[], owners: Owners | undefined): string {
  const head = ["NAME", "ID", "DEPENDENTS", ...(owners ? ["OWNER"] : [])];
  const rows = secrets.map(({ name, id, dependentCount, hasMore }) => {
    const count = dependentCount === undefined ? "?" : `${dependentCount}${hasMore ? "+" : ""}`;
    return [nameCell(name), id, count, ...(owners ? [owners.get(id)?.resource ?? "(none)"] : [])];
  });
  return table(head, rows, lineWidth());
}

/** Scripts read this JSON, so its keys must not be renamed. */
function asJson(
  { name, endpoint }: Workspace,
  { provider, secrets, owners }: { provider: string; secrets: CountedSecret[]; owners: Owners | undefined },
): string {
  const shown = secrets.map(({ id, name, dependentCount, hasMore }) => ({
    name,
    secretId: id,
    dependents: dependentCount ?? null,
    moreDependents: hasMore,
    ...(owners ? { owner: owners.get(id)?.urn ?? null } : {}),
  }));
  return jsonText({ provider, workspace: name, endpoint, secrets: shown });
}
