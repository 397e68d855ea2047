// Writes the table of inputs in README.md from the comments in provider/secret/inputs.ts. `--check` compares instead.
import { declaredInputs } from "./declaredInputs.mjs";
import { root, writePart } from "./generatedPart.mjs";

const rows = (await declaredInputs(root)).map(
  (input) => `| \`${input.name}\` | ${defaultOf(input)} | ${cell(input.docs)} |`,
);
const text = ["| input | default | meaning |", "|---|---|---|", ...rows].join("\n");
await writePart({ page: "README.md", name: "inputs", command: "npm run docs:inputs", text });

function defaultOf({ isRequired, defaultText, defaultValue }) {
  if (isRequired) return "required";
  if (defaultText === undefined) return "–";
  return cell(defaultText === JSON.stringify(defaultValue) ? `\`${defaultText}\`` : defaultText);
}

function cell(text) {
  return text.replaceAll("|", "\\|");
}
