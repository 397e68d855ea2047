// Creates an environment from a .env file: a stack, its config, and the secrets of the workspace.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { parse } from "dotenv";

const [stackName, envFile] = process.argv.slice(2);
if (!stackName || !envFile) {
  console.error("Usage: npm run bootstrap -- STACK ENV_FILE");
  process.exit(2);
}

const text = await readFile(envFile).catch(fail(`Could not read ${envFile}`));
const entries = Object.entries(parse(text));
// Skip a key without a value: nobody has filled it in yet.
const wanted = entries.filter(([, value]) => value !== "");
const empty = entries.flatMap(([key, value]) => (value === "" ? [key] : []));
if (empty.length > 0) console.log(`Skipped because they have no value: ${empty.join(", ")}`);

const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir: import.meta.dirname }).catch(
  fail(`Could not open stack ${stackName}`),
);
console.log(`Stack ${stackName} is ready`);

const { name: project } = await stack.workspace.projectSettings();
const config = await stack.getAllConfig().catch(fail(`Could not read the config of stack ${stackName}`));
const current: Record<string, string> = JSON.parse(config[`${project}:secrets`]?.value ?? "{}");
const changed = wanted.filter(([key, value]) => current[key] !== value);
for (const [key, value] of changed) {
  // Don't use the Automation API: it passes values as arguments of a command, and shows them if the command fails.
  const args = ["config", "set", "--secret", "--path", `secrets["${key}"]`, "--stack", stackName, "--non-interactive"];
  // The CLI removes one line break from the end.
  const set = spawnSync("pulumi", args, {
    cwd: import.meta.dirname,
    input: `${value}\n`,
    stdio: ["pipe", "ignore", "inherit"],
  });
  if (set.status !== 0) {
    console.error(`Could not set ${key} in the config of stack ${stackName}. Correct that, then run this again.`);
    process.exit(1);
  }
}
console.log(`Config: ${changed.length} set, ${wanted.length - changed.length} unchanged`);

await stack.up({ onOutput: (text) => process.stdout.write(text) }).catch(() => {
  console.error(`pulumi up failed for stack ${stackName}: see the reason above. Correct that, then run this again.`);
  process.exit(1);
});

/** Prints only the reason and ends: an error of the Automation API repeats the whole output of the CLI several times. */
function fail(what: string): (error: Error) => never {
  return ({ message }) => {
    const [, said] = /^(?: stderr: )?error: (.+)$/m.exec(message) ?? [];
    const [firstLine] = message.split("\n");
    const isMissing = message.includes("spawn pulumi ENOENT");
    console.error(
      `${what}: ${said ?? (isMissing ? "there is no pulumi on the PATH" : firstLine)}\nCorrect that, then run this again.`,
    );
    process.exit(1);
  };
}
