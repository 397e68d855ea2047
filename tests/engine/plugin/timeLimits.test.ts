import { expect, test } from "@jest/globals";
import { startStack } from "../../support/testStack";

test("customTimeouts end the retry pauses of only their own resource", async () => {
  const stack = await startStack({ host: "native" });
  stack.emulator.fault({ kind: "status", status: 429, retryAfter: 2, on: "create", times: 2 });
  const program = (create: string) => `
    new WorkspaceSecret("slow", { value: "v" }, { customTimeouts: { create: "${create}" } });
    new WorkspaceSecret("patient", { value: "v" });`;
  await stack.program(program("1s"));

  const run = await stack.up("--continue-on-error");

  expect(run.problems).toMatchObject([{ severity: "error", resource: "slow" }]);
  expect(Object.keys(await stack.decryptedSecrets())).toEqual(["patient"]);

  await stack.deploy(program("1m"));
  expect(Object.keys(await stack.decryptedSecrets()).sort()).toEqual(["patient", "slow"]);
});
