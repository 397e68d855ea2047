// Writes the tables of config keys and inputs in README.md from the comments of their declarations. `--check` compares instead.
import { declaredInputs, declaredSettings } from "./declarations.mjs";
import { root, writePart } from "./generatedPart.mjs";

const settings = (await declaredSettings(root)).map(
  (one) => `| \`elevenlabs:${one.name}\`${one.isSecret ? " (secret)" : ""} | ${one.defaultText ?? "–"} | ${one.docs} |`,
);
await write("config", ["| Pulumi config | default | meaning |", ...settings]);

const inputs = (await declaredInputs(root)).map((one) => `| \`${one.name}\` | ${defaultOf(one)} | ${cell(one.docs)} |`);
await write("inputs", ["| input | default | meaning |", ...inputs]);

function write(name, [head, ...rows]) {
  const text = [head, "|---|---|---|", ...rows].join("\n");
  return writePart({ page: "README.md", name, command: "npm run docs:inputs", text });
}

function defaultOf({ isRequired, defaultText, defaultValue }) {
  if (isRequired) return "required";
  if (defaultText === undefined) return "–";
  return cell(defaultText === JSON.stringify(defaultValue) ? `\`${defaultText}\`` : defaultText);
}

function cell(text) {
  return text.replaceAll("|", "\\|");
}
