import { describe, expect, test } from "@jest/globals";
import { HOSTS } from "../support/hosts";
import { type Run, startStack } from "../support/testStack";

/** Expects that the program fails with an error without a stack trace. */
function expectTidy({ code, output, diagnostics }: Run): void {
  expect(code).not.toBe(0);
  expect(output).not.toMatch(/^\s+at |unhandled exception/m);
  expect(diagnostics.filter(({ message }) => message.split("\n").length > 4)).toEqual([]);
}

const SECRET = `const secret = new WorkspaceSecret("R", { value: "v" });`;

describe.each(["dynamic", "native"] as const)("with the %s host", (host) => {
  // The program runs in a separate process, because Pulumi's SDK shows errors differently after the program's code has
  // ended.
  const start = () => startStack({ host, inOwnProcess: true });
  const lookUp = (run: string) => `const lib = require("${HOSTS[host].module}"); ${run}`;

  test("no failure of a function shows a stack trace, wherever it is awaited", async () => {
    const failures: Record<string, string> = {
      "module.exports = async () => ({ a: await lib.getWorkspaceSecret({ name: 'NONE' }) });": "secret-not-found",
      "module.exports = async () => ({ a: await lib.getWorkspaceSecret({}) });": "no-secret-given",
      "exports.a = lib.getSecretDependentsOutput({ secretId: 'NONE' });": "secret-not-found",
      "exports.a = lib.listWorkspaceSecretsOutput({ workspace: 'NONE' });": "invalid-config",
      "lib.getWorkspaceSecret({ name: 'NONE' });": "secret-not-found",
    };
    const stack = await start();
    for (const [run, kind] of Object.entries(failures)) {
      await stack.program(lookUp(run));
      const preview = await stack.preview();
      expectTidy(preview);
      expect({ run, kinds: preview.kinds }).toEqual({ run, kinds: [kind] });
    }
  });

  test("an error that occurs only during the update shows no stack trace", async () => {
    const failures: Record<string, string> = {
      'name: secret.secretId.apply(() => " ")': "input-empty",
      'name: secret.secretId.apply(() => "R")': "declared-twice",
      "triggers: [secret.secretId.apply(() => new Date(0))]": "triggers-lost",
      "triggers: secret.secretId.apply(() => [{ at: new Map() }])": "triggers-lost",
      "name: lib.getWorkspaceSecretOutput({ name: secret.secretId.apply(() => 'NONE') }).name": "secret-not-found",
    };
    for (const [args, kind] of Object.entries(failures)) {
      const stack = await start();
      await stack.program(lookUp(`${SECRET} new WorkspaceSecret("A", { value: "v", ${args} });`));
      const run = await stack.up();
      expectTidy(run);
      expect({ args, kinds: run.kinds }).toEqual({ args, kinds: [kind] });
      expect(stack.workspace.secrets().map(({ name }) => name)).toEqual(["R"]);
    }
  });
});
