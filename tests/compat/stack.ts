import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Example, openProject } from "../support/exampleProject";
import { HOSTS, type HostName } from "../support/hosts";
import type { Installation } from "../support/installedPackage";

const JAVASCRIPT = { name: "nodejs", options: { typescript: false } };
export const UP = "pulumi up --yes --skip-preview";
const PLUGIN_PATH = "../node_modules/pulumi-elevenlabs/dist/plugin";

/** A project next to the installed package, with its own stack. Its programs run as they do for users. */
export class CompatStack {
  private constructor(readonly project: Example) {}

  static async start({ folder }: Installation, name: string): Promise<CompatStack> {
    const stack = new CompatStack(await openProject(join(folder, name)));
    await mkdir(stack.project.folder);
    await stack.program("dynamic", "");
    // Old versions of the CLI don't know the settings of the other tests.
    for (const key of Object.keys(stack.project.env))
      if (key.startsWith("PULUMI_OPTION_")) delete stack.project.env[key];
    stack.project.env.PULUMI_CONFIG_PASSPHRASE = "compat";
    await stack.project.run("pulumi stack init dev");
    return stack;
  }

  /** Writes the program for this host. */
  async program(host: HostName, body: string): Promise<void> {
    const plugins = host === "native" ? { providers: [{ name: "elevenlabs", path: PLUGIN_PATH }] } : undefined;
    const files = {
      "package.json": JSON.stringify({ main: "index.js" }),
      "Pulumi.yaml": JSON.stringify({ name: "compat", runtime: JAVASCRIPT, plugins }),
      "index.js": `const { WorkspaceSecret, WorkspaceSecrets } = require("${HOSTS[host].module}");\n${body}`,
    };
    for (const [file, text] of Object.entries(files)) await writeFile(join(this.project.folder, file), text);
  }

  async deploy(host: HostName, body: string): Promise<string> {
    await this.program(host, body);
    return this.project.run(UP);
  }

  get workspace() {
    return this.project.emulator.workspace();
  }

  /** The operations that have changed the workspace. */
  get writes(): string[] {
    const { requests } = this.project.emulator;
    return requests.flatMap(({ operation }) =>
      operation === "create" || operation === "update" || operation === "delete" ? [operation] : [],
    );
  }
}
