import cliui from "cliui";
import stringWidth from "string-width";
import { harmless } from "../provider/messages/foreignText.js";
import { type Style, styled } from "./terminal.js";

export type Cell = string | { text: string; style: Style };

const GAP = 2;

/**
 * Columns that fit `width`: the widest ones are broken into lines, between words. Where even these are too wide, each row
 * is a list of lines instead: a word may be an id, which can only be copied whole. Without a width, a row is a line.
 */
export function table(head: string[], rows: Cell[][], width: number | undefined): string {
  const all = [head.map((text): Cell => ({ text, style: "bold" })), ...rows].map((row) => row.map(shown));
  const widest = (of: (text: string) => number) =>
    head.map((_, column) => Math.max(...all.map((row) => of(row[column]?.text ?? ""))));
  const natural = widest(stringWidth);
  const widths = width === undefined ? natural : fitted(natural, widest(longestWord), width - GAP * (head.length - 1));
  if (widths === undefined) return lists(head, all.slice(1));
  const ui = cliui({ width: width ?? 0, wrap: width !== undefined });
  for (const row of all) {
    ui.div(
      ...row.map(({ text, style }, column) => {
        const gap = column < row.length - 1 ? GAP : 0;
        const padding: [number, number, number, number] = [0, gap, 0, 0];
        return { text: style ? styled(style, text) : text, width: (widths[column] ?? 0) + gap, padding };
      }),
    );
  }
  return ui.toString();
}

/** The same widths, the largest of them cut so that they fit, but none below its least; undefined where that cannot be. */
function fitted(natural: number[], least: number[], width: number): number[] | undefined {
  const cutTo = (most: number) => natural.map((one, column) => Math.max(Math.min(one, most), least[column] ?? 0));
  for (let most = Math.max(...natural); most > 0; most--) {
    const widths = cutTo(most);
    if (widths.reduce((sum, one) => sum + one) <= width) return widths;
  }
  return undefined;
}

function longestWord(text: string): number {
  return Math.max(...text.split(/\s/).map((word) => stringWidth(word)));
}

function lists(head: string[], rows: { text: string; style?: Style }[][]): string {
  const labels = Math.max(...head.map((label) => stringWidth(label)));
  const lines = (row: { text: string }[]) =>
    row.map(({ text }, column) => `${(head[column] ?? "").padEnd(labels + GAP)}${text}`.trimEnd()).join("\n");
  return rows.map(lines).join("\n\n");
}

function shown(cell: Cell): { text: string; style?: Style } {
  return typeof cell === "string" ? { text: harmless(cell) } : { ...cell, text: harmless(cell.text) };
}
