import { expect, test } from "@jest/globals";
import { startStack } from "../../support/testStack";

test("customTimeouts end the retry pauses of only their own resource", async () => {
  const stack = await startStack({ host: "native" });
  stack.emulator.fault({ kind: "status", status: 429, retryAfter: 2, on: "create", times: 2 });
  await stack.program(`
    const slow = new WorkspaceSecret("slow", { value: "v" }, { customTimeouts: { create: "1s" } });
    new WorkspaceSecret("patient", { value: "v" });`);

  const run = await stack.up("--continue-on-error");

  expect(run.problems).toMatchObject([{ severity: "error", resource: "slow" }]);
  expect(Object.keys(await stack.decryptedSecrets())).toEqual(["patient"]);
});
