import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { startStack, type TestStack } from "../support/testStack";

/** Runs a script in a program's folder. It must not use the key and the endpoint in its environment. */
async function runIn(stack: TestStack, script: string): Promise<string> {
  await writeFile(join(stack.folder, "unit.js"), script);
  const env = { PATH: process.env.PATH, ELEVENLABS_BASE_URL: stack.emulator.url, ...stack.env };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["unit.js"], { cwd: stack.folder, env });
  return stdout + stderr;
}

test("the unit test in docs/testing.md passes, and sends nothing", async () => {
  const stack = await startStack();
  const [, script = ""] = /^```js\n(.*?)^```/ms.exec(await readFile("docs/testing.md", "utf8")) ?? [];

  const output = await runIn(stack, script);

  expect(output).toMatch(/^\D*pass 2$/m);
  expect(output).toMatch(/^\D*fail 0$/m);
  expect(stack.emulator.requests).toEqual([]);
});

test("functions call the mocks, and a mock without a list is an error", async () => {
  const stack = await startStack();

  const output = await runIn(
    stack,
    `const pulumi = require("@pulumi/pulumi");
     const { getWorkspaceSecret, getSecretDependents, listWorkspaceSecrets } = require("pulumi-elevenlabs");
     pulumi.runtime.setMocks({
       newResource: () => ({ id: "1", state: {} }),
       call: ({ token, inputs }) => ({ token, inputs, dependents: [{ kind: "agents", id: "a" }] }),
     });
     (async () => {
       const [one, dependents] = [await getWorkspaceSecret({ name: "A" }), await getSecretDependents({ secretId: "1" })];
       const failure = await listWorkspaceSecrets().catch(({ message }) => message);
       const [, advised] = /^Return (.*) \\(or more\\)/m.exec(failure);
       pulumi.runtime.setMocks({ newResource: () => ({ id: "1", state: {} }), call: () => eval("(" + advised + ")") });
       const followed = await listWorkspaceSecrets();
       console.log(JSON.stringify({ one, dependents, failure, followed }));
     })();`,
  );

  expect(JSON.parse(output)).toEqual({
    one: expect.objectContaining({ token: "elevenlabs:index:getWorkspaceSecret", inputs: { name: "A" } }),
    dependents: [{ kind: "agents", id: "a" }],
    failure: expect.stringMatching(/elevenlabs:index:listWorkspaceSecrets.*secrets.*\[mock-without-list\]/),
    followed: [],
  });
  expect(stack.emulator.requests).toEqual([]);
});

test("mocks are recognised even if Pulumi's SDK is loaded again", async () => {
  const stack = await startStack();

  const output = await runIn(
    stack,
    `const pulumi = require("@pulumi/pulumi");
     pulumi.runtime.setMocks({ newResource: () => ({ id: "1", state: {} }), call: () => ({ secrets: [] }) });
     delete require.cache[require.resolve("@pulumi/pulumi/runtime/mocks")];
     const { listWorkspaceSecrets } = require("pulumi-elevenlabs");
     listWorkspaceSecrets().then((secrets) => console.log(JSON.stringify(secrets)));`,
  );

  expect(JSON.parse(output)).toEqual([]);
  expect(stack.emulator.requests).toEqual([]);
});
