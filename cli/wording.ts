import { ownCommand, pulumiPreview } from "../provider/messages/commands.js";
import { problem } from "../provider/messages/problem.js";
import { moveFromProject } from "../provider/messages/projectFile.js";
import { commandFor, listText } from "../provider/messages/text.js";
import { quoted, sanitized } from "../provider/text/sanitize.js";

const NO_CLI = "there is no pulumi on the PATH";

const CHOICES = {
  "--import-file": "Choose another file: --import-file FILE",
  "--state": "Choose another file: --state FILE",
  "--out": "Choose another folder: --out FOLDER",
};

export interface FileNotWritten {
  file: string;
  code: string;
  chosenBy: keyof typeof CHOICES;
  /** Whether some files were written before the failure and could not be restored. */
  isPartial?: boolean;
}

// Problems that only the command line reports. The problems of the API and the config are in other files.

export const noProject = problem("no-project", () => [
  "the current folder isn't in a Pulumi project",
  "Run the command in the folder of a Pulumi project, with its stack selected.",
]);

export const noPulumi = problem("no-pulumi", () => [
  NO_CLI,
  "Install the Pulumi CLI, or add its folder to the PATH: https://www.pulumi.com/docs/install",
]);

export const noStackSelected = problem("no-stack-selected", () => [
  "no stack is selected",
  "Select a stack: pulumi stack select NAME. Or add --stack NAME",
]);

/**
 * The state has an explicit provider only after `pulumi up`. To use the workspaces of the stack's config, omit
 * `--provider`.
 */
export const unknownProvider = problem(
  "unknown-provider",
  ({ provider, known }: { provider: string; known: string[] }) => [
    `the stack has no explicit provider ${quoted(provider)}`,
    known.length > 0
      ? `Explicit providers of the stack: ${listText(known)}`
      : "The stack has no explicit providers. Run the command without --provider.",
  ],
);

export const pulumiFailed = problem(
  "pulumi-failed",
  ({ reason, hasAlternative }: { reason: string; hasAlternative: boolean }) => [
    `pulumi failed: ${reason}`,
    "Fix the problem, then run the command again.",
    ...(hasAlternative ? ["Or use only the environment: --no-stack"] : []),
  ],
);

export const previewFailed = problem("preview-failed", ({ reason }: { reason: string }, reader) => [
  `pulumi preview failed: ${reason}`,
  `See the whole output: ${commandFor(reader, pulumiPreview())}`,
  `Compare without the program: ${commandFor(reader, ownCommand("drift"))} --state-only`,
]);

export const pulumiGone = problem("pulumi-gone", () => ["pulumi is no longer on the PATH", "Run the command again."]);

export const pulumiUnreadable = problem("pulumi-unreadable", ({ command }: { command: string }) => [
  `the output of "${command}" couldn't be parsed`,
  "Check that pulumi on the PATH is Pulumi's own CLI, and update it.",
]);

export const noKeyInEnvironment = problem("no-key-in-environment", () => [
  "there is no API key in the environment",
  "Set the environment variable ELEVENLABS_API_KEY, or run the command in the folder of a Pulumi project whose config has a key.",
]);

export const noTerminal = problem("no-terminal", () => [
  "the command isn't running in a terminal",
  "Run the command in a terminal, or set the values yourself, without --ask.",
]);

export const noStackForValues = problem("no-stack-for-values", () => [
  "no stack is selected, so the values can't be stored",
  "Run the command in the folder of a Pulumi project, with its stack selected.",
]);

/**
 * Pulumi doesn't merge objects: one value in the stack's config hides all values in `Pulumi.yaml`, and the next
 * `pulumi up` would delete their secrets. So set a new value for each of them before you run `pulumi up`, and do this
 * for every stack.
 */
export const configInProject = problem("config-in-project", ({ key }: { key: string }, reader) => [
  `${quoted(key)} is in Pulumi.yaml, but not in the stack's config: a value that is set for the stack would hide the whole object in Pulumi.yaml`,
  ...moveFromProject(key, [], reader),
]);

export const interrupted = problem("interrupted", () => [
  "pulumi failed, or you interrupted it",
  "The values that you entered before are set. Run the command again to enter the other values.",
]);

export const secretsNotFound = problem(
  "secrets-not-found",
  ({ names, endpoint }: { names: string[]; endpoint: string }, reader) => [
    `the workspace at ${endpoint} has no secret named ${listText(names)}`,
    `To list all secrets: ${commandFor(reader, ownCommand("list"))}`,
  ],
);

export const nameOrId = problem("name-or-id", ({ isNeither }: { isNeither: boolean }) => [
  isNeither ? "neither a name nor an id is given" : "both a name and an id are given",
  "Pass the NAME of the secret, or --id ID.",
]);

/**
 * `adopt --import-file` doesn't overwrite a file. `render` doesn't write through a symbolic link, and doesn't replace a
 * folder. It has written no file, unless the error reports written files.
 */
export const fileNotWritten = problem(
  "file-not-written",
  ({ file, code, chosenBy, isPartial = false }: FileNotWritten) => [
    code === "EEXIST" ? `${quoted(file)} already exists` : `${quoted(file)} could not be written (${code})`,
    CHOICES[chosenBy],
    ...(isPartial ? ["Some other files were written, and could not be restored."] : []),
  ],
);

/** The file was given with `emulator --state FILE`. */
export const emulatorStateUnusable = problem("emulator-state-unusable", ({ file }: { file: string }) => [
  `${quoted(file)} can't be read, or isn't a file of the emulator`,
  CHOICES["--state"],
  "Or delete it, to start without secrets.",
]);

export const portTaken = problem("port-taken", () => [
  "the port is in use",
  "Choose another: --port PORT (0 means any free port)",
]);

export const portUnusable = problem("port-unusable", ({ code }: { code: string }) => [
  `the operating system refused the port (${code})`,
  "Choose another: --port PORT (0 means any free port)",
]);

/** The error shows the word only if it can't be an API key. */
export const unknownCommand = problem("unknown-command", ({ commands, ...typed }: Typed & { commands: string[] }) => [
  `there is no ${typed.word === undefined ? "such command" : `command ${quoted(typed.word)}`}`,
  `${didYouMean(typed)}Commands: ${commands.join(", ")}`,
]);

/** The error shows the word only if it can't be an API key. */
export const unknownOption = problem(
  "unknown-option",
  ({ options, help, ...typed }: Typed & { options: string[]; help: string }) => [
    `there is no ${typed.word === undefined ? "such option" : `option ${sanitized(typed.word)}`}`,
    `${didYouMean(typed)}Options: ${options.join(", ")}`,
    seeHelp(help),
  ],
);

export const optionWithoutValue = problem(
  "option-without-value",
  ({ option, help }: { option: string; help: string }) => [`${option} is missing its value`, seeHelp(help)],
);

export const invalidOption = problem(
  "invalid-option",
  ({ option, expected, help }: { option: string; expected: string; help: string }) => [
    `${option} must be ${expected}`,
    seeHelp(help),
  ],
);

export const conflictingOptions = problem("conflicting-options", ({ options }: { options: [string, string] }) => [
  `${options.join(" and ")} can't be used together`,
  "Use only one of these options.",
]);

/** Put quotes around a name with spaces. */
export const tooManyArguments = problem(
  "too-many-arguments",
  (facts: { expected: number; given: number; usage: string; help: string }) => [
    `the command takes ${facts.expected === 0 ? "no arguments" : `${facts.expected} argument${facts.expected === 1 ? "" : "s"}`}, but was given ${facts.given}`,
    `Usage: ${facts.usage}`,
    seeHelp(facts.help),
  ],
);

export const invalidUsage = problem(
  "invalid-usage",
  ({ missing, usage, help }: { missing?: string; usage: string; help: string }) => [
    missing === undefined ? "the arguments are not valid" : `${missing} is missing`,
    `Usage: ${usage}`,
    seeHelp(help),
  ],
);

export const bug = problem("bug", ({ error }: { error: string }) => [
  `this is a bug in pulumi-elevenlabs (${error})`,
  "Please report the bug with the command that you ran.",
]);

/** A word on the command line that isn't a command or an option. */
export interface Typed {
  /** Undefined if it may be an API key. */
  word: string | undefined;
  /** The commands or options that resemble the word. */
  similar: string[];
}

function didYouMean({ similar }: Typed): string {
  return similar.length === 0 ? "" : `Did you mean ${similar.join(" or ")}? `;
}

function seeHelp(command: string): string {
  return `For help: ${command}`;
}
