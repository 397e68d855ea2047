import { Command } from "commander";
import type { CountedSecret } from "../../provider/api/client.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type ContextOptions, calling, inWorkspace, openWorkspace, withStack, withWorkspace } from "../context.js";
import { jsonText, nameText } from "../jsonText.js";
import type { Owned, Stack } from "../stack.js";
import { table } from "../table.js";
import { lineWidth, note, print } from "../terminal.js";

const NOTES = `
With --stack, the last column names the resource of the stack that owns a
secret, or says "nobody": no resource of this stack, though another may.

Exit codes: 0 fine, 1 failed.

Examples:
  pulumi-elevenlabs list
  pulumi-elevenlabs list --stack                 who owns what
  pulumi-elevenlabs list --stack prod --prefix CRM_
  pulumi-elevenlabs list --json | jq -r '.secrets[] | select(.users == 0).name'`;

interface Options extends ContextOptions {
  prefix?: string;
  json?: boolean;
}

export function list(): Command {
  return withWorkspace(withStack(new Command("list")))
    .description("List the secrets of a workspace: name, id and number of users.")
    .option("-p, --prefix <text>", "only secrets whose names start with this")
    .option("--json", "print JSON")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { workspace, stack } = await openWorkspace(options);
  const asksForOwners = options.stack !== undefined && options.stack !== false;
  const [listed, owners] = await Promise.all([
    calling(workspace, { verb: "list" }, () => workspace.listCounted(options.prefix)),
    asksForOwners && stack ? ownersIn(stack, workspace) : undefined,
  ]);
  const secrets = listed
    .filter(({ name }) => name.startsWith(options.prefix ?? ""))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (options.json) print(asJson(workspace, secrets, owners));
  else if (secrets.length === 0) note(`No secrets${inWorkspace(workspace)} at ${workspace.endpoint}.`);
  else print(asTable(secrets, owners));
}

async function ownersIn(stack: Stack, workspace: Workspace): Promise<Map<string, Owned>> {
  const owned = await stack.owned();
  return new Map(owned.filter((one) => livesIn(one, workspace)).map((one) => [one.id, one]));
}

/** Whether a secret of the state is one of this workspace. */
export function livesIn(owned: Owned, workspace: Workspace): boolean {
  return owned.workspace === workspace.name && (owned.endpoint ?? workspace.endpoint) === workspace.endpoint;
}

function asTable(secrets: CountedSecret[], owners: Map<string, Owned> | undefined): string {
  const head = ["NAME", "ID", "USERS", ...(owners ? ["OWNER"] : [])];
  const rows = secrets.map((secret) => {
    const { name, id, users, more } = secret;
    const count = users === undefined ? "?" : `${users}${more ? "+" : ""}`;
    return [nameText(name), id, count, ...(owners ? [owners.get(id)?.resource ?? "nobody"] : [])];
  });
  return table(head, rows, lineWidth());
}

function asJson(workspace: Workspace, secrets: CountedSecret[], owners: Map<string, Owned> | undefined): string {
  const shown = secrets.map(({ id, name, users, more }) => ({
    name,
    secretId: id,
    users: users ?? null,
    moreUsers: more,
    ...(owners ? { owner: owners.get(id)?.urn ?? null } : {}),
  }));
  return jsonText({ workspace: workspace.name, endpoint: workspace.endpoint, secrets: shown });
}
