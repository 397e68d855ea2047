import { join, sep } from "node:path";
import { Argument, Command, Option } from "commander";
import type { Action } from "../../provider/messages/problem.js";
import { DEFAULT_PROVIDER } from "../../provider/pulumi/urn.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { withProvider, withWorkspace } from "../context.js";
import { jsonText } from "../jsonText.js";
import type { OwnedSecret, SecretPlace } from "../pulumi/output.js";
import { openState } from "../pulumi/stack.js";
import { table } from "../table.js";
import { lineWidth, print } from "../terminal.js";
import { collected } from "../usage.js";
import { findIds, type NamedPlace } from "./ids.js";
import { type FileFault, type JsonFile, readJsonFiles } from "./jsonFiles.js";
import { type MarkerFault, type SecretMarker, scanMarkers, withIds } from "./markers.js";
import { type OutputFile, type PresentOutput, presentOutput, realFolder, writeOutputs } from "./outputFiles.js";
import {
  filesUnusable,
  idsNotInStack,
  markersInvalid,
  namesNotInStack,
  nothingToRender,
  outputInInput,
  outputsDiffer,
} from "./wording.js";

const NOTES = `
In the JSON files of ElevenLabs' own CLI, name a secret instead of its id:
  "Authorization": { "secret_id": "\${secret:CRM_TOKEN}" }
The output contains the secret's id from the stack's state. Nothing else in a
file changes. Either all files are written, or none. If a file already contains
an id, the id must belong to this stack, or be allowed by --allow-id.

In a folder, the command skips other files, node_modules, and names that start
with a dot. It needs no API key and no passphrase, and makes no API call.

Exit codes: 0 success, 1 failure, 2 with --check: an output is missing or
differs.

Examples:
  pulumi-elevenlabs render agents --out build/dev
  pulumi-elevenlabs render agents --out build/prod --stack prod --overwrite
  pulumi-elevenlabs render agents --out build/prod --stack prod --check
  pulumi-elevenlabs render agents --out build/dev --prefix dev_
                                \${secret:CRM_TOKEN} is then secret dev_CRM_TOKEN`;

const EXIT_CODE_STALE = 2;

interface Options {
  out: string;
  stack?: string | true;
  provider?: string;
  workspace?: string;
  prefix?: string;
  allowId?: string[];
  overwrite?: boolean;
  check?: boolean;
  json?: boolean;
}

interface ScannedFile extends JsonFile {
  markers: SecretMarker[];
  ids: { id: string; place: string }[];
}

interface RenderedFile extends OutputFile {
  markers: SecretMarker[];
  present: PresentOutput;
}

export function render(): Command {
  const command = new Command("render")
    .description("Replace secret names in JSON files with the ids from a stack.")
    .usage("<file or folder> --out <folder> [options]")
    .addArgument(new Argument("<input>", "a JSON file, or a folder of JSON files"))
    .requiredOption("-o, --out <folder>", "the folder for the output files, which keep their names")
    .option("-s, --stack [name]", "the Pulumi stack (default: the selected stack)")
    .option("-p, --prefix <text>", "a prefix to add to the names in the files")
    .option("--allow-id <id>", "an id in the files that may belong to another stack (repeatable)", collected)
    .option("--overwrite", "replace files that exist with other content")
    .addOption(new Option("--check", "write nothing; check that the output is up to date").conflicts("overwrite"))
    .option("--json", "print JSON");
  withWorkspace(command, "use the secrets of this workspace (default: the one of the top-level config)");
  return withProvider(command, "use this explicit provider's secrets (default: the only provider with secrets)")
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(input: string, options: Options): Promise<void> {
  const action: Action = { step: "render", name: input };
  const scanned = await readMarkers(input, options.out, action);
  const { stack, owned } = await openState(options.stack ?? true, process.cwd());
  const [onlyProvider, ...others] = new Set(owned.map(({ provider }) => provider));
  const provider = options.provider ?? (others.length === 0 ? onlyProvider : undefined) ?? DEFAULT_PROVIDER;
  const { workspace = DEFAULT_WORKSPACE, prefix = "" } = options;
  const place = { provider, workspace };
  const { ids, faults, elsewhere } = findIds(namesIn(scanned), { owned, place, prefix });
  if (faults.length > 0) throw namesNotInStack({ stack, place, faults, elsewhere }, action);
  requireOwnIds(scanned, { stack, owned, place, allowed: options.allowId ?? [] }, action);
  const files = await Promise.all(
    scanned.map(async (file): Promise<RenderedFile> => {
      const text = withIds(file.text, file.markers, (name) => ids.get(name) ?? "");
      return { ...file, text, present: await presentOutput(options.out, { path: file.path, text }, action) };
    }),
  );
  if (!options.check) await write(files, options, action);
  const results = files.map((file) => ({ ...file, result: resultOf(file, options) }));
  if (options.json) print(asJson({ stack, ...place, out: options.out, results, ids }));
  else print(asTable(options.out, results));
  if (options.check && files.some(({ present }) => present !== "same")) process.exitCode = EXIT_CODE_STALE;
}

/** Reads the input files and their markers. Fails if an output file would be inside the input folder. */
async function readMarkers(input: string, out: string, action: Action): Promise<ScannedFile[]> {
  const found = await readJsonFiles(input);
  if (found === undefined) throw nothingToRender({ isMissing: true }, action);
  const unusable: FileFault[] = [...found.faults];
  const invalid: MarkerFault[] = [];
  const scanned: ScannedFile[] = [];
  for (const file of found.files) {
    const read = scanMarkers(file.text);
    if ("kind" in read) {
      unusable.push({ file: file.path, ...read });
      continue;
    }
    invalid.push(...read.faults.map((fault) => ({ file: file.path, ...fault })));
    scanned.push({ ...file, ...read });
  }
  if (unusable.length > 0) throw filesUnusable({ faults: unusable }, action);
  if (invalid.length > 0) throw markersInvalid({ faults: invalid }, action);
  if (scanned.length === 0) throw nothingToRender({ isMissing: false }, action);
  const folder = await realFolder(out);
  const inInput = scanned.find(({ path }) => `${join(folder, path)}${sep}`.startsWith(`${found.input}${sep}`));
  if (inInput) throw outputInInput({ file: join(out, inInput.path) }, action);
  return scanned;
}

function namesIn(files: ScannedFile[]): NamedPlace[] {
  return files.flatMap(({ path, markers }) => markers.map(({ name, place }) => ({ name, file: path, place })));
}

/** Refuse ids of other environments. Otherwise a copied id would reach this environment without anyone noticing. */
function requireOwnIds(
  files: ScannedFile[],
  context: { stack: string; owned: OwnedSecret[]; place: SecretPlace; allowed: string[] },
  action: Action,
): void {
  const { stack, owned, place, allowed } = context;
  const here = owned.filter((one) => one.provider === place.provider && one.workspace === place.workspace);
  const known = new Set([...here.map(({ id }) => id), ...allowed]);
  const places = files.flatMap(({ path: file, ids }) =>
    ids.filter(({ id }) => !known.has(id)).map(({ place }) => ({ file, place })),
  );
  if (places.length > 0) throw idsNotInStack({ stack, place, places }, action);
}

async function write(files: RenderedFile[], { out, overwrite }: Options, action: Action): Promise<void> {
  const different = files.filter(({ present }) => present === "different");
  if (different.length > 0 && !overwrite) {
    throw outputsDiffer({ files: different.map(({ path }) => join(out, path)) }, action);
  }
  const changed = files.filter(({ present }) => present !== "same");
  if (changed.length > 0) await writeOutputs(out, changed, action);
}

type Result = "unchanged" | "created" | "replaced" | "missing" | "different";

function resultOf({ present }: RenderedFile, { check }: Options): Result {
  if (present === "same") return "unchanged";
  if (check) return present;
  return present === "missing" ? "created" : "replaced";
}

type Results = (RenderedFile & { result: Result })[];

function asTable(out: string, results: Results): string {
  const rows = results.map(({ path, markers, result }) => [join(out, path), String(markers.length), result]);
  return table(["FILE", "SECRETS", "RESULT"], rows, lineWidth());
}

/** Scripts read this JSON, so its keys must not be renamed. */
function asJson({
  stack,
  provider,
  workspace,
  out,
  results,
  ids,
}: {
  stack: string;
  provider: string;
  workspace: string;
  out: string;
  results: Results;
  ids: Map<string, string>;
}): string {
  const files = results.map(({ path, markers, result }) => ({
    file: join(out, path),
    result,
    secrets: markers.map(({ name, place }) => ({ name, secretId: ids.get(name), place })),
  }));
  return jsonText({ stack, provider, workspace, files });
}
