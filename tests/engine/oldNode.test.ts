import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { cli } from "../support/commandRun";
import type { HostName } from "../support/hosts";
import { type Run, startStack, type TestStack } from "../support/testStack";

const OLD_NODE = { NODE_OPTIONS: `--require "${join(__dirname, "../support/oldNode.cjs")}"` };
const SECRET = `new WorkspaceSecret("A", { value: "v" });`;

function expectOneError({ code, problems, output, requests }: Run): void {
  expect(code).not.toBe(0);
  // If Pulumi can't load a provider for a resource of the state, its error is in the output, but not in the event log.
  expect(problems.length).toBeLessThanOrEqual(1);
  const shown = output.match(
    /error: .*this is Node\.js 20\.19\.0, but pulumi-elevenlabs requires 22 or newer\. \[.*\]$/gm,
  );
  expect([...new Set(shown?.map((line) => line.slice(line.indexOf("this is"))))]).toEqual([
    "this is Node.js 20.19.0, but pulumi-elevenlabs requires 22 or newer. [node-too-old]",
  ]);
  expect(output).not.toMatch(/^\s+at |is not a function|\*always\* a bug/m);
  expect(requests).toEqual([]);
}

async function deployed(host: HostName): Promise<TestStack> {
  const stack = await startStack({ host, inOwnProcess: true });
  await stack.deploy(SECRET);
  Object.assign(stack.env, OLD_NODE);
  return stack;
}

test.each(["dynamic", "native"] as const)(
  "Node.js 20 is one error at preview of a program with the %s host",
  async (host) => {
    const stack = await startStack({ host, inOwnProcess: true, env: OLD_NODE });
    await stack.program(SECRET);
    expectOneError(await stack.preview());
  },
);

test.each(["dynamic", "native"] as const)(
  "Node.js 20 is one error of the %s host, even without the program",
  async (host) => {
    const stack = await deployed(host);

    expectOneError(await stack.refresh());
    expectOneError(await stack.destroy());

    expect(await stack.secrets()).toHaveLength(1);
  },
);

test("Node.js 20 is one error of the plugin if the program lacks our SDK", async () => {
  const stack = await startStack({ host: "native", inOwnProcess: true, env: OLD_NODE });
  const program = `const pulumi = require("@pulumi/pulumi");
    new pulumi.CustomResource("elevenlabs:index:WorkspaceSecret", "A", { value: "v" });`;
  await writeFile(join(stack.folder, "index.js"), program);

  expectOneError(await stack.preview());
});

test("Node.js 20 is one error of the command line", async () => {
  const { code, kind, err } = await cli(["doctor"], { env: OLD_NODE });
  expect({ code, kind }).toEqual({ code: 1, kind: "node-too-old" });
  expect(err).toContain("Install Node.js 22 or newer");
});
