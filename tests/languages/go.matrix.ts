import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import schema from "../../schema.json";
import { openProject } from "../support/exampleProject";
import { expectLifecycle, generateSdks, PLUGIN_FOLDER, SET_UP_MS, setUp } from "./languageProject";

const PROGRAMS = join(__dirname, "programs/go");
const SDK = "example.com/pulumi-elevenlabs/sdk/go";

let sdks: string;

beforeAll(async () => {
  sdks = join(process.env.TEST_ROOT ?? "", "go-sdks");
  await generateSdks(sdks);
}, SET_UP_MS);

/** Makes a folder a Go module with every package that the programs need. */
async function makeModule(folder: string, usesSdk: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(join(sdks, "go"), join(folder, "sdk"), { recursive: true });
  // The generator's module has every version that the programs need.
  const [, requirements = ""] = (await readFile("scripts/sdkgen/go.mod", "utf8")).split(/^module .*$/m);
  const replaced = `require ${SDK} v0.0.0\nreplace ${SDK} => ./sdk\n`;
  await writeFile(join(folder, "go.mod"), `module program\n${requirements}\n${usesSdk ? replaced : ""}`);
  await writeFile(join(folder, "sdk/go.mod"), `module ${SDK}\n${requirements}`);
  await cp("scripts/sdkgen/go.sum", join(folder, "go.sum"));
}

const COMMANDS = {
  preview: "./program preview",
  up: "./program up",
  upWithoutChanges: "./program up --expect-no-changes",
  destroy: "./program destroy",
};

const VARIANTS = [
  ["without an SDK", "plain"],
  ["with the generated SDK", "sdk"],
] as const;

test.each(VARIANTS)(
  "an inline Go program %s creates, changes and destroys a secret",
  async (_, variant) => {
    const project = await openProject();
    const { folder } = project;
    await makeModule(folder, variant === "sdk");
    await cp(join(PROGRAMS, "main.go"), join(folder, "main.go"));
    await cp(join(PROGRAMS, variant, "secret.go"), join(folder, "secret.go"));
    await setUp("go", ["build", "-mod=mod", "-o", "program", "."], folder);

    await expectLifecycle(project, { ...COMMANDS, use: async (TOKEN) => ({ TOKEN, PLUGIN_FOLDER }) });
  },
  SET_UP_MS,
);

test(
  "every Go program in the docs and in the schema compiles",
  async () => {
    const { folder } = await openProject();
    await makeModule(folder, true);
    const texts = [await readFile("docs/_index.md", "utf8"), ...descriptions()];
    const programs = texts.flatMap((text) => [...text.matchAll(/^```go\n(.*?)^```/gms)].map(([, code = ""]) => code));
    expect(programs).toHaveLength(3);

    for (const [index, code] of programs.entries()) {
      await mkdir(join(folder, `program${index}`));
      await writeFile(join(folder, `program${index}/main.go`), code);
    }
    await setUp("go", ["vet", "-mod=mod", ...programs.map((_, index) => `./program${index}`)], folder);
  },
  SET_UP_MS,
);

function descriptions(): string[] {
  return Object.values(schema.resources).map(({ description }) => description);
}
