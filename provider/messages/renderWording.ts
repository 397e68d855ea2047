import { pulumiUp, shellWord } from "./commands.js";
import {
  commandFor,
  firstFew,
  inWorkspaceText,
  listText,
  type Reader,
  type SecretPlace,
  type Wording,
} from "./phrases.js";
import { quoted, sanitized } from "./sanitize.js";

/** Why a file can't be rendered. No fact is a part of its content, which may hold a value. */
export type FileFault = { file: string } & (
  | JsonFault
  | { kind: "not-utf8" }
  | { kind: "symbolic-link" }
  | { kind: "unreadable"; code: string }
);

/** Why a text can't be read as JSON. */
export type JsonFault =
  | { kind: "not-json"; line: number; column: number }
  | { kind: "byte-order-mark" }
  | { kind: "too-deep" };

/** A place in a file, as a JSON Pointer. */
export interface MarkerPlace {
  file: string;
  place: string;
}

/** A marker that no stack can replace. */
export interface MarkerFault extends MarkerPlace {
  kind: "misplaced" | "malformed";
}

/** A name in markers that doesn't mean exactly one secret of the stack. */
export interface NameFault {
  name: string;
  /** The ids of the secrets with this name: none, or several. */
  ids: string[];
  places: MarkerPlace[];
}

/** Problems that `pulumi-elevenlabs render` meets. */
export const RENDER_WORDING = {
  "nothing-to-render": ({ isMissing }: { isMissing: boolean }) => ({
    why: isMissing ? "there is no such file or folder" : "it has no JSON files",
    next: ["Give a JSON file, or a folder that has some."],
  }),
  "files-unusable": ({ faults }: { faults: FileFault[] }) => ({
    why: firstFew(
      faults.map((fault) => `${sanitized(fault.file)} ${fileFaultText(fault)}`),
      "; ",
    ),
    next: ["Correct this, then run the same command again. Nothing was written."],
  }),
  "markers-invalid": ({ faults }: { faults: MarkerFault[] }) => ({
    why: firstFew(faults.map(markerFaultText), "; "),
    next: [
      `Write a marker only as the whole value of a "secret_id", such as "\${secret:CRM_TOKEN}". Nothing was written.`,
    ],
  }),
  "names-not-in-stack": ({ stack, place, faults, elsewhere }: NamesNotInStack, reader: Reader) => {
    const where = inWorkspaceText(place.workspace, place.provider);
    const others = elsewhere.map((other) => `${listText(other.names)} with ${optionsText(other, place)}`);
    const next = faults.every(({ ids }) => ids.length > 1)
      ? "Rename all but one of them. Nothing was written."
      : `Correct the name, or add the secret to the program and run "${commandFor(reader, pulumiUp())}". Nothing was written.`;
    return {
      why: `stack ${quoted(stack)} has ${firstFew(
        faults.map((fault) => nameFaultText(fault, where)),
        "; ",
      )}`,
      next: [next, ...(others.length > 0 ? [`The stack has ${others.join("; ")}.`] : [])],
    };
  },
  "ids-not-in-stack": ({ stack, place, places }: IdsNotInStack) => ({
    why: `stack ${quoted(stack)} has no secret${inWorkspaceText(place.workspace, place.provider)} with the id in ${firstFew(places.map(placeText))}`,
    next: [
      `Name the secret instead of its id, such as "\${secret:CRM_TOKEN}". Nothing was written.`,
      "If the id is of a secret that this stack doesn't manage, add --allow-id ID.",
    ],
  }),
  "output-in-input": ({ file }: { file: string }) => ({
    why: `${quoted(file)} would be written into the input`,
    next: ["Choose a folder outside of the input: --out FOLDER"],
  }),
  "outputs-differ": ({ files }: { files: string[] }) => ({
    why: `${files.length === 1 ? "a file exists" : "files exist"} with other content: ${firstFew(files.map(sanitized))}`,
    next: ["To replace what exists, add --overwrite. Nothing was written."],
  }),
} satisfies Record<string, Wording<never>>;

export interface NamesNotInStack {
  stack: string;
  place: SecretPlace;
  faults: NameFault[];
  elsewhere: Elsewhere[];
}

export interface IdsNotInStack {
  stack: string;
  place: SecretPlace;
  /** Where the ids are. Not the ids: someone may have put a value in their place. */
  places: MarkerPlace[];
}

/** Another place of the stack that has secrets with names that are missing. */
export interface Elsewhere extends SecretPlace {
  names: string[];
}

/** What to add to the command for another place than this one. */
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
    kind === "misplaced" ? "a marker outside of a secret_id" : "a secret_id that is neither a marker nor an id";
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
