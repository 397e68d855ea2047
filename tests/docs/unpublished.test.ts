import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { version } from "../../package.json";

/** The README says how to install the package once it is published, and warns against it until then. */
const WARNING =
  "Once it is published, use `npm install pulumi-elevenlabs`. **Don't run that before:** until then, the name may belong to someone else.";

/** The files whose commands a reader copies: the docs, the examples and the source of the command-line help. */
async function copied(): Promise<[string, string][]> {
  const paths = ["README.md", "CONTRIBUTING.md", "docs", "examples", "templates", "provider", "sdk", "cli"];
  const { stdout } = await promisify(execFile)("git", ["ls-files", "-z", ...paths]);
  const files = stdout.split("\0").filter(Boolean);
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file, await readFile(file, "utf8")]));
}

test("the README warns against an installation by name", async () => {
  expect(await readFile("README.md", "utf8")).toContain(WARNING);
});

test("no command that a reader copies installs the package from npm", async () => {
  const texts = (await copied()).map(([file, text]) => [file, text.replace(WARNING, "")] as const);
  const found = texts.flatMap(([file, text]) =>
    [
      /"pulumi-elevenlabs": *"(?!file:)/,
      // Without the second `--`, npm would read the command's options itself.
      /\bnpx (?!--no -- )[^\n`]*pulumi-elevenlabs/,
      /\b(?:npm|pnpm|yarn|bun) (?:install|i|add|dlx|x)\b[^\n`]* pulumi-elevenlabs(?!-|@file:)/,
      /\b(?:bunx|npm exec) [^\n`]*pulumi-elevenlabs/,
    ].flatMap((pattern) => pattern.exec(text)?.map((match) => `${file}: ${match}`) ?? []),
  );
  expect(found).toEqual([]);
});

test("every packed file in the docs and examples has the current version", async () => {
  const named = (await copied()).flatMap(([, text]) => text.match(/pulumi-elevenlabs-\d[\w.-]*\.tgz/g) ?? []);
  expect(named.length).toBeGreaterThan(5);
  expect([...new Set(named)]).toEqual([`pulumi-elevenlabs-${version}.tgz`]);
});
