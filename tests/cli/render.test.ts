// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the marker only looks like a placeholder of JavaScript

import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { cli, cliIn } from "../support/commandRun";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { startStack, type TestStack } from "../support/testStack";

async function write(folder: string, files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

function newFolder(files: Record<string, string> = {}): Promise<string> {
  return mkdtemp(join(process.env.TEST_ROOT ?? "", "render-")).then((folder) => write(folder, files));
}

async function read(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  return Object.fromEntries(paths.map((path, index) => [path.slice(folder.length + 1), texts[index] ?? ""]));
}

const tool = (name: string) => `{"api_schema": {"request_headers": {"Authorization": {"secret_id": "${name}"}}}}`;

function idOf(stack: { workspace: TestStack["workspace"] }, name: string): string {
  return stack.workspace.secrets().find((secret) => secret.name === name)?.id ?? "";
}

describe("render", () => {
  test("render writes the stack's ids into the files, and changes nothing else", async () => {
    const eu = await startAnother();
    const stack = await startStack();
    await addWorkspaces(stack, { eu });
    await stack.deploy(`
      new WorkspaceSecret("crm", { name: "CRM TOKEN", value: "v" });
      new WorkspaceSecret("prefixed", { name: "dev_CRM TOKEN", value: "v" });
      new WorkspaceSecret("of-eu", { name: "CRM TOKEN", value: "v", workspace: "eu" });`);
    const before =
      '\n{ "z": 1.0,\t"secret_id":"${secret:CRM\\u0020TOKEN}",\r\n "a": ["\\u00e9", {"secret_id": "other"}] }\n\n';
    const files = {
      "agents.json": '{"agents": []}',
      "tool_configs/crm.json": before,
      "tool_configs/notes.md": tool("${secret:NONE}"),
      "tool_configs/.hidden.json": tool("${secret:NONE}"),
      "node_modules/x/package.json": "{",
    };
    await write(join(stack.folder, "agents"), files);
    const requests = stack.emulator.requests.length + eu.requests.length;
    // render requires neither variable.
    const env = { ELEVENLABS_API_KEY: "", VAULT_SERVER_URL: "" };
    const render = (out: string, ...args: string[]) =>
      cliIn(stack, ["render", "agents", "--out", out, "--allow-id", "other", ...args], env);

    const rendered = await render("out");
    const asJson = await render("of/eu", "--workspace", "eu", "--json");
    const prefixed = await render("prefixed", "--prefix", "dev_", "--stack", "test");

    const ids = [idOf(stack, "CRM TOKEN"), eu.workspace().secrets()[0]?.id ?? "", idOf(stack, "dev_CRM TOKEN")];
    expect(new Set(ids).size).toBe(3);
    expect([rendered, asJson, prefixed]).toMatchObject([
      { code: 0, err: "" },
      { code: 0, err: "" },
      { code: 0, err: "" },
    ]);
    for (const [index, out] of ["out", "of/eu", "prefixed"].entries()) {
      expect(await read(join(stack.folder, out))).toEqual({
        "agents.json": files["agents.json"],
        "tool_configs/crm.json": before.replace("${secret:CRM\\u0020TOKEN}", ids[index] ?? ""),
      });
    }
    expect(await read(join(stack.folder, "agents"))).toEqual(files);
    expect(rendered.out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["FILE", "SECRETS", "RESULT"],
      ["out/agents.json", "0", "created"],
      ["out/tool_configs/crm.json", "1", "created"],
      [""],
    ]);
    expect(JSON.parse(asJson.out)).toEqual({
      stack: "test",
      provider: "default",
      workspace: "eu",
      files: [
        { file: "of/eu/agents.json", result: "created", secrets: [] },
        {
          file: "of/eu/tool_configs/crm.json",
          result: "created",
          secrets: [{ name: "CRM TOKEN", secretId: ids[1], place: "/secret_id" }],
        },
      ],
    });
    expect(stack.emulator.requests.length + eu.requests.length).toBe(requests);
  });

  test("names that the stack lacks are listed, and nothing is written", async () => {
    const eu = await startAnother();
    const stack = await startStack();
    await addWorkspaces(stack, { eu });
    await stack.deploy(`
      new WorkspaceSecret("CRM", { value: "v" });
      new WorkspaceSecret("PAY", { value: "v", workspace: "eu" });`);
    await write(join(stack.folder, "agents"), {
      "a.json": tool("${secret:CRM}"),
      "b.json": tool("${secret:PAY}"),
      "sub/c.json": `[${tool("${secret:ERP}")}, ${tool("${secret:PAY}")}]`,
    });

    const { code, out, err, kind } = await cliIn(stack, ["render", "agents", "--out", "out"]);

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "names-not-in-stack" });
    const place = "/api_schema/request_headers/Authorization/secret_id";
    for (const fact of ['"test"', '"PAY"', '"ERP"', `b.json at ${place}`, `sub/c.json at /0${place}`, `/1${place}`]) {
      expect(err).toContain(fact);
    }
    expect(err).not.toContain('"CRM"');
    expect(err).toMatch(/"PAY" with --workspace eu\.$/m);
    expect(await readdir(stack.folder)).not.toContain("out");
  });

  test("render refuses and hides an id of another stack or workspace", async () => {
    const eu = await startAnother();
    const stack = await startStack();
    await addWorkspaces(stack, { eu });
    await stack.deploy(`
      new WorkspaceSecret("CRM", { value: "v" });
      new WorkspaceSecret("PAY", { value: "v", workspace: "eu" });`);
    const theirs = eu.workspace().secrets()[0]?.id ?? "";
    const wrong = { "empty.json": "", "later.json": "REPLACE_ME", "eu.json": theirs };
    const files = Object.fromEntries(Object.entries(wrong).map(([file, id]) => [file, tool(id)]));
    await write(join(stack.folder, "agents"), { ...files, "own.json": tool(idOf(stack, "CRM")) });
    const render = (...args: string[]) => cliIn(stack, ["render", "agents", "--out", "out", ...args]);

    const { code, out, err, kind } = await render();
    const allowed = await render("--allow-id", "", "--allow-id", "REPLACE_ME", "--allow-id", theirs);

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "ids-not-in-stack" });
    for (const file of Object.keys(wrong)) expect(err).toContain(`${file} at /api_schema/`);
    for (const text of ["REPLACE_ME", theirs, "own.json"]) expect(err).not.toContain(text);
    expect(allowed).toMatchObject({ code: 0, err: "" });
  });

  test("render replaces files only with --overwrite; --check finds stale files", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("CRM", { value: "v" });');
    const folder = await write(stack.folder, {
      "agents/a.json": tool("${secret:CRM}"),
      "agents/b.json": "{}",
      "out/a.json": "by hand",
      "out/tools.json": "ids",
    });
    const render = (...args: string[]) => cliIn(stack, ["render", "agents", "--out", "out", ...args]);
    const results = (out: string) =>
      out
        .split("\n")
        .slice(1, -1)
        .map((line) => line.split(/ {2,}/).at(-1));

    const stale = await render("--check");
    const refused = await render();
    expect({ code: stale.code, results: results(stale.out) }).toEqual({ code: 2, results: ["different", "missing"] });
    expect(refused).toMatchObject({ code: 1, out: "", kind: "outputs-differ" });
    expect(refused.err).toContain("out/a.json");
    expect(await read(join(folder, "out"))).toEqual({ "a.json": "by hand", "tools.json": "ids" });

    const written = await render("--overwrite");
    expect({ code: written.code, results: results(written.out) }).toEqual({
      code: 0,
      results: ["replaced", "created"],
    });
    const after = { "a.json": tool(idOf(stack, "CRM")), "b.json": "{}", "tools.json": "ids" };
    expect(await read(join(folder, "out"))).toEqual(after);

    const [again, current] = [await render(), await render("--check")];
    for (const { code, out } of [again, current]) {
      expect({ code, results: results(out) }).toEqual({ code: 0, results: ["unchanged", "unchanged"] });
    }

    // If one file can't be replaced, render writes no file at all.
    await write(folder, { "agents/0.json": "{}", "agents/link/x.json": "{}" });
    await symlink(join(folder, "agents"), join(folder, "out/link"));
    const blocked = await render("--overwrite");
    expect(blocked).toMatchObject({ code: 1, kind: "file-not-written" });
    expect(blocked.err).toContain("out/link");
    expect(await read(join(folder, "out"))).toEqual(after);
  });

  test.each<[string, string, Record<string, string>, string[]]>([
    ["no input", "nothing-to-render", {}, ['"agents"']],
    ["no JSON files", "nothing-to-render", { "agents/README.md": "" }, ['"agents"']],
    [
      "files that aren't JSON",
      "files-unusable",
      { "agents/a.json": '{\n"a": sk_123}', "agents/b.json": "", "agents/c.json": "{}" },
      ["a.json", "line 2, column 6", "b.json", "line 1, column 1"],
    ],
    [
      "markers in other places",
      "markers-invalid",
      { "agents/a.json": '{"Authorization": "Bearer ${secret:CRM} sk_123"}', "agents/b.json": tool("${secret:}") },
      ["a.json at /Authorization", "b.json at /api_schema/request_headers/Authorization/secret_id"],
    ],
  ])("render fails for %s before it reads the stack", async (_, expectedKind, files, facts) => {
    const folder = await newFolder(files);

    const { code, out, err, kind } = await cli(["render", "agents", "--out", "out"], { folder });

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: expectedKind });
    for (const fact of facts) expect(err).toContain(fact);
    expect(err).not.toContain("sk_123");
    expect(await read(folder)).toEqual(files);
  });

  test("render lists the first few of many bad files, and counts the others", async () => {
    const folder = await newFolder(Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`agents/${n}.json`, "{"])));
    await write(folder, { "agents/00.json": "\ufeff{}", "agents/01.json": "[".repeat(1_000_000) });

    const { code, err, kind } = await cli(["render", "agents", "--out", "out"], { folder });

    expect({ code, kind }).toEqual({ code: 1, kind: "files-unusable" });
    expect(err).toMatch(/ 0\.json is not JSON .*; and 27 more\. \[/);
    expect(err).toMatch(/00\.json starts with a byte order mark.*; 01\.json is nested too deeply;/);
  });

  test("render refuses symbolic links and files that aren't UTF-8", async () => {
    const folder = await newFolder({ "agents/a.json": "{}", "README.md": "" });
    await writeFile(join(folder, "agents/latin1.json"), Buffer.from('{"a": "\xe9"}', "latin1"));
    await symlink("a.json", join(folder, "agents/link.json"));
    await symlink(".", join(folder, "agents/circle"));
    await symlink("../README.md", join(folder, "agents/README.md"));

    const { code, err, kind } = await cli(["render", "agents", "--out", "out"], { folder });

    expect({ code, kind }).toEqual({ code: 1, kind: "files-unusable" });
    for (const file of ["latin1.json", "link.json", "circle"]) expect(err).toContain(file);
    expect(err).not.toContain("README.md");
  });

  test.each([
    ["the same folder", "agents", "agents"],
    ["a folder in the input", "agents", "agents/out"],
    ["a folder whose files would be in the input", "out/agents", "out"],
    ["a link to the input", "agents", "link"],
    ["the folder of the input file", "agents/a.json", "agents"],
  ])("render doesn't write to %s", async (_, input, out) => {
    const files = { "agents/a.json": "{}", "out/agents/agents/a.json": "{}" };
    const folder = await newFolder(files);
    await symlink("agents", join(folder, "link"));

    const { code, kind } = await cli(["render", input, "--out", out], { folder });

    expect({ code, kind }).toEqual({ code: 1, kind: "output-in-input" });
    expect(await read(folder)).toEqual(files);
  });

  test("render requires a project and --out; --check excludes --overwrite", async () => {
    const folder = await newFolder({ "a.json": "{}" });
    const kinds = [];
    for (const args of [["--out", "out"], [], ["--out", "out", "--check", "--overwrite"]]) {
      kinds.push((await cli(["render", "a.json", ...args], { folder })).kind);
    }
    expect(kinds).toEqual(["no-project", "invalid-usage", "conflicting-options"]);
  });
});
