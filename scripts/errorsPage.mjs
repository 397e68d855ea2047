// Writes the sections of docs/errors.md: for each kind of message, an example from the tests, and the comment of its declaration.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { commentOf, evaluated } from "./evaluated.mjs";
import { root, writePart } from "./generatedPart.mjs";

const CHAPTERS = [
  {
    title: "Config and program",
    files: [
      "provider/messages/config.ts",
      "provider/component/wording.ts",
      "provider/hosts/plugin/component/wording.ts",
      "sdk/nodejs/wording.ts",
      "provider/messages/environment.ts",
    ],
  },
  {
    title: "Check",
    intro:
      "A preview reports all these errors of one resource together, each on its input. The errors of another resource may appear\nonly at the next preview. `INPUT` stands for the name of the input.",
    files: ["provider/messages/check.ts"],
  },
  { title: "Secret", files: ["provider/messages/secret.ts"] },
  { title: "Any call", files: ["provider/messages/api.ts"] },
  { title: "Command line", files: ["cli/wording.ts", "cli/render/wording.ts"] },
];

const { EXAMPLES } = await evaluated(`${root}tests/unit/messageExamples.ts`);
const chapters = CHAPTERS.map(({ files, ...chapter }) => ({ ...chapter, kinds: files.flatMap(declaredIn) }));
const declared = chapters.flatMap(({ kinds }) => kinds);
const problems = new Set(declared.filter(({ creates }) => creates === "problem").map(({ kind }) => kind));
// A preview may find a problem earlier, as a check failure.
const isRepeated = ({ kind, creates }) => creates === "checkFailure" && problems.has(kind);
const parts = [
  ...chapters.map(({ title, intro, kinds }) =>
    chapterText(
      { title, intro },
      kinds.filter((one) => one.creates !== "warning" && !isRepeated(one)),
    ),
  ),
  chapterText(
    { title: "Warnings", intro: "A warning doesn't stop the run." },
    declared.filter(({ creates }) => creates === "warning"),
  ),
];
await writePart({ page: "docs/errors.md", name: "errors", command: "npm run docs:errors", text: parts.join("\n") });

/** The kinds that a file declares, in order: `export const nameTaken = problem("name-taken", ...)`. */
function declaredIn(file) {
  const source = ts.createSourceFile(file, readFileSync(root + file, "utf8"), ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const [{ name, initializer }] = statement.declarationList.declarations;
    const creates = initializer && ts.isCallExpression(initializer) && initializer.expression.getText();
    if (!["problem", "checkFailure", "warning"].includes(creates)) return [];
    return [{ name: name.text, kind: initializer.arguments[0].text, creates, more: commentOf(statement).docs }];
  });
}

function chapterText({ title, intro }, kinds) {
  return [`## ${title}\n`, ...(intro ? [`${intro}\n`] : []), ...kinds.map(sectionText)].join("\n");
}

function sectionText({ name, kind, creates, more }) {
  const { text: example, facts } = EXAMPLES.find((one) => one.name === name);
  const isIncomplete = creates === "checkFailure" && !example.startsWith("elevenlabs:");
  // The engine puts the name of the input before it.
  const text = isIncomplete ? `${facts.key ?? "INPUT"} ${example}` : example;
  return [`### ${kind}`, `\`\`\`text\n${text}\n\`\`\``, ...(more ? [more] : [])].map((part) => `${part}\n`).join("\n");
}
