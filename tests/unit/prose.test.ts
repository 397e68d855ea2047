import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const run = promisify(execFile);

/** Evaluates an expression over the exports of scripts/prose.mjs, in a separate process because jest runs CommonJS. */
async function evaluate<T>(expression: string): Promise<T> {
  const source = `import { RULES, check, checkFile } from "./scripts/prose.mjs"; console.log(JSON.stringify(${expression}));`;
  return JSON.parse((await run(process.execPath, ["--input-type=module", "-e", source])).stdout);
}

async function findingsIn(file: string, source: string): Promise<string[]> {
  const findings = await evaluate<{ id: string; kind: string; line: number }[]>(
    `checkFile(${JSON.stringify(file)}, ${JSON.stringify(source)})`,
  );
  return findings.map(({ id, kind, line }) => `${line} ${kind} ${id}`);
}

test("each rule finds its bad example, and no rule finds a good one", async () => {
  const examples = await evaluate<{ id: string; write: string; inBad: string[]; inGood: string[] }[]>(`
    RULES.map(({ id, write, kinds = ["comment"], bad, good }) => {
      const found = (text) => check({ kind: kinds[0], text }).map((finding) => finding.id);
      return { id, write, inBad: found(bad), inGood: found(good) };
    })`);
  expect(examples.length).toBeGreaterThan(80);
  for (const { id, inBad, inGood, write } of examples) {
    expect({ id, isFound: inBad.includes(id), inGood }).toEqual({ id, isFound: true, inGood: [] });
    expect(write).toMatch(/\S/);
  }
});

test("the check reads comments and strings of TypeScript, but no code", async () => {
  const source = `
/**
 * Returns a value in
 * spite of \`the cure\`.
 */
function cure(odd: string) { // The cure.
  // The first line, and one more that gives
  // the secret up.
  return \`the \${odd.answer} is "beside" it\` + "cure" + /cure me/;
}`;
  expect(await findingsIn("provider/some.ts", source)).toEqual([
    "3 comment in-spite",
    "6 comment cure",
    "7 comment gives-up",
    "9 message beside",
  ]);
});

test("the check reads titles of tests, but no other strings", async () => {
  const source = `
describe("a cure", () => {
  test("is refused", () => expect("the cure is odd").toBe("x"));
  test.each([["the odd cure"]])("a secret %s has a cure", run);
});`;
  expect(await findingsIn("tests/unit/some.test.ts", source)).toEqual([
    "2 suite cure",
    "3 title title-fragment",
    "4 title cure",
  ]);
});

test("the check reads prose of Markdown, but no code, URLs or comments", async () => {
  const source =
    "# The cure\n\n`cure` [link](cure.md) <!-- the cure -->\n\n```ts\n// the cure\n```\n\n| a | in\n- spite of b, in\n  spite of c";
  expect(await findingsIn("docs/some.md", source)).toEqual(["1 docs cure", "10 docs in-spite"]);
});

test("the check reads comments and quoted sentences of YAML and shell", async () => {
  expect(await findingsIn("some.yml", 'cure: a\n# The cure.\nrun: echo "The odd one."')).toEqual([
    "2 comment cure",
    "3 message the-one",
    "3 message odd",
  ]);
});

test("the command checks the given paths, and says what to write", async () => {
  const folder = await mkdtemp(join(process.env.TEST_ROOT ?? "", "prose-"));
  await run("git", ["init", "--quiet"], { cwd: folder });
  await writeFile(join(folder, "bad.md"), "The cure.\n");
  await writeFile(join(folder, "good.md"), "The fix.\n");
  const prose = (path: string) => run(process.execPath, [resolve("scripts/prose.mjs"), path], { cwd: folder });
  await expect(prose("good.md")).resolves.toMatchObject({ stdout: "", stderr: "" });
  await expect(prose("bad.md")).rejects.toMatchObject({
    code: 1,
    stdout: 'bad.md:1: instead of "cure": "fix" [cure]\n',
  });
  await expect(prose("missing.md")).rejects.toMatchObject({ stderr: expect.stringContaining("missing.md") });
});
