import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { version } from "../../package.json";

/** What a reader copies: the docs, the examples and the help of the command line. */
async function copied(): Promise<[string, string][]> {
  const paths = ["README.md", "CONTRIBUTING.md", "docs", "examples", "provider", "sdk"];
  const { stdout } = await promisify(execFile)("git", ["ls-files", "-z", ...paths]);
  const files = stdout.split("\0").filter(Boolean);
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file, await readFile(file, "utf8")]));
}

test("nothing that a reader copies takes the package from a registry", async () => {
  const found = (await copied()).flatMap(([file, text]) =>
    [
      /"pulumi-elevenlabs": *"(?!file:)/,
      // Without the second `--`, npm takes the options of the command.
      /\bnpx (?!--no -- )[^\n`]*pulumi-elevenlabs/,
      /\b(?:npm|pnpm|yarn|bun) (?:install|i|add|dlx|x)\b[^\n`]* pulumi-elevenlabs(?!-)/,
      /\b(?:bunx|npm exec) [^\n`]*pulumi-elevenlabs/,
    ].flatMap((pattern) => pattern.exec(text)?.map((match) => `${file}: ${match}`) ?? []),
  );
  expect(found).toEqual([]);
});

test("every packed file that the docs and examples name is that of this version", async () => {
  const named = (await copied()).flatMap(([, text]) => text.match(/pulumi-elevenlabs-\d[\w.-]*\.tgz/g) ?? []);
  expect(named.length).toBeGreaterThan(5);
  expect([...new Set(named)]).toEqual([`pulumi-elevenlabs-${version}.tgz`]);
});
