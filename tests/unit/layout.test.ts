import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";
import ts from "typescript";

const PULUMI = /^@pulumi\//;
/** Only `sdk` imports the package by its name, to reach the other bundle. */
const ITSELF = /^pulumi-elevenlabs/;
const HTTP = /^(node:)?https?2?$|^node-fetch$/;

const COMMANDS = ["adopt", "commands", "doctor", "drift", "emulator", "render"].map((name) => `cli/${name}`);
/** The files that turn facts into sentences. */
const WORDING = /^provider\/messages\/(api|check|config|environment|owner|secret)$|\/wording$/;

/** Imports that are forbidden in a folder: other folders of the repository, and packages. */
const FORBIDDEN: { folder: string; folders: string[]; packages?: RegExp[] }[] = [
  { folder: "emulator", folders: ["provider", "cli", "sdk"], packages: [PULUMI, ITSELF] },
  { folder: "provider", folders: ["cli", "sdk", "emulator"], packages: [ITSELF] },
  { folder: "provider/api", folders: [], packages: [PULUMI] },
  { folder: "provider/secret", folders: [], packages: [PULUMI, HTTP] },
  { folder: "sdk", folders: ["cli", "emulator"] },
  // A command is read in one go: only the files directly in `cli` and `cli/pulumi` are shared.
  ...COMMANDS.map((folder) => ({ folder, folders: COMMANDS.filter((other) => other !== folder) })),
];

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes("node_modules"));
}

/** The modules that a file imports, including its types: a package by its name, a file by its path in the repository. */
function imports(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  return importedFiles.map(({ fileName }) =>
    fileName.startsWith(".") ? normalize(join(dirname(file), fileName)) : fileName,
  );
}

describe("imports", () => {
  test.each(FORBIDDEN)("$folder has no forbidden import", ({ folder, folders, packages = [] }) => {
    const files = sourceFiles(folder);
    expect(files.flatMap(imports)).not.toEqual([]);

    const isForbidden = (path: string) =>
      folders.some((other) => path.startsWith(`${other}/`)) || packages.some((name) => name.test(path));
    const found = files.flatMap((file) => imports(file).map((path) => ({ file, path })));
    expect(found.filter(({ path }) => isForbidden(path))).toEqual([]);
  });

  test("the scan sees static, type, re-exported and dynamic imports", () => {
    expect(imports("emulator/server.ts")).toContain("emulator/limits");
    expect(imports("emulator/server.ts")).toContain("node:http");
    expect(imports("emulator/index.ts")).toContain("emulator/secretStore");
    expect(imports("provider/hosts/dynamic/host.ts")).toContain("@pulumi/pulumi");
    expect(imports("provider/hosts/dynamic/warn.ts")).toContain("@pulumi/pulumi/log/index.js");
  });
});

test("facts are typed where they are found, not in the wording", () => {
  const isWording = (file: string) => WORDING.test(file.replace(/\.[jt]s$/, ""));
  const others = ["cli", "provider", "sdk"].flatMap(sourceFiles).filter((file) => !isWording(file));
  const found = others.flatMap((file) =>
    typeImports(file)
      .filter(({ from }) => isWording(from))
      .map(({ name }) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
  expect(typeImports("provider/messages/check.ts")).toContainEqual({
    name: "InvalidConfig",
    from: "provider/messages/config.js",
  });
});

/** The types that a file imports from other files of the repository. */
function typeImports(file: string): { name: string; from: string }[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  return source.statements.filter(ts.isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
    const from = (moduleSpecifier as ts.StringLiteral).text;
    const bindings = importClause?.namedBindings;
    if (!from.startsWith(".") || !bindings || !ts.isNamedImports(bindings)) return [];
    return bindings.elements
      .filter(({ isTypeOnly }) => isTypeOnly || importClause.phaseModifier === ts.SyntaxKind.TypeKeyword)
      .map(({ name }) => ({ name: name.text, from: normalize(join(dirname(file), from)) }));
  });
}
