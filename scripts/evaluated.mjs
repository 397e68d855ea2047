// Reads TypeScript sources: the exports of a module, and the comments of its declarations.
import { build } from "esbuild";
import ts from "typescript";

/** The exports of a TypeScript module. Modules of Node.js and of packages are empty. */
export async function evaluated(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
  });
  const module = { exports: {} };
  new Function("module", "exports", "require", outputFiles[0].text)(module, module.exports, () => ({}));
  return module.exports;
}

/** The text of a declaration's comment, and of its tag `@default`. Both may be undefined. */
export function commentOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).at(-1);
  const text = (part) => part && ts.getTextOfJSDocComment(part.comment)?.trim();
  return { docs: text(comment), defaultText: text(comment?.tags?.find(({ tagName }) => tagName.text === "default")) };
}
