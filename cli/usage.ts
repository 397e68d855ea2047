import type { Command, CommanderError } from "commander";
import type { Problem } from "../provider/messages/problem.js";
import * as problems from "./wording.js";

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
export function refusedOption(commandName: string, option: string, expected: string): Problem {
  const help = `pulumi-elevenlabs ${commandName} --help`;
  return problems.invalidOption({ option, expected, help }, { step: `run pulumi-elevenlabs ${commandName}` });
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
  const fullName = isProgram ? command.name() : `${command.parent?.name()} ${command.name()}`;
  const action = { step: `run ${fullName}` };
  const help = `${fullName} --help`;
  const usage = `${fullName} ${command.usage()}`;
  // commander quotes the wrong argument first, and then similar ones.
  const [about = "", other = ""] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted = ""]) => quoted);
  const typed = { word: shownWord(about), similar: similarIn(message) };
  switch (code) {
    case "commander.unknownCommand":
      return problems.unknownCommand({ ...typed, commands: command.commands.map((one) => one.name()) }, action);
    case "commander.unknownOption":
      return problems.unknownOption({ ...typed, options: optionNames(command), help }, action);
    case "commander.optionMissingArgument":
      return problems.optionWithoutValue({ option: longName(about), help }, action);
    case "commander.conflictingOption":
      return problems.conflictingOptions({ options: [longName(about), longName(other)] }, action);
    case "commander.excessArguments": {
      const expected = command.registeredArguments.length;
      return problems.tooManyArguments({ expected, given: command.args.length, usage, help }, action);
    }
    case "commander.missingMandatoryOptionValue":
      return problems.invalidUsage({ missing: longName(about), usage, help }, action);
    case "commander.missingArgument":
      return problems.invalidUsage({ missing: `<${about}>`, usage, help }, action);
    default:
      return problems.invalidUsage({ usage, help }, action);
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
