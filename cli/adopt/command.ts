import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import type { Secret } from "../../provider/api/client.js";
import { pulumiImport, pulumiPreview, setConfig } from "../../provider/messages/commands.js";
import type { Reader } from "../../provider/messages/problem.js";
import { commandFor, idsText } from "../../provider/messages/text.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import { withProblems } from "../../provider/workspaces/callProblems.js";
import type { Workspace } from "../../provider/workspaces/workspace.js";
import { type ContextOptions, openWorkspace, withStack, withWorkspace } from "../context.js";
import { errorCode } from "../errorCode.js";
import type { Stack } from "../pulumi/stack.js";
import { note, print } from "../terminal.js";
import { collected, refusedOption } from "../usage.js";
import { configInProject, fileNotWritten, noStackForValues, noTerminal, secretsNotFound } from "../wording.js";
import { type AdoptedSecret, importFileText, type ProgramLayout, planAdoption, programLines } from "./plan.js";

const NOTES = `
The API doesn't return values, so you have to supply them. Adopting changes
nothing in the workspace: a value is pushed only if value or triggers change.
After the first "pulumi up", you can remove existingId and onExisting from the
lines. The output skips secrets that the stack already owns, and commands for
values that the config already has.

Without --component, each secret gets a WorkspaceSecret and a config key. With
it, the config stores all values under "secrets", and one WorkspaceSecrets
adopts all secrets.

There is no --provider, because the command can't know which variable of your
program has the provider. For the workspace of an explicit provider, set
ELEVENLABS_API_KEY to its key, run adopt --no-stack, and add the option provider
to each line.

Exit codes: 0 success, 1 failure.

Examples:
  pulumi-elevenlabs adopt
  pulumi-elevenlabs adopt --prefix CRM_ --ask          also ask for the values
  pulumi-elevenlabs adopt --name CRM_TOKEN --name ERP_TOKEN
  pulumi-elevenlabs adopt --import-file secrets.json
  pulumi-elevenlabs adopt --only program > adopted.ts
                                                       and in index.ts:
                                                       import "./adopted";`;

interface Options extends ContextOptions {
  prefix?: string;
  name?: string[];
  component?: boolean;
  only?: Part;
  ask?: boolean;
  importFile?: string;
}

const ASK_ACTION = { step: "ask for values" } as const;
const PARTS = ["program", "commands"] as const;
type Part = (typeof PARTS)[number];

export function adopt(): Command {
  return withWorkspace(withStack(new Command("adopt")))
    .description("Print the program lines and the config commands that adopt the secrets of a workspace.")
    .option("-p, --prefix <text>", "only secrets whose names start with this text")
    .option("-n, --name <name>", "only this secret (repeatable)", collected)
    .option("--component", "use one WorkspaceSecrets component")
    .addOption(new Option("--only <part>", "print only one part").choices(PARTS).argParser(partOf))
    .addOption(
      new Option(
        "--import-file <file>",
        'write a file for "pulumi import", for stacks that use the native plugin',
      ).conflicts(["component", "only", "ask"]),
    )
    .option("--ask", "let Pulumi ask for the values in the terminal (hidden), and set them in the stack's config")
    .addHelpText("after", NOTES)
    .action(run);
}

function partOf(text: string): Part {
  const part = PARTS.find((one) => one === text);
  if (part === undefined) throw refusedOption("adopt", "--only", PARTS.join(" or "));
  return part;
}

async function run(options: Options): Promise<void> {
  if (options.ask && !(process.stdin.isTTY && process.stderr.isTTY)) throw noTerminal({}, ASK_ACTION);
  const { workspace, stack, reader } = await openWorkspace(options);
  if (options.ask && !stack) throw noStackForValues({}, ASK_ACTION);
  const action = { step: "list the secrets", workspace: workspace.name } as const;
  const [listed, owned] = await Promise.all([
    withProblems(workspace, { action }, () => workspace.list(options.prefix)),
    stack?.owned() ?? [],
  ]);
  const layout: ProgramLayout = options.component ? { componentPrefix: options.prefix ?? "" } : {};
  const ownedIds = new Set(owned.map(({ id }) => id));
  const selected = selectedByName(listed, options.name, workspace);
  const { adopted, sharingNames } = planAdoption(selected, ownedIds, layout);
  noteLeftOut(selected, { sharingNames, ownedIds });
  if (adopted.length === 0) return note("Nothing to adopt.");
  if (options.importFile !== undefined)
    return writeImportFile(options.importFile, importFileText(adopted, workspace), reader);
  const unset = adopted.filter(({ path }) => !stack?.isSet(path));
  const hiding = unset.find(
    ({ path: { key, steps } }) => steps.length > 0 && stack?.isInProject(`${stack.project}:${key}`),
  );
  if (hiding && options.only !== "program") {
    throw configInProject({ key: hiding.path.key }, { step: "adopt the secrets", workspace: workspace.name });
  }
  if (options.ask && stack) await askFor(unset, stack, reader);
  const remaining = options.ask ? [] : unset;
  if (options.only !== "commands") print(programLines(adopted, workspace, layout));
  if (options.only === undefined) print("");
  if (options.only !== "program") print(commandLines(remaining, reader));
}

async function askFor(secrets: AdoptedSecret[], stack: Stack, reader: Reader): Promise<void> {
  for (const { name, path } of secrets) {
    const command = commandFor(reader, setConfig(path, { secret: true }));
    note(`Value of ${quoted(name)}. If it has several lines, press Ctrl-C and run: ${command} < FILE`);
    await stack.askForSecret(path);
  }
}

async function writeImportFile(file: string, text: string, reader: Reader): Promise<void> {
  try {
    // Don't overwrite an existing file: it may contain someone's work.
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    throw fileNotWritten({ file, code: errorCode(error), chosenBy: "--import-file" }, { step: "adopt the secrets" });
  }
  note(`Wrote ${sanitized(file)}. Next: ${commandFor(reader, pulumiImport(file))}`);
}

function selectedByName(listed: Secret[], names: string[] | undefined, workspace: Workspace): Secret[] {
  if (names === undefined) return listed;
  const missing = names.filter((name) => !listed.some((secret) => secret.name === name));
  if (missing.length > 0) {
    const facts = { names: missing, endpoint: workspace.endpoint };
    throw secretsNotFound(facts, { step: "adopt the secrets", workspace: workspace.name });
  }
  return listed.filter(({ name }) => names.includes(name));
}

function noteLeftOut(
  selected: Secret[],
  { sharingNames, ownedIds }: { sharingNames: Secret[][]; ownedIds: Set<string> },
): void {
  for (const secrets of sharingNames) {
    const name = quoted(secrets[0]?.name ?? "");
    note(`Skipped: several secrets are named ${name}: ${idsText(secrets)}. Rename or delete all but one.`);
  }
  const nameless = selected.filter(({ name }) => name.trim() === "");
  if (nameless.length > 0) note(`Skipped because they have no name: ${idsText(nameless)}.`);
  const ownedCount = selected.filter(({ id }) => ownedIds.has(id)).length;
  if (ownedCount > 0) note(`Skipped because the stack owns them: ${ownedCount}.`);
}

function commandLines(remaining: AdoptedSecret[], reader: Reader): string {
  const next = `Next: ${commandFor(reader, pulumiPreview())}`;
  if (remaining.length === 0) return `# The config has all values. ${next}`;
  const commands = remaining.map(({ path }) => commandFor(reader, setConfig(path, { secret: true })));
  return [`# Set the values: each command asks for one and hides it. ${next}`, ...commands].join("\n");
}
