import { Command, Option } from "commander";
import type { Secret } from "../../provider/api/client.js";
import { quoted } from "../../provider/messages/foreignText.js";
import { Problem } from "../../provider/messages/problem.js";
import { idsText } from "../../provider/secret/explain.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type Adopted, adoptedFrom, programLines, type Style, setCommand } from "../adoption.js";
import { askFor, canAsk } from "../ask.js";
import { type ContextOptions, calling, openWorkspace, withStack, withWorkspace } from "../context.js";
import type { Stack } from "../stack.js";
import { note, print } from "../terminal.js";
import { livesIn } from "./listCommand.js";

const NOTES = `
The API tells no value, so the values must come from where you keep them. The
lines take the secrets over as they are: nothing is pushed before a value or the
triggers change. After the first "pulumi up", existingId and onExisting can go
from the lines. Secrets that the stack owns are left out; so are the commands
for values that its config has.

Without --component, each secret has a line and a config key of its own. With
it, the values lie under "secrets" in config, and one WorkspaceSecrets makes
them all, as in the program of the package's own repository.

Exit codes: 0 fine, 1 failed.

Examples:
  pulumi-elevenlabs adopt
  pulumi-elevenlabs adopt --prefix CRM_ --ask          ask for the values, too
  pulumi-elevenlabs adopt --name CRM_TOKEN --name ERP_TOKEN
  pulumi-elevenlabs adopt --only program > adopted.ts
                                                       and in index.ts:
                                                       import "./adopted";`;

interface Options extends ContextOptions {
  prefix?: string;
  name?: string[];
  component?: boolean;
  only?: "program" | "commands";
  ask?: boolean;
}

export function adopt(): Command {
  return withWorkspace(withStack(new Command("adopt")))
    .description("Write the program lines and the config commands that take over the secrets of a workspace.")
    .option("-p, --prefix <text>", "only secrets whose names start with this")
    .option("-n, --name <name>", "only this secret; as often as needed", (name, names: string[] = []) => [
      ...names,
      name,
    ])
    .option("--component", "for a program with WorkspaceSecrets")
    .addOption(new Option("--only <part>", "print one part alone").choices(["program", "commands"]))
    .option("--ask", "ask for the values on the terminal, without echo, and set them in the stack's config")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  if (options.ask && !canAsk()) {
    throw new Problem(
      "could not ask for values",
      "this is no terminal",
      "Run it in one, or leave --ask out and set them.",
    );
  }
  const { workspace, stack } = await openWorkspace(options);
  if (options.ask && !stack) {
    const next = "Run it where Pulumi works: in the folder of a project, with its stack selected.";
    throw new Problem("could not ask for values", "there is no stack to set them in", next);
  }
  const style: Style = options.component ? { component: options.prefix ?? "" } : {};
  const [listed, owned] = await Promise.all([
    calling(workspace, { verb: "list" }, () => workspace.list(options.prefix)),
    stack?.owned() ?? [],
  ]);
  const ids = new Set(owned.filter((one) => livesIn(one, workspace)).map(({ id }) => id));
  const wanted = selected(listed, options, workspace);
  const { adopted, twice } = adoptedFrom(wanted, ids, style);
  for (const secrets of twice) {
    note(
      `Left out: several secrets are named ${quoted(secrets[0]?.name ?? "")}: ${idsText(secrets)}. Rename or delete all but one.`,
    );
  }
  const nameless = wanted.filter(({ name }) => name.trim() === "");
  if (nameless.length > 0) note(`Left out, since a program's secret needs a name: ${idsText(nameless)}.`);
  const ownedCount = wanted.filter(({ id }) => ids.has(id)).length;
  if (ownedCount > 0) note(`Left out, since the stack owns them: ${ownedCount}.`);
  if (adopted.length === 0) return note("Nothing to take over.");
  const unset = adopted.filter(({ path }) => !stack?.isSet(path));
  const left = options.ask && stack ? await askFor(unset, stack) : unset;
  if (options.only !== "commands") print(programLines(adopted, workspace, style));
  if (options.only === undefined) print("");
  if (options.only !== "program") print(commandLines(left, stack));
}

function selected(listed: Secret[], { prefix = "", name: names }: Options, workspace: Workspace): Secret[] {
  const wanted = listed.filter(({ name }) => name.startsWith(prefix) && (names?.includes(name) ?? true));
  const lacking = names?.filter((name) => !wanted.some((secret) => secret.name === name)) ?? [];
  if (lacking.length === 0) return wanted;
  const reason = `the workspace at ${workspace.endpoint} has no ${lacking.map(quoted).join(", ")}`;
  throw new Problem("could not take over the secrets", reason, "See what there is: pulumi-elevenlabs list");
}

function commandLines(left: Adopted[], stack: Stack | undefined): string {
  if (left.length === 0) return "# Config has a value for each of them. Next: pulumi preview";
  const commands = left.map(({ path }) => setCommand(path, stack?.arguments ?? []));
  return ["# Set the values: each command asks for one, without echo. Next: pulumi preview", ...commands].join("\n");
}
