import cliui from "cliui";
import stringWidth from "string-width";
import { quoted, sanitized } from "../provider/messages/sanitize.js";
import { styled } from "./terminal.js";

const GAP = 2;

/**
 * A table that fits `width`: the widest columns wrap between words. If it still doesn't fit, each row becomes a list of
 * lines, because an id must stay in one piece to be copied. Without a width, each row is one line.
 */
export function table(head: string[], rows: string[][], width: number | undefined): string {
  const cells = rows.map((row) => row.map(sanitized));
  const all = [head, ...cells];
  const widest = (measure: (text: string) => number) =>
    head.map((_, column) => Math.max(...all.map((row) => measure(row[column] ?? ""))));
  const natural = widest(stringWidth);
  const widths = width === undefined ? natural : fitted(natural, widest(longestWord), width - GAP * (head.length - 1));
  if (widths === undefined) return lists(head, cells);
  const ui = cliui({ width: width ?? 0, wrap: width !== undefined });
  for (const row of all) {
    ui.div(
      ...row.map((text, column) => {
        const gap = column < row.length - 1 ? GAP : 0;
        const padding: [number, number, number, number] = [0, gap, 0, 0];
        return { text: row === head ? styled("bold", text) : text, width: (widths[column] ?? 0) + gap, padding };
      }),
    );
  }
  return ui.toString();
}

/** A secret's name as a cell: in quotes if it has spaces that a table would hide. */
export function nameCell(name: string): string {
  return /^$|^\s|\s$|\s\s/.test(name) ? quoted(name) : name;
}

/** The column widths, with the largest cut until they fit, but none below its minimum; undefined if they can't fit. */
function fitted(natural: number[], minimums: number[], width: number): number[] | undefined {
  const cutTo = (limit: number) =>
    natural.map((column, index) => Math.max(Math.min(column, limit), minimums[index] ?? 0));
  for (let limit = Math.max(...natural); limit > 0; limit--) {
    const widths = cutTo(limit);
    if (widths.reduce((sum, column) => sum + column) <= width) return widths;
  }
  return undefined;
}

function longestWord(text: string): number {
  return Math.max(...text.split(/\s/).map((word) => stringWidth(word)));
}

function lists(head: string[], rows: string[][]): string {
  const labelWidth = Math.max(...head.map((label) => stringWidth(label)));
  const lines = (row: string[]) =>
    row.map((text, column) => `${(head[column] ?? "").padEnd(labelWidth + GAP)}${text}`.trimEnd()).join("\n");
  return rows.map(lines).join("\n\n");
}
