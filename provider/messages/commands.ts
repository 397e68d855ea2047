import type { ConfigPath } from "../pulumi/configPath.js";
import { sanitized } from "./sanitize.js";

/** A command that a message recommends, as data: a reader's stack and other arguments are added before it becomes text. */
export interface Command {
  /** Such as `["pulumi", "config", "set"]`. */
  words: string[];
  args: string[];
  /** Whether the command is about a stack, so that it takes `--stack`. */
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

/** Makes the state forget a resource, without a call of its provider. */
export function deleteFromState(urn = "URN"): Command {
  return { words: ["pulumi", "state", "delete"], args: [urn], takesStack: true };
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

/** Writes the stack's file anew, with the config of the last update. */
export function refreshConfig(): Command {
  return { words: ["pulumi", "config", "refresh"], args: [], takesStack: true };
}

/** A command of this package. */
export function ownCommand(...words: string[]): Command {
  return { words: ["pulumi-elevenlabs", ...words], args: [], takesStack: true };
}

/** A command as a line for a POSIX shell, about the stack of `stackArguments` (such as `["--stack", "prod"]`). */
export function commandText({ words, args, takesStack }: Command, stackArguments: string[] = []): string {
  return [...words, ...(takesStack ? stackArguments : []), ...args].map(shellWord).join(" ");
}

/** A config path as `pulumi config --path` takes it. A step that isn't a plain word goes into brackets. */
export function configPathText({ key, steps }: ConfigPath): string {
  const step = (text: string) => (/^[\w-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(sanitized(text))}]`);
  return key + steps.map(step).join("");
}

/** A word of a command for a POSIX shell, in quotes if it needs them. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function pathArguments(path: ConfigPath): string[] {
  return path.steps.length > 0 ? ["--path", configPathText(path)] : [path.key];
}
