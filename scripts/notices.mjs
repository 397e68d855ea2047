import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// They ask for their notice, or for nothing. Another one is for a person to judge.
const ALLOWED = [
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "0BSD",
  "Unlicense",
  "CC0-1.0",
];

/** The licences of what is bundled, each in full. Throws where one is missing or is not allowed. */
export function notices(packages) {
  const sections = packages.map(({ id, license, folder, files }) => {
    if (!ALLOWED.includes(license))
      throw new Error(`${id} is bundled, and its licence is not one of those allowed: ${license}`);
    const text = licenceIn(folder);
    if (text === "") throw new Error(`${id} is bundled, and has no text of its licence (${license}): ${folder}`);
    return `${id} (${license}), in ${files.join(", ")}\n\n${text}\n`;
  });
  return ["This package holds code of these packages, under their licences.\n", ...sections].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

function licenceIn(folder) {
  const names = readdirSync(folder).sort();
  const read = (name) => readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim();
  const texts = names.filter((name) => /^(licen[cs]e|copying)/i.test(name)).map(read);
  if (texts.length === 0)
    texts.push(
      ...names
        .filter((name) => /^readme/i.test(name))
        .map(read)
        .map(licenceSection),
    );
  // An Apache licence wants this one kept too.
  const notice = names.filter((name) => /^notice/i.test(name)).map(read);
  return texts.join("") && [...texts, ...notice].join("\n\n");
}

/** Some packages have their licence in the README alone. One that only names it there has no text of it. */
function licenceSection(readme) {
  const [section = ""] = /^(?:#+ *)?licen[cs]e\b.*\n[\s\S]*/im.exec(readme) ?? [];
  return /copyright/i.test(section) ? section : "";
}
