// Makes an environment from a .env file: a stack, its config, and the secrets of the workspace.
import { readFile } from "node:fs/promises";
import { type ConfigMap, LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { parse } from "dotenv";

const [stackName, envFile] = process.argv.slice(2);
if (!stackName || !envFile) {
  console.error("Usage: npm run bootstrap -- STACK ENV_FILE");
  process.exit(2);
}

const wanted = Object.entries(parse(await readFile(envFile)));

const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir: import.meta.dirname });
console.log(`Stack ${stackName} is there`);

const { name: project } = await stack.workspace.projectSettings();
const config = await stack.getAllConfig();
const current: Record<string, string> = JSON.parse(config[`${project}:secrets`]?.value ?? "{}");
const changed = wanted.filter(([key, value]) => current[key] !== value);
const changes: ConfigMap = Object.fromEntries(
  changed.map(([key, value]) => [`secrets["${key}"]`, { value, secret: true }]),
);
if (changed.length > 0) await stack.setAllConfig(changes, true);
console.log(`Config: ${changed.length} set, ${wanted.length - changed.length} as they were`);

await stack.up({ onOutput: (text) => process.stdout.write(text) });
