import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { ALL_KINDS } from "../unit/messageExamples";

async function sections(): Promise<Map<string, string>> {
  const [kinds = ""] = (await readFile("docs/errors.md", "utf8")).split("\n## Troubleshooting");
  const found = [...kinds.matchAll(/^### (.+)\n((?:(?!^##).*\n?)*)/gm)];
  return new Map(found.map(([, title = "", text = ""]) => [title, text]));
}

test("docs/errors.md has one heading for each kind of error and warning", async () => {
  const page = await readFile("docs/errors.md", "utf8");
  const [kinds = ""] = page.split("\n## Troubleshooting");
  const headings = [...kinds.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
  // One kind may be found at preview or later.
  const all = new Set(ALL_KINDS.map(([, { kind }]) => kind));
  expect(headings.sort()).toEqual([...all].sort());
});

test("each kind in docs/errors.md has a cause and a fix", async () => {
  const incomplete = [...(await sections())].filter(([, text]) => !/\*\*Cause:\*\* .*\*\*Fix:\*\* /s.test(text));
  expect(incomplete.map(([kind]) => kind)).toEqual([]);
});
