import { quoted, sanitized } from "../provider/text/sanitize.js";
import { styled } from "./terminal.js";

const GAP = "  ";

/**
 * Formats a table. If it doesn't fit `width`, each row becomes a list of lines, because an id must not be split if it is to
 * be copied. Without a width, each row is one line.
 */
export function table(head: string[], rows: string[][], width = Number.POSITIVE_INFINITY): string {
  const cells = rows.map((row) => row.map(sanitized));
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => widthOf(row[column] ?? ""))));
  const lineOf = (row: string[]) =>
    row
      .map((text, column) => padded(text, widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  const [headLine, lines] = [lineOf(head), cells.map(lineOf)];
  if ([headLine, ...lines].some((line) => widthOf(line) > width)) return lists(head, cells);
  return [styled("bold", headLine), ...lines].join("\n");
}

/** Formats a secret's name as a cell: in quotes if it has spaces that a table would hide. */
export function nameCell(name: string): string {
  return /^$|^\s|\s$|\s\s/.test(name) ? quoted(name) : name;
}

function lists(head: string[], rows: string[][]): string {
  const labelWidth = Math.max(...head.map(widthOf));
  const lines = (row: string[]) =>
    row.map((text, column) => `${padded(head[column] ?? "", labelWidth)}${GAP}${text}`.trimEnd()).join("\n");
  return rows.map(lines).join("\n\n");
}

function padded(text: string, width: number): string {
  return text + " ".repeat(width - widthOf(text));
}

/** Emoji, and the characters of Chinese, Japanese and Korean, except half-width ones. */
const WIDE =
  /\p{RGI_Emoji}|[[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303e\uff01-\uff60]--[\uff61-\uffdc]]/gv;

/** Counts the terminal columns of a string. A combining mark, such as an accent, needs no column. */
function widthOf(text: string): number {
  return [...text.replace(WIDE, "ww").replace(/\p{M}/gu, "")].length;
}
