// The inputs of WorkspaceSecret, from provider/secret/inputs.ts: the comments, which are the documentation that users read,
// and the values that each input accepts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import ts from "typescript";

const SOURCE = "provider/secret/inputs.ts";

/**
 * Returns `{ name, docs, defaultText, accepts, defaultValue, isRequired, isSecret, onChange, inState }` for each input, in
 * order.
 */
export async function declaredInputs(root) {
  const { INPUTS } = await evaluated(join(root, SOURCE));
  return commentsOf(join(root, SOURCE)).map(({ name, docs, defaultText }) => {
    const { rule, ...declaration } = INPUTS[name];
    return { name, docs, defaultText, accepts: rule.accepts, ...declaration };
  });
}

async function evaluated(file) {
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

function commentsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isVariableDeclaration(node) && node.name.text === "INPUTS") {
      for (const property of node.initializer.properties)
        found.push({ name: property.name.text, ...commentOf(property) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function commentOf(property) {
  const [comment] = ts.getJSDocCommentsAndTags(property);
  const text = (part) => (ts.getTextOfJSDocComment(part) ?? "").replaceAll(/\s+/g, " ").trim();
  const tag = comment?.tags?.find(({ tagName }) => tagName.text === "default");
  return { docs: text(comment?.comment), defaultText: tag && text(tag.comment) };
}
