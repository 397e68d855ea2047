import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "@jest/globals";
import { version } from "../../../package.json";
import { type Example, install, openProject } from "../../support/exampleProject";
import { SET_UP_MS } from "../languageProject";

const TEMPLATES = join(process.cwd(), "templates");
const KEY = "sk_of_the_template";

let PATH: string;
let archive: string;

beforeAll(async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["scripts/engine/engine.mjs", "--yaml"]);
  PATH = `${stdout.trim()}:${dirname(process.execPath)}:${process.env.PATH}`;
  const folder = join(process.env.TEST_ROOT ?? "", "template-archives");
  await run(process.execPath, ["scripts/pluginArchives.mjs", folder]);
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  archive = join(folder, `pulumi-resource-elevenlabs-v${version}-${platform}.tar.gz`);
}, SET_UP_MS);

async function openEmpty(): Promise<Example> {
  const project = await openProject(undefined, { keys: { [KEY]: {} } });
  await mkdir(project.folder);
  delete project.env.ELEVENLABS_API_KEY;
  project.env.PATH = PATH;
  return project;
}

async function setConfig(project: Example): Promise<void> {
  await project.run("pulumi config set --secret elevenlabs:apiKey", { input: KEY });
  await project.run("pulumi config set --secret crmToken", { input: "the-value" });
}

async function expectOneSecret(project: Example, output: string): Promise<void> {
  const [secret] = project.emulator.workspace().secrets();
  expect(project.secrets()).toEqual({ CRM_TOKEN: "the-value" });
  expect(JSON.parse(await project.run(`pulumi stack output --json`))).toEqual({
    secretIds: { CRM_TOKEN: secret?.id },
  });
  expect(output).not.toMatch(/the-value|sk_of_the_template/);
  for (const [path, text] of await project.files()) {
    expect([path, text.match(/the-value|sk_of_the_template/)]).toEqual([path, null]);
  }
}

test("the YAML template creates a secret with encrypted config", async () => {
  const project = await openEmpty();
  await project.run(`pulumi plugin install resource elevenlabs ${version} --file ${archive}`);

  let output = await project.run(`pulumi new ${join(TEMPLATES, "yaml")} --yes --name crm --stack dev`);
  // With --yes, the CLI doesn't ask for the values.
  await setConfig(project);
  output += await project.run("pulumi up");

  await expectOneSecret(project, output);
});

test("the TypeScript template creates a secret with encrypted config", async () => {
  const project = await openEmpty();

  let output = await project.run(`pulumi new ${join(TEMPLATES, "typescript")} --yes --name crm --generate-only`);
  await install(project.folder);
  output += await project.run("pulumi stack init dev");
  await setConfig(project);
  output += await project.run("pulumi up");

  await expectOneSecret(project, output);
});
