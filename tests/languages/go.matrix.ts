import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, test } from "@jest/globals";
import { openProject } from "../support/exampleProject";
import { expectLifecycle, generateSdks, PLUGIN_FOLDER, SET_UP_MS, setUp } from "./languageProject";

const PROGRAMS = join(__dirname, "programs/go");
const SDK = "example.com/pulumi-elevenlabs/sdk/go";

let sdks: string;

beforeAll(async () => {
  sdks = join(process.env.TEST_ROOT ?? "", "go-sdks");
  await generateSdks(sdks);
}, SET_UP_MS);

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
    await mkdir(folder);
    await cp(join(PROGRAMS, "main.go"), join(folder, "main.go"));
    await cp(join(PROGRAMS, variant, "secret.go"), join(folder, "secret.go"));
    await cp(join(sdks, "go"), join(folder, "sdk"), { recursive: true });
    // The generator's module has every version that the programs need.
    const [, requirements = ""] = (await readFile("scripts/sdkgen/go.mod", "utf8")).split(/^module .*$/m);
    const replaced = `require ${SDK} v0.0.0\nreplace ${SDK} => ./sdk\n`;
    await writeFile(join(folder, "go.mod"), `module program\n${requirements}\n${variant === "sdk" ? replaced : ""}`);
    await writeFile(join(folder, "sdk/go.mod"), `module ${SDK}\n${requirements}`);
    await cp("scripts/sdkgen/go.sum", join(folder, "go.sum"));
    await setUp("go", ["build", "-mod=mod", "-o", "program", "."], folder);

    await expectLifecycle(project, { ...COMMANDS, use: async (TOKEN) => ({ TOKEN, PLUGIN_FOLDER }) });
  },
  SET_UP_MS,
);
