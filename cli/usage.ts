import type { Command, CommanderError } from "commander";
import { Problem } from "../provider/messages/problem.js";

/**
 * Replaces commander's own error messages, which repeat everything that was typed: it may contain an API key. commander
 * still throws its own error after it has printed the help or the version.
 */
export function reportUsageProblems(command: Command): Command {
  return command.configureOutput({ outputError: () => {} }).exitOverride((error) => {
    throw hasPrinted(error) ? error : usageProblem(command, error);
  });
}

/** An option value that can't be used. `expected` describes the values that can. */
export function invalidOption(commandName: string, option: string, expected: string): Problem {
  const help = `pulumi-elevenlabs ${commandName} --help`;
  return new Problem("invalid-option", { option, expected, help }, { step: "runCommand", name: commandName });
}

/** For an option that can be given several times. */
export function collected(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function hasPrinted({ code, exitCode }: CommanderError): boolean {
  return exitCode === 0 || code === "commander.help";
}

function usageProblem(command: Command, { code, message }: CommanderError): Problem {
  const isProgram = command.parent === null;
  const attempt = { step: "runCommand", ...(isProgram ? {} : { name: command.name() }) } as const;
  const fullName = isProgram ? command.name() : `${command.parent?.name()} ${command.name()}`;
  const help = `${fullName} --help`;
  const usage = `${fullName} ${command.usage()}`;
  // commander quotes the wrong argument first, and then similar ones.
  const [about = "", other = ""] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted = ""]) => quoted);
  const typed = { word: shownWord(about), similar: similarIn(message) };
  switch (code) {
    case "commander.unknownCommand":
      return new Problem("unknown-command", { ...typed, commands: command.commands.map((one) => one.name()) }, attempt);
    case "commander.unknownOption":
      return new Problem("unknown-option", { ...typed, options: optionNames(command), help }, attempt);
    case "commander.optionMissingArgument":
      return new Problem("option-without-value", { option: longName(about), help }, attempt);
    case "commander.conflictingOption":
      return new Problem("conflicting-options", { options: [longName(about), longName(other)] }, attempt);
    case "commander.excessArguments": {
      const expected = command.registeredArguments.length;
      return new Problem("too-many-arguments", { expected, given: command.args.length, usage, help }, attempt);
    }
    case "commander.missingMandatoryOptionValue":
      return new Problem("invalid-usage", { missing: longName(about), usage, help }, attempt);
    case "commander.missingArgument":
      return new Problem("invalid-usage", { missing: `<${about}>`, usage, help }, attempt);
    default:
      return new Problem("invalid-usage", { usage, help }, attempt);
  }
}

/** The typed text, if it can't be a key: keys have digits or underscores. An option's value isn't shown. */
function shownWord(typed: string): string | undefined {
  const [word = ""] = typed.split("=");
  return /^[a-z-]{1,20}$/.test(word) ? word : undefined;
}

function similarIn(message: string): string[] {
  const [, words = ""] = /\(Did you mean (?:one of )?(.+)\?\)$/.exec(message) ?? [];
  return words === "" ? [] : words.split(", ");
}

/** The name of an option, as in `-o, --out <folder>`. */
function longName(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function optionNames(command: Command): string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long ? [long] : []));
}
