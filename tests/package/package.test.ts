import { cp, readFile, rename, writeFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { openProject } from "../support/exampleProject";
import {
  addProject,
  deploy,
  type Installation,
  installTarball,
  PROGRAMS,
  run,
  runProgram,
} from "../support/installedPackage";

const BIN = join(process.cwd(), "node_modules/.bin");

let installation: Installation;

beforeAll(async () => {
  installation = await installTarball();
});

describe("the tarball", () => {
  test("the tarball has only the exports, the command, the plugin and types", async () => {
    const { exports, bin } = JSON.parse(await readFile("package.json", "utf8"));
    const exported = Object.values<string | { default: string }>(exports);
    const needed = [
      ...["LICENSE", "README.md", "dist/sbom.cdx.json", "dist/THIRD_PARTY_NOTICES.txt"],
      ...Object.values<string>(bin),
      ...["", ".js", ".cmd"].map((end) => `dist/plugin/pulumi-resource-elevenlabs${end}`),
      // The other files load it.
      "dist/yamlParser.js",
      ...exported.map((entry) => (typeof entry === "string" ? entry : entry.default)),
    ];
    const [types, others] = [true, false].map((isType) =>
      installation.files.filter((path) => path.endsWith(".d.ts") === isType),
    );
    expect(others?.toSorted()).toEqual(needed.map(normalize).toSorted());
    expect(types?.filter((path) => /\bcli\b/.test(path))).toEqual([]);
  });

  test("the tarball has at most 700 KB", () => {
    expect(installation.bytes).toBeLessThanOrEqual(700_000);
  });

  test("publint and attw find no problem in the tarball", async () => {
    const { tarball, folder } = installation;
    await run(join(BIN, "publint"), ["run", tarball, "--strict"], folder);
    await run(join(BIN, "attw"), [tarball, "--no-color"], folder);
  });

  test("the package's types need no package that isn't installed with it", async () => {
    await addProject(installation, "types", {
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
    await run(join(BIN, "tsc"), ["-p", "."], join(installation.folder, "types"));
  });
});

describe("installed from the tarball", () => {
  test.each(["TypeScript", "JavaScript with the native plugin"] as const)(
    "a program in %s runs up, refresh and destroy",
    async (language) => runProgram(installation, language),
  );

  test("the serialized provider in the state hasn't changed since 0.1.0", async () => {
    const program = await openProject(await addProject(installation, "versions", PROGRAMS["plain JavaScript"]));
    await deploy(program);
    const state = JSON.parse(await program.run("pulumi stack export"));
    const secret = state.deployment.resources.find(({ type }: { type: string }) => type.endsWith(":WorkspaceSecret"));
    const TEXT_OF_0_1_0 =
      "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-elevenlabs/provider').dynamic()";
    expect(secret.inputs.__provider).toBe(TEXT_OF_0_1_0);
    expect(secret.outputs.__provider).toBe(TEXT_OF_0_1_0);

    // The serialized provider loads a different version, in a different folder and with a different layout.
    const other = join(program.folder, "node_modules/pulumi-elevenlabs");
    await cp(join(installation.folder, "node_modules/pulumi-elevenlabs"), other, { recursive: true });
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
