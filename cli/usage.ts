import type { Command, CommanderError } from "commander";
import { Problem } from "../provider/messages/problem.js";

/**
 * Replaces commander's own error messages, which repeat what was typed: it may be an API key. commander still throws its own
 * error after it has printed the help or the version.
 */
export function reportUsageProblems(command: Command): Command {
  return command.configureOutput({ outputError: () => {} }).exitOverride((error) => {
    throw hasPrinted(error) ? error : usageProblem(command, error.code);
  });
}

/** A value of an option that can't be used. `expected` says what it must be. */
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

function usageProblem(command: Command, code: string): Problem {
  const isProgram = command.parent === null;
  const attempt = { step: "runCommand", ...(isProgram ? {} : { name: command.name() }) } as const;
  const fullName = isProgram ? command.name() : `${command.parent?.name()} ${command.name()}`;
  const help = `${fullName} --help`;
  const usage = `${fullName} ${command.usage()}`;
  switch (code) {
    case "commander.unknownCommand":
      return new Problem("unknown-command", { commands: command.commands.map((one) => one.name()) }, attempt);
    case "commander.unknownOption":
      return new Problem("unknown-option", { options: optionNames(command), help }, attempt);
    case "commander.optionMissingArgument":
      return new Problem("option-without-value", { help }, attempt);
    case "commander.excessArguments":
      return new Problem("too-many-arguments", { usage, help }, attempt);
    default:
      return new Problem("invalid-usage", { usage, help }, attempt);
  }
}

function optionNames(command: Command): string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long ? [long] : []));
}
