import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pulumi } from "./pulumiCli";

const REPO = process.cwd();

/** A project of a user after `npm install` and `pulumi stack init`, but without a program. */
export async function makeTemplate(root: string): Promise<void> {
  const folder = join(root, "template");
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await mkdir(join(folder, "state"));
  await symlink(REPO, join(folder, "node_modules/pulumi-elevenlabs"));
  await symlink(join(REPO, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "program", private: true }));
  const runtime = { name: "nodejs", options: { typescript: false } };
  await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify({ name: "test", runtime, main: "index.js" }));
  await pulumi(folder, ["stack", "init", "test"]).orThrow();
}
