import type { ConfigPath } from "../pulumi/configPath.js";
import { sanitized } from "../text/sanitize.js";

/** A command that a message recommends, as data, so that the reader's stack can be added. */
export interface Command {
  /** Such as `["pulumi", "config", "set"]`. */
  words: string[];
  args: string[];
  /** Whether the command accepts `--stack`. */
  takesStack: boolean;
}

export function pulumiUp(...args: string[]): Command {
  return { words: ["pulumi", "up"], args, takesStack: true };
}

export function pulumiRefresh(...args: string[]): Command {
  return { words: ["pulumi", "refresh"], args, takesStack: true };
}

export function pulumiPreview(...args: string[]): Command {
  return { words: ["pulumi", "preview"], args, takesStack: true };
}

/** Removes a resource from the state without a call to the provider. */
export function deleteFromState(urn = "URN"): Command {
  return { words: ["pulumi", "state", "delete"], args: [urn], takesStack: true };
}

export function listUrns(): Command {
  return { words: ["pulumi", "stack"], args: ["--show-urns"], takesStack: true };
}

export function pulumiImport(file: string): Command {
  return { words: ["pulumi", "import"], args: ["--file", file], takesStack: true };
}

/** `pulumi config set`. Without `value`, Pulumi asks for it. */
export function setConfig(path: ConfigPath, { secret, value }: { secret: boolean; value?: string }): Command {
  const args = [...(secret ? ["--secret"] : []), ...pathArguments(path), ...(value === undefined ? [] : [value])];
  return { words: ["pulumi", "config", "set"], args, takesStack: true };
}

export function removeConfig(path: ConfigPath): Command {
  return { words: ["pulumi", "config", "rm"], args: pathArguments(path), takesStack: true };
}

/** Replaces the stack's config with the config of the last update. */
export function refreshConfig(): Command {
  return { words: ["pulumi", "config", "refresh"], args: [], takesStack: true };
}

/** A command of this package. */
export function ownCommand(...words: string[]): Command {
  return { words: ["pulumi-elevenlabs", ...words], args: [], takesStack: true };
}

/** Returns a command as a line for a POSIX shell, with `stackArguments` (such as `["--stack", "prod"]`) if it accepts them. */
export function commandText({ words, args, takesStack }: Command, stackArguments: string[] = []): string {
  return [...words, ...(takesStack ? stackArguments : []), ...args].map(shellWord).join(" ");
}

/** Returns a config path in the format of `pulumi config --path`. Brackets enclose each step that isn't a plain word. */
export function configPathText({ key, steps }: ConfigPath): string {
  const step = (text: string) => (/^[\w-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(sanitized(text))}]`);
  return key + steps.map(step).join("");
}

/** Returns a word of a command for a POSIX shell, in quotes if necessary. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function pathArguments(path: ConfigPath): string[] {
  return path.steps.length > 0 ? ["--path", configPathText(path)] : [path.key];
}

/** With `--run-program`, the engine uses the current config instead of the config of the last update. */
export const WITH_PROGRAM = "run the command with --run-program";
