import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { commandsOf, type Example, openExample } from "./exampleProject";

/** The example, and the variables that a CI system stores for its jobs: a job gets only what its file passes to it. */
export async function openGitops(): Promise<{ example: Example; kept: Record<string, string> }> {
  const example = await openExample("gitops");
  return { example, kept: keptVariables(example) };
}

/** Moves the variables that a CI system stores out of the example's environment. */
export function keptVariables(example: Example): Record<string, string> {
  const { PULUMI_BACKEND_URL = "", ELEVENLABS_API_KEY = "" } = example.env;
  const kept = {
    PULUMI_BACKEND_URL,
    PULUMI_CONFIG_PASSPHRASE: "passphrase",
    ELEVENLABS_API_KEY,
    GITLAB_TOKEN: "glpat",
  };
  const ofTests = ["PULUMI_SKIP_CONFIRMATIONS", "PULUMI_OPTION_SKIP_PREVIEW", "PULUMI_OPTION_SECRETS_PROVIDER"];
  for (const name of [...Object.keys(kept), ...ofTests]) delete example.env[name];
  return kept;
}

/** Creates the example's stack with the commands in its README. `value` becomes the value of the secret BILLING_TOKEN. */
export async function makeGitopsStack(example: Example, kept: Record<string, string>, value: string): Promise<void> {
  for (const command of await commandsOf("gitops")) await example.run(command, { input: value, env: kept });
}

interface Job {
  env?: Record<string, string>;
  permissions?: Record<string, string>;
  steps: Step[];
}

interface Step {
  id?: string;
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

/** The shell command that a step runs itself, or lets Pulumi's action run. */
export function commandOf({ run, uses = "", with: inputs = {} }: Step): string | undefined {
  const isPulumi = uses.startsWith("pulumi/actions@") && inputs.command !== undefined;
  return isPulumi ? `pulumi ${inputs.command}${inputs.diff ? " --diff" : ""}` : run;
}

/** The workflow for GitHub Actions. */
export async function workflowOf(
  example: Example,
): Promise<{ env: Record<string, string>; jobs: Record<string, Job & { if: string }> }> {
  return parse(await readFile(join(example.folder, ".github/workflows/secrets.yml"), "utf8"));
}

/** The only job of the workflow for this event. */
export async function jobOf(example: Example, event: string): Promise<Job> {
  const { env, jobs } = await workflowOf(example);
  const [job, ...others] = Object.values(jobs).filter((one) => one.if.startsWith(`github.event_name == '${event}'`));
  if (!job || others.length > 0) throw new Error(`There must be one job for ${event}`);
  return { ...job, env: { ...env, ...job.env } };
}

/** Runs the shell commands of a job as GitHub does, until one fails. */
export async function runJob(
  example: Example,
  kept: Record<string, string>,
  event: string,
): Promise<{ code: number | null; output: string }> {
  const job = await jobOf(example, event);
  const outputs = join(example.root, "outputs");
  await writeFile(outputs, "");
  const printed: string[] = [];
  for (const step of job.steps) {
    const command = commandOf(step);
    if (step.if) throw new Error(`The test doesn't support: ${step.if}`);
    if (command === undefined || command.startsWith("npm ci")) continue;
    const written = await readFile(outputs, "utf8");
    const env = Object.entries({ ...job.env, ...step.env }).map(([key, text]) => [
      key,
      expanded(text, { kept, outputs: written }),
    ]);
    const PATH = `${join(example.root, "bin")}:${example.env.PATH}`;
    const { code, output } = await example.shell(command, {
      env: { ...Object.fromEntries(env), PATH, GITHUB_OUTPUT: outputs },
    });
    printed.push(output);
    if (code !== 0) return { code, output: printed.join("\n") };
  }
  return { code: 0, output: printed.join("\n") };
}

function expanded(text: string, { kept, outputs }: { kept: Record<string, string>; outputs: string }): string {
  const [, expression = ""] = /^\$\{\{ (.+) \}\}$/.exec(text) ?? [];
  const [, secret] = /^secrets\.(\w+)$/.exec(expression) ?? [];
  if (secret) return kept[secret] ?? "";
  const [, output] = /^steps\.check\.outputs\.(\w+)$/.exec(expression) ?? [];
  if (output) return new RegExp(`^${output}=(.*)$`, "m").exec(outputs)?.[1] ?? "";
  return expression === "github.token" ? "ghs" : text;
}
