import { Argument, Command } from "commander";
import type { Dependent, Secret } from "../../provider/api/client.js";
import { harmless, quoted } from "../../provider/messages/foreignText.js";
import { Problem } from "../../provider/messages/problem.js";
import { actionText, idsText, kindText } from "../../provider/secret/explain.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type ContextOptions, calling, openWorkspace, withNoStack, withWorkspace } from "../context.js";
import { jsonText } from "../jsonText.js";
import { table } from "../table.js";
import { lineWidth, note, print } from "../terminal.js";

const NOTES = `
All of them are listed, over every page. One to which the key has no access is
shown by its id alone.

Exit codes: 0 fine, also where nothing uses the secret; 1 failed.

Examples:
  pulumi-elevenlabs dependents CRM_TOKEN
  pulumi-elevenlabs dependents --id 2f6Hx0QTzq   where several share a name
  pulumi-elevenlabs dependents CRM_TOKEN --json`;

interface Options extends ContextOptions {
  id?: string;
  json?: boolean;
}

export function dependents(): Command {
  const command = new Command("dependents")
    .description("List everything that uses a secret: what stands in the way of deleting it.")
    .addArgument(new Argument("[name]", "the secret's name, exactly"))
    .option("--id <id>", "the secret's id, instead of its name")
    .option("--json", "print JSON")
    // A name is required: left out, it would take the secret's name for its own.
    .option("-s, --stack <name>", "the Pulumi stack whose config counts (default: the selected one, if any)");
  return withWorkspace(withNoStack(command)).addHelpText("after", NOTES).action(run);
}

async function run(name: string | undefined, options: Options): Promise<void> {
  if ((name === undefined) === (options.id === undefined)) {
    const reason = name === undefined ? "no secret is named" : "a name and an id are given";
    throw new Problem("could not list the dependents", reason, "Give the secret's NAME, or --id ID.");
  }
  const { workspace } = await openWorkspace(options);
  const action = { verb: "list the dependents of", name: name ?? options.id ?? "" };
  const { secret, users } = await calling(workspace, action, async () => {
    const found = await find(workspace, name, options.id, action);
    return { secret: found, users: await workspace.dependents(found.id) };
  });
  if (options.json) print(asJson(secret, users));
  else if (users.length === 0) note(`Nothing uses secret ${quoted(secret.name)} (${harmless(secret.id)}).`);
  else print(asTable(users));
}

async function find(
  workspace: Workspace,
  name: string | undefined,
  id: string | undefined,
  action: { verb: string; name: string },
): Promise<Secret> {
  const byId = id === undefined ? undefined : await workspace.findNow(id);
  const found = id === undefined ? await workspace.namedNow(name ?? "") : byId ? [byId] : [];
  const [secret] = found;
  const told = actionText({ ...action, workspace: workspace.name });
  if (!secret) {
    const next = "See what there is, and check the workspace: pulumi-elevenlabs list";
    throw new Problem(told, `the workspace at ${workspace.endpoint} has no such secret`, next);
  }
  if (found.length > 1) {
    throw new Problem(told, `several secrets have this name: ${idsText(found)}`, "Choose one by its id: --id ID");
  }
  return secret;
}

function asTable(users: Dependent[]): string {
  const rows = users.map(({ kind, id, name }) => [kindText(kind), name ?? "(no access)", id ?? ""]);
  return table(["KIND", "NAME", "ID"], rows, lineWidth());
}

function asJson(secret: Secret, users: Dependent[]): string {
  return jsonText({ name: secret.name, secretId: secret.id, dependents: users });
}
