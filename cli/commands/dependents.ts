import { Argument, Command } from "commander";
import type { Dependent, Secret } from "../../provider/api/client.js";
import type { Action } from "../../provider/messages/problem.js";
import { kindText } from "../../provider/messages/text.js";
import { findDependents, findSecret, type SecretSelector } from "../../provider/secret/functions.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import { withProblems } from "../../provider/workspaces/callProblems.js";
import {
  type ContextOptions,
  openWorkspace,
  STACK_HELP,
  withNoStack,
  withProvider,
  withWorkspace,
} from "../context.js";
import { jsonText } from "../jsonText.js";
import { table } from "../table.js";
import { lineWidth, note, print } from "../terminal.js";
import { nameOrId } from "../wording.js";

const NOTES = `
The list is complete, however long it is. If the API key has no access to a
dependent, only its id is shown.

Exit codes: 0 success (even if nothing uses the secret), 1 failure.

Examples:
  pulumi-elevenlabs dependents CRM_TOKEN
  pulumi-elevenlabs dependents --id 2f6Hx0QTzq   if several secrets share a name
  pulumi-elevenlabs dependents CRM_TOKEN --json`;

interface Options extends ContextOptions {
  id?: string;
  json?: boolean;
}

export function dependents(): Command {
  const command = new Command("dependents")
    .description("List the dependents of a secret: everything that uses it and so blocks its deletion.")
    .addArgument(new Argument("[name]", "the exact name of the secret"))
    .option("--id <id>", "the id of the secret, instead of the name")
    .option("--json", "print JSON")
    // In this command, `--stack` requires a name. If the name were optional, "--stack CRM_TOKEN" would read the secret's
    // name as the stack's name.
    .option("-s, --stack <name>", STACK_HELP);
  return withProvider(withWorkspace(withNoStack(command)))
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(name: string | undefined, options: Options): Promise<void> {
  const key = keyOf(name, options.id);
  const { workspace } = await openWorkspace(options);
  const action: Action = {
    step: "list the dependents of secret",
    name: key.secretId ?? key.name ?? "",
    workspace: workspace.name,
  };
  const seeking = { action, caller: "command" } as const;
  const sendsOnlyId = key.secretId !== undefined;
  const { secret, found } = await withProblems(workspace, { action, sendsOnlyId }, async () => {
    const secret = await findSecret(workspace, key, seeking);
    return { secret, found: await findDependents(workspace, secret.id, seeking) };
  });
  if (options.json) print(asJson(secret, found));
  else if (found.length === 0) note(`Nothing uses secret ${quoted(secret.name)} (${sanitized(secret.id)}).`);
  else print(asTable(found));
}

function keyOf(name: string | undefined, id: string | undefined): SecretSelector {
  if (name && !id) return { name };
  if (id && !name) return { secretId: id };
  throw nameOrId({ isNeither: !name }, { step: "run pulumi-elevenlabs dependents" });
}

function asTable(found: Dependent[]): string {
  const rows = found.map(({ kind, id, name }) => [kindText(kind), name ?? "(no access)", id ?? ""]);
  return table(["KIND", "NAME", "ID"], rows, lineWidth());
}

/** Scripts read this JSON, so its keys must not be renamed. */
function asJson(secret: Secret, found: Dependent[]): string {
  return jsonText({ name: secret.name, secretId: secret.id, dependents: found });
}
