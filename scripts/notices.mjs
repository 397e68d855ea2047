import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// These licences require at most that their text is kept. Before you add another one, check what it requires.
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

/** Returns the full licence of each bundled package. Throws if one has no licence text or its licence isn't allowed. */
export function notices(packages) {
  const sections = packages.map(({ id, license, folder, files }) => {
    if (!isAllowed(license))
      throw new Error(`${id} is bundled, and its licence is not one of those allowed: ${license}`);
    const text = licenceIn(folder);
    if (text === "") throw new Error(`${id} is bundled, and has no text of its licence (${license}): ${folder}`);
    return `${id} (${license}), in ${files.join(", ")}\n\n${text}\n`;
  });
  return ["This package contains code of the following packages, under their licences.\n", ...sections].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

/** A licence, or several that all apply. */
function isAllowed(license = "") {
  return license
    .replace(/^\((.*)\)$/, "$1")
    .split(" AND ")
    .every((one) => ALLOWED.includes(one));
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
  // The Apache licence requires that the notice is also kept.
  const notice = names.filter((name) => /^notice/i.test(name)).map(read);
  return texts.join("") && [...texts, ...notice].join("\n\n");
}

/** Some packages have their licence only in the README. A README that contains only the licence's name isn't enough. */
function licenceSection(readme) {
  const [section = ""] = /^(?:#+ *)?licen[cs]e\b.*\n[\s\S]*/im.exec(readme) ?? [];
  return /copyright/i.test(section) ? section : "";
}
