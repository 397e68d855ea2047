import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";

interface Link {
  page: string;
  target: string;
}

async function pages(): Promise<string[]> {
  const inDocs = (await readdir("docs")).filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  return [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "tests/README.md",
    "examples/README.md",
    "templates/README.md",
    ...inDocs,
  ];
}

async function localLinks(page: string): Promise<Link[]> {
  const links = (await readFile(page, "utf8")).matchAll(/\]\(([^)\s]+)\)/g);
  return (
    [...links]
      .map(([, target = ""]) => ({ page, target }))
      // GitHub resolves `../../actions` to the repository's own workflows.
      .filter(({ target }) => !/^(?:https?:|\.\.\/\.\.\/actions\/)/.test(target))
  );
}

/** The anchors that GitHub gives the headings of a page. */
async function anchorsOf(page: string): Promise<string[]> {
  const text = (await readFile(page, "utf8")).replaceAll(/^```.*?^```/gms, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

async function isBroken({ page, target }: Link): Promise<boolean> {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(file)) return true;
  return anchor !== undefined && !(await anchorsOf(file)).includes(anchor);
}

test("every link between the pages leads to a file and a heading that exist", async () => {
  const links = (await Promise.all((await pages()).map(localLinks))).flat();
  expect(links.length).toBeGreaterThan(60);
  const broken: string[] = [];
  for (const link of links) if (await isBroken(link)) broken.push(`${link.page}: ${link.target}`);
  expect(broken).toEqual([]);
});

test("no two headings in docs/errors.md have the same anchor", async () => {
  const anchors = await anchorsOf("docs/errors.md");
  expect(anchors).toEqual([...new Set(anchors)]);
});

test("the index of docs lists every page except docs/faults.md", async () => {
  const index = await readFile("docs/README.md", "utf8");
  const missing = (await pages()).filter((page) => page.startsWith("docs/") && !index.includes(`](${page.slice(5)})`));
  expect(missing.sort()).toEqual(["docs/README.md", "docs/faults.md"]);
});
