import { extname } from "node:path";
import ts from "typescript";

/** Code and values become "…" of the same length, so that no rule reads them and every offset stays right. */
const hide = (code) => code.replace(/\S/g, "…");
const erase = (text) => text.replace(/[^\n]/g, " ");

/** Lists the blocks of a Markdown text (paragraphs, headings, list items, table cells) without code, URLs and markers. */
function blocks(text, start, kind) {
  const prose = text
    .replace(/^([ \t]*)(`{3,}|~{3,})[\s\S]*?(?:^[ \t]*\2|$(?![\s\S]))/gm, erase)
    .replace(/<!--[\s\S]*?-->|^[ \t]*>/gm, erase)
    .replace(/(`+)[\s\S]*?\1|\{@\w+[^}]*\}|<[^<>\n]+>/g, hide)
    .replace(/(?<=\])\([^)]*\)|https?:\S+/g, erase);
  let at = start;
  return prose.split(/(\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.|#+|@\w+)\s)|\|)/).flatMap((block) => {
    const [marker] = /^\s*(?:[-*+]\s+|\d+\.\s+|#+\s+|@\w+\s+)?[*_"[(]*/.exec(block);
    const passage = { kind, text: block.slice(marker.length).trimEnd(), start: at + marker.length };
    at += block.length;
    return /\p{L}{2}/u.test(passage.text) ? [passage] : [];
  });
}

/** Lists the comments of a syntax tree. `//` comments on consecutive lines are one. */
function comments(tree) {
  const source = tree.text;
  const found = new Map();
  const visit = (node) => {
    if (ts.isJSDoc(node)) return;
    for (const range of ts.getLeadingCommentRanges(source, node.pos) ?? []) found.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(source, node.end) ?? []) found.set(range.pos, range);
    for (const child of node.getChildren(tree)) visit(child);
  };
  visit(tree);
  const merged = [];
  for (const { pos, end, kind } of [...found.values()].sort((a, b) => a.pos - b.pos)) {
    const last = merged.at(-1);
    const isBlock = kind === ts.SyntaxKind.MultiLineCommentTrivia;
    if (last && !last.isBlock && !isBlock && /^[ \t]*\n[ \t]*$/.test(source.slice(last.end, pos))) last.end = end;
    else merged.push({ pos, end, isBlock });
  }
  return merged.flatMap(({ pos, end, isBlock }) => {
    const marker = isBlock ? /^\/\*+|\*+\/$|^[ \t]*\*/gm : /^[ \t]*\/\//gm;
    return blocks(source.slice(pos, end).replace(marker, erase), pos, "comment");
  });
}

/** The name of the test function that is called, such as "test" for `test.each(rows)(title, run)`. */
function testFunction({ expression }) {
  if (ts.isIdentifier(expression)) return /^(test|describe)$/.exec(expression.text)?.[0];
  return ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression)
    ? testFunction(expression)
    : undefined;
}

/** Lists the strings of a syntax tree that people read. In tests, these are the titles. */
function strings(tree, isTest) {
  const found = [];
  const visit = (node, kind) => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      let text = node
        .getText(tree)
        .slice(1, -1)
        .replace(/\\[nt]/g, "  ");
      for (const { expression } of [...(node.templateSpans ?? [])].reverse()) {
        const [from, to] = [expression.pos, expression.end].map((at) => at - node.getStart(tree) - 1);
        text = text.slice(0, from - 2) + hide(text.slice(from - 2, to + 1).replace(/\s/g, "…")) + text.slice(to + 1);
      }
      if (kind && /[\p{L}…] +[\p{L}…]/u.test(text)) found.push(...blocks(text, node.getStart(tree) + 1, kind));
    }
    const title = ts.isCallExpression(node) && testFunction(node) && node.arguments[0];
    const titleKind = title && testFunction(node) === "test" ? "title" : "suite";
    ts.forEachChild(node, (child) => visit(child, child === title ? titleKind : isTest ? undefined : "message"));
  };
  visit(tree);
  return found;
}

/** Lists the prose of a file: comments, messages, docs and test titles, each with its offset. */
export function passagesOf(file, source) {
  const extension = extname(file);
  if (extension === ".md") return blocks(source, 0, "docs");
  if (/^\.[cm]?[jt]s$/.test(extension)) {
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
    return [...comments(tree), ...strings(tree, file.startsWith("tests/"))];
  }
  const lines = [...source.matchAll(/(?:^[ \t]*(?:#|\/\/)[^\n]*\n?)+/gm)].flatMap(({ 0: text, index }) =>
    blocks(text.replace(/^[ \t]*(?:#!.*|#+|\/\/)/gm, erase), index, "comment"),
  );
  const quoted = [...source.matchAll(/(?<=^[^#\n]*")[^"\n]*\p{L} +\p{L}[^"\n]*(?=")/gmu)];
  return [...lines, ...quoted.flatMap(({ 0: text, index }) => blocks(text, index, "message"))];
}
