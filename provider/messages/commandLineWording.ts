import { ownCommand, pulumiPreview } from "./commands.js";
import { commandFor, listText, type Reader, type Wording } from "./phrases.js";
import { moveFromProject } from "./programWording.js";
import { quoted, sanitized } from "./sanitize.js";

const NO_CLI = "there is no pulumi on the PATH";

const CHOICES = {
  "--import-file": "Choose another file: --import-file FILE",
  "--out": "Choose another folder: --out FOLDER",
};

export interface FileNotWritten {
  file: string;
  code: string;
  chosenBy: keyof typeof CHOICES;
  /** Whether other files stay written. */
  isPartial?: boolean;
}

/** Problems that the command line meets beside those of the API and the config. */
export const COMMAND_LINE_WORDING = {
  "no-project": () => ({
    why: "there is no Pulumi project here",
    next: ["Run this in the folder of a Pulumi project, with its stack selected."],
  }),
  "no-pulumi": () => ({
    why: NO_CLI,
    next: ["Install the Pulumi CLI, or add its folder to the PATH: https://www.pulumi.com/docs/install"],
  }),
  "no-stack-selected": () => ({
    why: "no stack is selected",
    next: ["Select one: pulumi stack select NAME. Or name it: --stack NAME"],
  }),
  "unknown-provider": ({ provider, known }: { provider: string; known: string[] }) => ({
    why: `it has no explicit provider ${quoted(provider)}`,
    next: [known.length > 0 ? `It has ${listText(known)}.` : "It has none. Leave --provider out."],
  }),
  "pulumi-failed": ({ reason, hasAlternative }: { reason: string; hasAlternative: boolean }) => ({
    why: `pulumi says: ${reason}`,
    next: [
      `Correct that, then run the same command again.`,
      ...(hasAlternative ? ["Or use the environment only: --no-stack"] : []),
    ],
  }),
  "preview-failed": ({ reason }: { reason: string }, reader: Reader) => ({
    why: `pulumi says: ${reason}`,
    next: [
      `See the whole output: ${commandFor(reader, pulumiPreview())}`,
      `Compare without the program: ${commandFor(reader, ownCommand("drift"))} --state-only`,
    ],
  }),
  "pulumi-gone": () => ({ why: `${NO_CLI} any more`, next: ["Run the same command again."] }),
  "pulumi-unreadable": ({ command }: { command: string }) => ({
    why: `the output of "${command}" has an unknown form`,
    next: ["Check that the pulumi on the PATH is the real one, and recent."],
  }),
  "no-key-in-environment": () => ({
    why: "there is no API key in the environment",
    next: [
      "Set the environment variable ELEVENLABS_API_KEY, or run this in the folder of a Pulumi project whose config has a key.",
    ],
  }),
  "no-terminal": () => ({
    why: "this is not a terminal",
    next: ["Run this in a terminal, or leave --ask out and set the values yourself."],
  }),
  "no-stack-for-values": () => ({
    why: "there is no stack to set them in",
    next: ["Run this in the folder of a Pulumi project, with its stack selected."],
  }),
  "config-in-project": ({ key }: { key: string }, reader: Reader) => ({
    why: `Pulumi.yaml has ${quoted(key)}, and the stack doesn't: a value that is set for the stack would hide all of it`,
    next: moveFromProject(key, [], reader),
  }),
  interrupted: () => ({
    why: "pulumi failed, or you interrupted it",
    next: ["The values that you entered before are set. Run the same command again for the others."],
  }),
  "secrets-not-found": ({ names, endpoint }: { names: string[]; endpoint: string }, reader: Reader) => ({
    why: `the workspace at ${endpoint} has no ${listText(names)}`,
    next: [`To list all secrets: ${commandFor(reader, ownCommand("list"))}`],
  }),
  "name-or-id": ({ isNeither }: { isNeither: boolean }) => ({
    why: isNeither ? "no secret is given" : "both a name and an id are given",
    next: ["Give the NAME of the secret, or --id ID."],
  }),
  "file-not-written": ({ file, code, chosenBy, isPartial = false }: FileNotWritten) => ({
    why: code === "EEXIST" ? `${quoted(file)} already exists` : `${quoted(file)} could not be written (${code})`,
    next: [
      CHOICES[chosenBy],
      ...(isPartial ? ["Some of the other files were written, and could not be restored."] : []),
    ],
  }),
  "port-taken": () => ({ why: "the port is in use", next: ["Choose another: --port PORT (0 means any free port)"] }),
  "port-unusable": ({ code }: { code: string }) => ({
    why: `the system says ${code}`,
    next: ["Choose another: --port PORT (0 means any free port)"],
  }),
  "unknown-command": ({ commands, ...typed }: Typed & { commands: string[] }) => ({
    why: `there is no ${typed.word === undefined ? "such command" : `command ${quoted(typed.word)}`}`,
    next: [`${didYouMean(typed)}Commands: ${commands.join(", ")}`],
  }),
  "unknown-option": ({ options, help, ...typed }: Typed & { options: string[]; help: string }) => ({
    why: `there is no ${typed.word === undefined ? "such option" : `option ${sanitized(typed.word)}`}`,
    next: [`${didYouMean(typed)}Options: ${options.join(", ")}`, seeHelp(help)],
  }),
  "option-without-value": ({ option, help }: { option: string; help: string }) => ({
    why: `${option} has no value`,
    next: [seeHelp(help)],
  }),
  "invalid-option": ({ option, expected, help }: { option: string; expected: string; help: string }) => ({
    why: `${option} must be ${expected}`,
    next: [seeHelp(help)],
  }),
  "conflicting-options": ({ options }: { options: [string, string] }) => ({
    why: `${options.join(" and ")} can't be used together`,
    next: ["Leave one of them out."],
  }),
  "too-many-arguments": (facts: { expected: number; given: number; usage: string; help: string }) => ({
    why: `it takes ${facts.expected === 0 ? "no arguments" : `${facts.expected} argument${facts.expected === 1 ? "" : "s"}`}, but was given ${facts.given}`,
    next: [`Usage: ${facts.usage}`, seeHelp(facts.help)],
  }),
  "invalid-usage": ({ missing, usage, help }: { missing?: string; usage: string; help: string }) => ({
    why: missing === undefined ? "the arguments are not valid" : `${missing} is missing`,
    next: [`Usage: ${usage}`, seeHelp(help)],
  }),
  bug: ({ error }: { error: string }) => ({
    why: `this is a bug in pulumi-elevenlabs (${error})`,
    next: ["Please report it with the command that you ran."],
  }),
} satisfies Record<string, Wording<never>>;

/** A word on the command line that means nothing. */
export interface Typed {
  /** Undefined if it may be an API key. */
  word: string | undefined;
  /** The words that it resembles. */
  similar: string[];
}

function didYouMean({ similar }: Typed): string {
  return similar.length === 0 ? "" : `Did you mean ${similar.join(" or ")}? `;
}

function seeHelp(command: string): string {
  return `For help: ${command}`;
}
