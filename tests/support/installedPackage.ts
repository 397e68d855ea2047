import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@jest/globals";
import { type Example, openProject } from "./exampleProject";

const REPO = process.cwd();

/** The package as npm packs and installs it. */
export interface Installation {
  /** Contains only this installation. */
  folder: string;
  tarball: string;
  bytes: number;
  files: string[];
}

export async function installTarball(): Promise<Installation> {
  const folder = await mkdtemp(join(process.env.TEST_ROOT ?? "", "package-"));
  // Not built again: other tests use the present build at the same time.
  const said = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], REPO);
  const [{ filename, files, size }] = JSON.parse(said);
  const tarball = join(folder, filename);
  const versions = ["@pulumi/pulumi", "typescript", "@types/node"].map(async (name) => {
    const { TEST_SDK } = process.env;
    if (name === "@pulumi/pulumi" && TEST_SDK !== undefined) return `${name}@${TEST_SDK}`;
    const { version } = JSON.parse(await readFile(join(REPO, "node_modules", name, "package.json"), "utf8"));
    return `${name}@${version}`;
  });
  await writeFile(join(folder, "package.json"), "{}");
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", ["install", ...quietly, tarball, ...(await Promise.all(versions))], folder);
  return { folder, tarball, bytes: size, files: files.map(({ path }: { path: string }) => path) };
}

const BODY = `
const token = new WorkspaceSecret("CRM_TOKEN", { value: new pulumi.Config().requireSecret("token") });
export const tokenId = token.secretId;
`;
const IMPORTS = `import * as pulumi from "@pulumi/pulumi";\nimport { WorkspaceSecret } from "pulumi-elevenlabs";\n`;
const REQUIRES = `const pulumi = require("@pulumi/pulumi");\nconst { WorkspaceSecret } = require("pulumi-elevenlabs");\n`;
const STRICT = { strict: true, target: "es2022", module: "nodenext", types: ["node"] };

const JAVASCRIPT = "{ name: nodejs, options: { typescript: false } }";
const AS_COMMONJS = ["export const tokenId", "exports.tokenId"] as const;
const PLUGIN = "{ name: elevenlabs, path: ../node_modules/pulumi-elevenlabs/dist/plugin }";

/** The files of a program that creates one secret, by its language. */
export const PROGRAMS = {
  TypeScript: {
    "Pulumi.yaml": "{ name: typescript, runtime: nodejs }",
    "package.json": JSON.stringify({ main: "index.ts" }),
    "tsconfig.json": JSON.stringify({ compilerOptions: STRICT }),
    "index.ts": IMPORTS + BODY,
  },
  "plain JavaScript": {
    "Pulumi.yaml": `{ name: javascript, runtime: ${JAVASCRIPT} }`,
    "package.json": JSON.stringify({ main: "index.js" }),
    "index.js": REQUIRES + BODY.replace(...AS_COMMONJS),
  },
  ESM: {
    "Pulumi.yaml": `{ name: esm, runtime: ${JAVASCRIPT} }`,
    "package.json": JSON.stringify({ main: "index.js", type: "module" }),
    "index.js": IMPORTS + BODY,
  },
  "JavaScript with the native plugin": {
    "Pulumi.yaml": `{ name: native, runtime: ${JAVASCRIPT}, plugins: { providers: [${PLUGIN}] } }`,
    "package.json": JSON.stringify({ main: "index.js" }),
    "index.js": REQUIRES.replace("pulumi-elevenlabs", "pulumi-elevenlabs/native") + BODY.replace(...AS_COMMONJS),
  },
};

/** Runs up, refresh and destroy of one of these programs with the installed package. */
export async function runProgram(installation: Installation, language: keyof typeof PROGRAMS): Promise<void> {
  const folder = await addProject(installation, `program-${language.replaceAll(" ", "-")}`, PROGRAMS[language]);
  const program = await openProject(folder);
  await deploy(program);
  expect(program.secrets()).toEqual({ CRM_TOKEN: "v1" });
  const [created] = program.emulator.workspace().secrets();
  expect(await program.run("pulumi stack output tokenId")).toBe(`${created?.id}\n`);

  await program.run("pulumi refresh --expect-no-changes");

  await program.run("pulumi destroy");
  expect(program.secrets()).toEqual({});
}

export async function deploy(program: Example): Promise<void> {
  await program.run("pulumi stack init dev");
  await program.run("pulumi config set --secret token", { input: "v1" });
  await program.run("pulumi up");
}

/** Makes a folder below the installation. */
export async function addProject(
  installation: Installation,
  name: string,
  files: Record<string, string>,
): Promise<string> {
  const folder = join(installation.folder, name);
  await mkdir(folder);
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

export async function run(command: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, maxBuffer: 1 << 24 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  }
}
