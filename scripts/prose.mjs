import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { passagesOf } from "./prose/passages.mjs";

const READ = /\.(?:md|[cm]?[jt]s|ya?ml|sh|py|go)$|(?:^|\/)(?:Makefile|run)$/;
const UNREAD = /^(?:docs\/api\/|tests\/bench\/results\/|scripts\/prose\/rules\.yml$)/;

/** The rules of prose/rules.yml. In `find`, a space stands for any white space, and START for the start of a sentence. */
export const RULES = Object.entries(
  parse(readFileSync(fileURLToPath(new URL("prose/rules.yml", import.meta.url)), "utf8")),
).map(([id, { find, in: kinds, ...rule }]) => {
  const pattern = find.replaceAll("START", "(?<=^|[.;:?!]\\s+)").replaceAll(" ", "\\s+");
  return { id, ...rule, kinds: kinds?.split(" "), pattern: new RegExp(pattern, "giu") };
});

/** Checks one passage. */
export function check({ kind, text }) {
  return RULES.filter(({ kinds }) => !kinds || kinds.includes(kind)).flatMap(({ id, pattern, write }) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ id, found, index, write })),
  );
}

/** Checks all prose of a file. */
export function checkFile(file, source) {
  const findings = passagesOf(file, source).flatMap(({ start, ...passage }) =>
    check(passage).map(({ index, ...finding }) => ({ ...finding, file, kind: passage.kind, offset: start + index })),
  );
  const lineAt = (offset) => source.slice(0, offset).split("\n").length;
  return findings.sort((a, b) => a.offset - b.offset).map((one) => ({ ...one, line: lineAt(one.offset) }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--error-unmatch", "--"];
  const git = spawnSync("git", [...args, ...process.argv.slice(2)], { encoding: "utf8" });
  if (git.status !== 0) {
    console.error(git.stderr.trim());
    process.exit(1);
  }
  const files = git.stdout.split("\n").filter((file) => READ.test(file) && !UNREAD.test(file) && existsSync(file));
  const findings = files.flatMap((file) => checkFile(file, readFileSync(file, "utf8")));
  for (const { file, line, found, write, id } of findings) {
    console.log(`${file}:${line}: instead of "${found.replace(/\s+/g, " ")}": ${write} [${id}]`);
  }
  if (findings.length > 0) {
    console.error(`${findings.length} passages aren't plain English. Each line says what to write instead.`);
    process.exitCode = 1;
  }
}
