import { configPath } from "../pulumi/configPath.js";
import { ownCommand, pulumiPreview, setConfig } from "./commands.js";
import { commandFor, listText, type Reader, type Wording } from "./phrases.js";
import { quoted } from "./sanitize.js";

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
  interrupted: () => ({
    why: "it was interrupted",
    next: ["The values that you entered before are set. Run the same command again for the others."],
  }),
  "several-lines": (_: object, reader: Reader) => ({
    why: "the value has several lines",
    next: [
      `Leave it empty here, and set it from a file: ${commandFor(reader, setConfig(configPath("KEY"), { secret: true }))} < FILE`,
    ],
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
  "unknown-command": ({ commands }: { commands: string[] }) => ({
    why: "there is no such command",
    next: [`Commands: ${commands.join(", ")}`],
  }),
  "unknown-option": ({ options, help }: { options: string[]; help: string }) => ({
    why: "there is no such option",
    next: [`Options: ${options.join(", ")}`, seeHelp(help)],
  }),
  "option-without-value": ({ help }: { help: string }) => ({
    why: "the last option has no value",
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
  "too-many-arguments": ({ usage, help }: { usage: string; help: string }) => ({
    why: "there are too many arguments",
    next: [`Usage: ${usage}`, seeHelp(help)],
  }),
  "invalid-usage": ({ usage, help }: { usage: string; help: string }) => ({
    why: "the arguments are not valid",
    next: [`Usage: ${usage}`, seeHelp(help)],
  }),
  bug: ({ error }: { error: string }) => ({
    why: `this is a bug in pulumi-elevenlabs (${error})`,
    next: ["Please report it with the command that you ran."],
  }),
} satisfies Record<string, Wording<never>>;

function seeHelp(command: string): string {
  return `For help: ${command}`;
}
