import { appendFile, chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { commandsOf, copyExample, type Example, install, openExample } from "../support/exampleProject";

/** Unused by the dynamic provider. */
const PLUGIN = "plugins: { providers: [{ name: elevenlabs, path: node_modules/pulumi-elevenlabs/dist/plugin }] }";

test.each([
  ["dynamic provider", "pulumi-elevenlabs"],
  ["native plugin", "pulumi-elevenlabs/native"],
])("the policy allows only values from config (%s)", async (_host, module) => {
  const example = await openExample("config-secrets");
  await appendFile(join(example.folder, "Pulumi.yaml"), PLUGIN);
  const program = join(example.folder, "index.ts");
  await writeFile(program, (await readFile(program, "utf8")).replace("pulumi-elevenlabs", module));
  await copyExample("policy", join(example.root, "policy"));
  await install(join(example.root, "policy"));
  const [up = ""] = await commandsOf("policy");
  const secrets = { CRM_TOKEN: "from config", PIN: "1" };
  await example.run("pulumi stack init dev");
  for (const [key, value] of Object.entries(secrets)) {
    await example.run(`pulumi config set --secret --path 'secrets.${key}'`, { input: value });
  }
  const command = await runnable(example, up, { "config-secrets:secrets": JSON.stringify(secrets) });

  await example.run(command);
  expect(Object.keys(example.secrets())).toHaveLength(2);

  await writeFile(
    program,
    `import * as pulumi from "@pulumi/pulumi";
    import { WorkspaceSecret } from "${module}";
    const { CRM_TOKEN } = new pulumi.Config().requireSecretObject<Record<string, string>>("secrets");
    new WorkspaceSecret("derived", { value: pulumi.interpolate\`Bearer \${CRM_TOKEN}\` });
    new WorkspaceSecret("literal", { value: "a literal 1" });`,
  );
  const { code, output } = await example.shell(command);
  expect(code).not.toBe(0);
  expect(output).toMatch(/\[mandatory\]\s+values-from-config .*: literal\)/);
  expect(output).not.toMatch(/: derived\)|a literal 1/);
  expect(example.secrets()).not.toHaveProperty("literal");
});

/**
 * A command that runs the policy pack. If the language host was built from source, it can't run packs, so the pack runs
 * as a program.
 */
async function runnable(example: Example, command: string, config: Record<string, string>): Promise<string> {
  const { output } = await example.shell(command.replace(" up ", " preview "));
  if (!output.includes("not supported")) return command;
  const pack = join(example.root, "policy");
  const program = join(example.root, "policy-pack");
  const runner = "node_modules/@pulumi/pulumi/cmd/run-policy-pack";
  // The host passes the config to the pack.
  const environment = `export PULUMI_CONFIG='${JSON.stringify(config)}'`;
  await writeFile(program, `#!/bin/sh\n${environment}\ncd '${pack}' && exec node ${runner} "$1" .\n`);
  await chmod(program, 0o755);
  return command.replace("../policy", "../policy-pack");
}
