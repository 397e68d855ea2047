import { harmless } from "../messages/foreignText.js";

/** The path of a config value, as  pulumi config set --path  takes it: steps that are no plain words go into brackets. */
export function configPath(key: string, ...steps: string[]): string {
  return (
    key + steps.map((step) => (/^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(harmless(step))}]`)).join("")
  );
}

/** A word of a command for a POSIX shell, always in quotes. */
export function shellWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
