import { beforeAll, expect, test } from "@jest/globals";
import { DYNAMIC_TYPE, NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import type { HostName } from "../../support/hosts";
import { startStack, type TestStack } from "../../support/testStack";
import { SET_UP_MS } from "../languageProject";
import { PROGRAM, prepareYaml, setSecret, useYaml } from "./yamlStack";

beforeAll(prepareYaml, SET_UP_MS);

const NODE_PROGRAM = 'exports.secretIds = new WorkspaceSecrets("workspace", { prefix: "dev_" }).secretIds;';

async function startNode(host: HostName): Promise<TestStack> {
  const stack = await startStack({ host, inOwnProcess: true });
  await setSecret(stack, "CRM", "crm");
  await setSecret(stack, "PAY", "pay");
  await stack.deploy(NODE_PROGRAM);
  return stack;
}

/** Makes the program in Node.js the stack's program again. */
async function useNode(stack: TestStack): Promise<void> {
  const runtime = { name: "nodejs", options: { typescript: false } };
  await stack.changeProject({ runtime, main: "index.js", config: undefined, resources: undefined, outputs: undefined });
}

/** Moves the stack to YAML: expects no change, no request, and the same ids. */
async function moveToYaml(stack: TestStack): Promise<void> {
  const ids = (await stack.secrets()).map(({ id }) => id).sort();
  await stack.useHost("native");
  await useYaml(stack, PROGRAM);
  const preview = await stack.preview("--expect-no-changes");
  const up = await stack.up();

  expect(preview).toMatchObject({ code: 0, calls: [], problems: [] });
  expect(up).toMatchObject({ code: 0, calls: [], changes: { same: 2 }, problems: [] });
  const secrets = await stack.secrets();
  expect(secrets.map(({ type }) => type)).toEqual([NATIVE_TYPE, NATIVE_TYPE]);
  expect(secrets.map(({ id }) => id).sort()).toEqual(ids);
}

test("a stack moves from Node.js to YAML and back without a request", async () => {
  const stack = await startNode("native");

  await moveToYaml(stack);

  await useNode(stack);
  const preview = await stack.preview("--expect-no-changes");
  const back = await stack.up();
  expect(preview).toMatchObject({ code: 0, calls: [], problems: [] });
  expect(back).toMatchObject({ code: 0, calls: [], changes: { same: 2 }, problems: [] });
});

test("a stack moves from the dynamic provider to YAML without a request", async () => {
  const stack = await startNode("dynamic");

  await moveToYaml(stack);

  expect(JSON.stringify(await stack.resources())).not.toContain("pulumi-nodejs");
});

test("a stack moves from YAML back to the dynamic provider without a request", async () => {
  const stack = await startNode("dynamic");
  await moveToYaml(stack);
  const before = stack.workspace.secrets();
  await useNode(stack);
  await stack.program(
    'exports.secretIds = new (require("pulumi-elevenlabs").WorkspaceSecrets)("workspace", { prefix: "dev_" }).secretIds;',
  );

  const back = await stack.up();
  const quiet = await stack.preview("--refresh", "--expect-no-changes");

  expect(back).toMatchObject({ code: 0, calls: [], changes: { same: 2 }, problems: [] });
  expect(stack.workspace.secrets()).toEqual(before);
  expect((await stack.secrets()).map(({ type }) => type)).toEqual([DYNAMIC_TYPE, DYNAMIC_TYPE]);
  expect(quiet).toMatchObject({ code: 0, problems: [] });
});
