import cliui from "cliui";
import stringWidth from "string-width";
import { harmless } from "../api/index.js";
import { type Style, styled } from "./terminal.js";

export type Cell = string | { text: string; style: Style };

const GAP = 2;
/** No column is made narrower, in a terminal of any width. */
const NARROWEST = 6;

/** Columns that fit `width`: the widest ones are broken into lines. Without a width, a row is a line. */
export function table(head: string[], rows: Cell[][], width: number | undefined): string {
  const all = [head.map((text): Cell => ({ text, style: "bold" })), ...rows].map((row) => row.map(shown));
  const natural = head.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column]?.text ?? ""))));
  const widths = width === undefined ? natural : fitted(natural, width - GAP * (head.length - 1));
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

/** The same widths, the largest of them cut to one that makes them fit. */
function fitted(widths: number[], width: number): number[] {
  let most = Math.max(...widths);
  const sum = () => widths.reduce((total, natural) => total + Math.min(natural, most), 0);
  while (most > NARROWEST && sum() > width) most--;
  return widths.map((natural) => Math.min(natural, most));
}

function shown(cell: Cell): { text: string; style?: Style } {
  return typeof cell === "string" ? { text: harmless(cell) } : { ...cell, text: harmless(cell.text) };
}
