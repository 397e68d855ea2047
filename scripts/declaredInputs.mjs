// The inputs of WorkspaceSecret, from provider/secret/inputs.ts: the comments, which are the documentation that users read,
// and the values that each input accepts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { commentOf, evaluated } from "./evaluated.mjs";

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

function commentsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isVariableDeclaration(node) && node.name.text === "INPUTS") {
      for (const property of node.initializer.properties) {
        const { docs, defaultText } = commentOf(property);
        found.push({ name: property.name.text, docs: onOneLine(docs), defaultText: onOneLine(defaultText) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function onOneLine(text) {
  return text?.replaceAll(/\s+/g, " ");
}
