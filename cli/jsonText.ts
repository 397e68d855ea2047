import { quoted } from "../provider/messages/foreignText.js";

/** `text` for JSON or a program, where an escape stands for its character: nothing in it can show as something else. */
export function unseenEscaped(text: string): string {
  return text.replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

export function jsonText(data: unknown): string {
  return unseenEscaped(JSON.stringify(data, null, 2));
}

/** A word of a command for a POSIX shell. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A name as it is, or in quotes where its spaces would not be seen. */
export function nameText(name: string): string {
  return /^$|^\s|\s$|\s\s/.test(name) ? quoted(name) : name;
}
