import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { commandsOf, copyExample, type Example, openProject } from "../support/exampleProject";

const REPO = process.cwd();
const BIN = join(REPO, "node_modules/.bin");

/** An empty folder into which the package was installed from its tarball. */
let installation: string;
let tarball: string;
let packed: string[];
let packedBytes: number;

beforeAll(async () => {
  installation = await mkdtemp(join(process.env.TEST_ROOT ?? "", "package-"));
  // Not built again: other tests use the present build at the same time.
  const said = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", installation], REPO);
  const [{ filename, files, size }] = JSON.parse(said);
  tarball = join(installation, filename);
  packedBytes = size;
  packed = files.map(({ path }: { path: string }) => path);
  const versions = ["@pulumi/pulumi", "typescript", "@types/node"].map(async (name) => {
    const { version } = JSON.parse(await readFile(join(REPO, "node_modules", name, "package.json"), "utf8"));
    return `${name}@${version}`;
  });
  await writeFile(join(installation, "package.json"), "{}");
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", ["install", ...quietly, tarball, ...(await Promise.all(versions))], installation);
});

describe("the tarball", () => {
  test("it has the exports, the command, the plugin and the types, and nothing else", async () => {
    const { exports, bin } = JSON.parse(await readFile(join(REPO, "package.json"), "utf8"));
    const exported = Object.values<string | { default: string }>(exports);
    const needed = [
      ...["LICENSE", "README.md", "dist/sbom.cdx.json", "dist/THIRD_PARTY_NOTICES.txt"],
      ...Object.values<string>(bin),
      ...["", ".js", ".cmd"].map((end) => `dist/plugin/pulumi-resource-elevenlabs${end}`),
      // Loaded by the others.
      "dist/yamlParser.js",
      ...exported.map((entry) => (typeof entry === "string" ? entry : entry.default)),
    ];
    const [types, others] = [true, false].map((isType) => packed.filter((path) => path.endsWith(".d.ts") === isType));
    expect(others?.toSorted()).toEqual(needed.map(normalize).toSorted());
    expect(types?.filter((path) => /\bcli\b/.test(path))).toEqual([]);
  });

  test("it has at most 700 KB", () => {
    expect(packedBytes).toBeLessThanOrEqual(700_000);
  });

  test("publint and attw find no problem in it", async () => {
    await run(join(BIN, "publint"), ["run", tarball, "--strict"], installation);
    await run(join(BIN, "attw"), [tarball, "--no-color"], installation);
  });

  test("its types need no package that it doesn't install", async () => {
    await project("types", {
      "index.ts": `import * as sdk from "pulumi-elevenlabs";
        import * as emulator from "pulumi-elevenlabs/emulator";
        import * as native from "pulumi-elevenlabs/native";
        import * as provider from "pulumi-elevenlabs/provider";
        type IsAny<T> = 0 extends 1 & T ? true : false;
        export const isAny: false[] = [
          {} as IsAny<sdk.WorkspaceSecretArgs["value"]>,
          {} as IsAny<sdk.SecretDependent["kind"]>,
          {} as IsAny<native.WorkspaceSecretArgs["value"]>,
          {} as IsAny<native.ProviderArgs["apiKey"]>,
          {} as IsAny<ReturnType<typeof emulator.startEmulator>>,
          {} as IsAny<ReturnType<typeof provider.dynamic>>,
        ];
        export function program(maybe: string | undefined, workspace: string | undefined) {
          new sdk.WorkspaceSecret("A", { value: "v", name: maybe, workspace, triggers: undefined });
          new sdk.WorkspaceSecrets("all", { prefix: maybe, workspace });
          const provider = new native.Provider("other", { region: maybe });
          new native.WorkspaceSecret("A", { value: "v", name: maybe, workspace }, { provider });
          return sdk.listWorkspaceSecrets({ prefix: maybe, workspace });
        }`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          module: "nodenext",
          target: "es2022",
          types: ["node"],
        },
      }),
    });
    await run(join(BIN, "tsc"), ["-p", "."], join(installation, "types"));
  });
});

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

const PROGRAMS: Record<string, Record<string, string>> = {
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

describe("installed from the tarball", () => {
  test.each(Object.entries(PROGRAMS))("a program in %s runs up, refresh and destroy", async (language, files) => {
    const program = await openProject(await project(`program-${language.replaceAll(" ", "-")}`, files));
    await deploy(program);
    expect(program.secrets()).toEqual({ CRM_TOKEN: "v1" });
    const [created] = program.emulator.workspace().secrets();
    expect(await program.run("pulumi stack output tokenId")).toBe(`${created?.id}\n`);

    await program.run("pulumi refresh --expect-no-changes");

    await program.run("pulumi destroy");
    expect(program.secrets()).toEqual({});
  });

  test("the example config-secrets runs", async () => {
    const example = await openProject(join(installation, "config-secrets"));
    await copyExample("config-secrets", example.folder);
    const commands = await commandsOf("config-secrets");
    for (const command of commands.slice(0, commands.indexOf("pulumi up") + 1))
      await example.run(command, { input: "v1" });
    expect(example.secrets()).toEqual({ dev_CRM_TOKEN: "v1" });
    await example.run("pulumi destroy");
    expect(example.secrets()).toEqual({});
  });

  test("the provider's text in the state is that of 0.1.0, and loads whichever version is installed", async () => {
    const files = PROGRAMS["plain JavaScript"] ?? {};
    const program = await openProject(await project("versions", files));
    await deploy(program);
    const state = JSON.parse(await program.run("pulumi stack export"));
    const secret = state.deployment.resources.find(({ type }: { type: string }) => type.endsWith(":WorkspaceSecret"));
    const TEXT_OF_0_1_0 =
      "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-elevenlabs/provider').dynamic()";
    expect(secret.inputs.__provider).toBe(TEXT_OF_0_1_0);
    expect(secret.outputs.__provider).toBe(TEXT_OF_0_1_0);

    // Another version, in another folder and with another layout.
    const other = join(program.folder, "node_modules/pulumi-elevenlabs");
    await cp(join(installation, "node_modules/pulumi-elevenlabs"), other, { recursive: true });
    await rename(join(other, "dist/provider.js"), join(other, "moved.js"));
    const manifest = JSON.parse(await readFile(join(other, "package.json"), "utf8"));
    manifest.version = "9.0.0";
    manifest.exports["./provider"].default = "./elsewhere.js";
    await writeFile(join(other, "package.json"), JSON.stringify(manifest));
    const mark = join(program.root, "loaded");
    await writeFile(
      join(other, "elsewhere.js"),
      `require("node:fs").appendFileSync(${JSON.stringify(mark)}, "9.0.0\\n"); module.exports = require("./moved.js");`,
    );

    program.emulator.workspace().rename(secret.id, "RENAMED_BY_HAND");
    await program.run("pulumi refresh");
    expect(await program.run("pulumi stack export")).toContain("RENAMED_BY_HAND");
    await program.run("pulumi destroy");
    expect(program.secrets()).toEqual({});
    expect(await readFile(mark, "utf8")).toBe("9.0.0\n9.0.0\n");
  });
});

async function deploy(program: Example): Promise<void> {
  await program.run("pulumi stack init dev");
  await program.run("pulumi config set --secret token", { input: "v1" });
  await program.run("pulumi up");
}

/** A folder below the installation. */
async function project(name: string, files: Record<string, string>): Promise<string> {
  const folder = join(installation, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

async function run(command: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, maxBuffer: 1 << 24 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  }
}
