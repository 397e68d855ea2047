// The inputs of WorkspaceSecret and the config keys, as their declarations describe them: the comments, which are the
// documentation that users read, and the declared properties.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { commentOf, evaluated } from "./evaluated.mjs";

/**
 * Returns `{ name, docs, defaultText, accepts, defaultValue, isRequired, isSecret, onChange, inState }` for each input, in
 * order.
 */
export async function declaredInputs(root) {
  const inputs = await declared(join(root, "provider/secret/inputs.ts"), "INPUTS");
  return inputs.map(({ rule, ...input }) => ({ ...input, accepts: rule.accepts }));
}

/** Returns `{ name, docs, defaultText, accepts, defaultValue, isWhole, variable, isSecret }` for each config key, in order. */
export function declaredSettings(root) {
  return declared(join(root, "provider/workspaces/declaredSettings.ts"), "SETTINGS");
}

/** The properties of the object that a module exports under this name, with their comments. */
async function declared(file, exportName) {
  const { [exportName]: declarations } = await evaluated(file);
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isVariableDeclaration(node) && node.name.text === exportName) {
      let object = node.initializer;
      while (!ts.isObjectLiteralExpression(object)) object = object.expression;
      for (const property of object.properties) {
        const name = property.name.text;
        const { docs, defaultText } = commentOf(property);
        const { defaultValue } = declarations[name];
        if (defaultValue !== undefined && defaultText !== JSON.stringify(defaultValue)) {
          throw new Error(`${file}: the default in the comment of ${name} isn't the declared default`);
        }
        found.push({ name, docs: onOneLine(docs), defaultText: onOneLine(defaultText), ...declarations[name] });
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
