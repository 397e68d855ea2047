import { pulumiUp, shellWord } from "../../provider/messages/commands.js";
import { problem } from "../../provider/messages/problem.js";
import { commandFor, firstFew, inWorkspaceText, listText } from "../../provider/messages/text.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import type { SecretPlace } from "../pulumi/output.js";
import type { Elsewhere, NameFault } from "./ids.js";
import type { FileFault } from "./jsonFiles.js";
import type { MarkerFault, MarkerPlace } from "./markers.js";

// Problems of `pulumi-elevenlabs render`.

export const nothingToRender = problem("nothing-to-render", ({ isMissing }: { isMissing: boolean }) => [
  isMissing ? "there is no such file or folder" : "the folder contains no JSON files",
  "Pass a JSON file, or a folder that contains JSON files.",
]);

/** JSON has no comments, no trailing commas and no byte order mark. The error lists the first of these files. */
export const filesUnusable = problem("files-unusable", ({ faults }: { faults: FileFault[] }) => [
  firstFew(
    faults.map((fault) => `${sanitized(fault.file)} ${fileFaultText(fault)}`),
    "; ",
  ),
  "Correct the files, then run the command again. Nothing was written.",
]);

/**
 * Either `${secret:` isn't a whole `secret_id`, as in `"Bearer ${secret:CRM_TOKEN}"`, or a `secret_id` has `${` but
 * isn't `${secret:NAME}`. The API accepts a secret only as a `secret_id`; anywhere else, an agent would send the text
 * unchanged. A prefix such as `Bearer` must be part of the secret's value.
 */
export const markersInvalid = problem("markers-invalid", ({ faults }: { faults: MarkerFault[] }) => [
  firstFew(faults.map(markerFaultText), "; "),
  `Write a marker only as the whole value of a "secret_id", such as "\${secret:CRM_TOKEN}". Nothing was written.`,
]);

/**
 * `render` uses the secrets of one workspace, and the ids of the last `pulumi up`. Choose another workspace with
 * `--workspace` or `--provider`. If the names in the workspace have a prefix that the files omit, add `--prefix`.
 */
export const namesNotInStack = problem(
  "names-not-in-stack",
  ({ stack, place, faults, elsewhere }: NamesNotInStack, reader) => {
    const where = inWorkspaceText(place.workspace, place.provider);
    const others = elsewhere.map((other) => `${listText(other.names)} with ${optionsText(other, place)}`);
    const next = faults.every(({ ids }) => ids.length > 1)
      ? "Keep this name for only one secret, and rename the others. Nothing was written."
      : `Correct the name, or add the secret to the program and run "${commandFor(reader, pulumiUp())}". Nothing was written.`;
    return [
      `stack ${quoted(stack)} has ${firstFew(
        faults.map((fault) => nameFaultText(fault, where)),
        "; ",
      )}`,
      next,
      ...(others.length > 0 ? [`The stack has ${others.join("; ")}.`] : []),
    ];
  },
);

/** The id is empty, a placeholder, or was copied from another environment. */
export const idsNotInStack = problem("ids-not-in-stack", ({ stack, place, places }: IdsNotInStack) => [
  `stack ${quoted(stack)} has no secret${inWorkspaceText(place.workspace, place.provider)} with the id in ${firstFew(places.map(placeText))}`,
  `Write the secret's name instead of its id, such as "\${secret:CRM_TOKEN}". Nothing was written.`,
  "If the id belongs to a secret that this stack doesn't manage, add --allow-id ID.",
]);

export const outputInInput = problem("output-in-input", ({ file }: { file: string }) => [
  `${quoted(file)} would be written into the input folder`,
  "Choose a folder outside the input folder: --out FOLDER",
]);

/** Before you add `--overwrite`, check that nobody needs the existing files. */
export const outputsDiffer = problem("outputs-differ", ({ files }: { files: string[] }) => [
  `${files.length === 1 ? "a file already exists" : "files already exist"} with different content: ${firstFew(files.map(sanitized))}`,
  `To replace the existing ${files.length === 1 ? "file" : "files"}, add --overwrite. Nothing was written.`,
]);

export interface NamesNotInStack {
  stack: string;
  place: SecretPlace;
  faults: NameFault[];
  elsewhere: Elsewhere[];
}

export interface IdsNotInStack {
  stack: string;
  place: SecretPlace;
  /** The places of the ids. The ids aren't facts, because someone may have written a secret value instead of an id. */
  places: MarkerPlace[];
}

/** Returns the options that select the workspace `other`. */
function optionsText(other: SecretPlace, { provider, workspace }: SecretPlace): string {
  return [
    ...(other.provider === provider ? [] : ["--provider", shellWord(other.provider)]),
    ...(other.workspace === workspace ? [] : ["--workspace", shellWord(other.workspace)]),
  ].join(" ");
}

function fileFaultText(fault: FileFault): string {
  switch (fault.kind) {
    case "not-json":
      return `is not JSON (line ${fault.line}, column ${fault.column})`;
    case "byte-order-mark":
      return "starts with a byte order mark, which JSON must not have";
    case "too-deep":
      return "is nested too deeply";
    case "not-utf8":
      return "is not UTF-8 text";
    case "symbolic-link":
      return "is a symbolic link";
    case "unreadable":
      return `could not be read (${fault.code})`;
  }
}

function markerFaultText({ kind, ...at }: MarkerFault): string {
  const what =
    kind === "misplaced"
      ? "a marker that isn't the value of a secret_id"
      : "a secret_id that is neither a marker nor an id";
  return `${placeText(at)} has ${what}`;
}

function nameFaultText({ name, ids, places }: NameFault, where: string): string {
  const what =
    ids.length === 0
      ? `no secret ${quoted(name)}${where}`
      : `several secrets ${quoted(name)}${where}: ${ids.map(sanitized).join(", ")}`;
  return `${what} (${firstFew(places.map(placeText))})`;
}

function placeText({ file, place }: MarkerPlace): string {
  return `${sanitized(file)} at ${sanitized(place)}`;
}
