import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { HOSTS, type HostName } from "../support/hosts";
import { startStack, type TestStack } from "../support/testStack";

const REPO = process.cwd();

/** A multi-language component, whose process creates a secret. The component's program knows only the component's type. */
async function startWithComponent(): Promise<TestStack> {
  const stack = await startStack({ inOwnProcess: true });
  const component = join(stack.folder, "component");
  await mkdir(join(component, "node_modules"), { recursive: true });
  await symlink(REPO, join(component, "node_modules/pulumi-elevenlabs"));
  await symlink(join(REPO, "node_modules/@pulumi"), join(component, "node_modules/@pulumi"));
  const start = `#!/bin/sh\nexec node "${join(component, "index.js")}" "$@"\n`;
  await writeFile(join(component, "pulumi-resource-team"), start, { mode: 0o755 });

  const file = join(stack.folder, "Pulumi.yaml");
  const plugins = {
    providers: [
      { name: "team", path: "component" },
      { name: "elevenlabs", path: join(REPO, "dist/plugin") },
    ],
  };
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), plugins }));
  const program = `const pulumi = require("@pulumi/pulumi");
    new pulumi.ComponentResource("team:index:Agent", "agent", {}, {}, true);`;
  await writeFile(join(stack.folder, "index.js"), program);
  await useInComponent(stack, "dynamic");
  return stack;
}

async function useInComponent(stack: TestStack, host: HostName): Promise<void> {
  const text = `
    const pulumi = require("@pulumi/pulumi");
    const { WorkspaceSecret } = require("${HOSTS[host].module}");
    class Agent extends pulumi.ComponentResource {
      constructor(name, args, opts) {
        super("team:index:Agent", name, args, opts);
        new WorkspaceSecret("CRM_TOKEN", { value: "v" }, { parent: this });
        this.registerOutputs({});
      }
    }
    const construct = async (name, type, inputs, opts) => ({ urn: new Agent(name, {}, opts).urn, state: {} });
    pulumi.provider.main({ version: "1.0.0", construct }, process.argv.slice(2));`;
  await writeFile(join(stack.folder, "component/index.js"), text);
}

test("a component without the dynamic provider is told to use the plugin", async () => {
  const stack = await startWithComponent();
  await rm(join(stack.folder, "node_modules/pulumi-elevenlabs"));

  const preview = await stack.preview();

  expect(preview.code).not.toBe(0);
  expect(preview.kinds).toEqual(["component-requires-plugin"]);
  expect(preview.output).toContain('could not declare WorkspaceSecret "CRM_TOKEN"');
  expect(preview.output).toContain('Import from "pulumi-elevenlabs/native" in the component');
  expect(preview.output).not.toMatch(/Cannot find module|Require stack/);
  expect(preview.requests).toEqual([]);

  await useInComponent(stack, "native");
  expect(await stack.up()).toMatchObject({ code: 0, changes: { create: 1 } });
  expect(stack.workspace.secrets()).toMatchObject([{ name: "CRM_TOKEN", value: "v" }]);
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});

test("a component uses the dynamic provider if it has this package", async () => {
  const stack = await startWithComponent();

  expect(await stack.up()).toMatchObject({ code: 0, changes: { create: 1 } });
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});
