import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "@jest/globals";
import { commandsOf, openProject } from "../support/exampleProject";
import { copyProject, expectLifecycle, generateSdks, SET_UP_MS, setUp, usePlugin } from "./languageProject";

const PLAIN = join(__dirname, "programs/python");

/** The programs run in this virtual environment, as if it were activated. */
let PATH: string;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/engine/engine.mjs", "--python"]);
  const root = process.env.TEST_ROOT ?? "";
  const venv = join(root, "venv");
  await generateSdks(join(root, "python-sdks"));
  await setUp("python3", ["-m", "venv", venv]);
  const pip = ["install", "--quiet", "--disable-pip-version-check"];
  const requirements = ["-r", join(PLAIN, "requirements.txt"), join(root, "python-sdks/python")];
  await setUp(join(venv, "bin/pip"), [...pip, ...requirements]);
  PATH = [join(venv, "bin"), stdout.trim(), join(process.cwd(), "node_modules/.bin"), process.env.PATH].join(":");
}, SET_UP_MS);

const COMMANDS = {
  preview: "pulumi preview --diff",
  up: "pulumi up",
  upWithoutChanges: "pulumi up --expect-no-changes",
  destroy: "pulumi destroy",
};

test("a Python program without an SDK manages the life of a secret", async () => {
  const project = await copyProject(PLAIN);
  await project.run("pulumi stack init dev");

  await expectLifecycle(project, { ...COMMANDS, use: async (TOKEN) => ({ PATH, TOKEN }) });
});

test("the Python example manages a secret with the generated SDK", async () => {
  const project = await copyProject("examples/python");
  const commands = await commandsOf("python");
  const ofPulumi = commands.filter((command) => command.startsWith("pulumi "));
  const [init = "", set = "", up = "", ...others] = ofPulumi;
  expect(others).toEqual(["pulumi stack output tokenId"]);
  await project.run(init);

  const use = async (input: string) => {
    await project.run(set, { input });
    return { PATH };
  };
  await expectLifecycle(project, { ...COMMANDS, up, use }, "PAYMENT_TOKEN");
});

test("Python: the template manages a secret without an SDK", async () => {
  const project = await openProject();
  await mkdir(project.folder);
  const template = join(process.cwd(), "templates/python");
  await project.run(`pulumi new ${template} --yes --name crm --generate-only`, { env: { PATH } });
  await usePlugin(project);
  await project.run("pulumi stack init dev");

  const use = async (input: string) => {
    await project.run("pulumi config set --secret crmToken", { input });
    return { PATH };
  };
  await expectLifecycle(project, { ...COMMANDS, use });
});
