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

test("customTimeouts.read ends the retry pauses of a refresh", async () => {
  const stack = await startStack({ host: "native" });
  await stack.deploy('new WorkspaceSecret("slow", { value: "v" }, { customTimeouts: { read: "1s" } });');
  const before = await stack.secrets();
  stack.emulator.fault({ kind: "status", status: 429, retryAfter: 2, on: "get", times: 1 });

  const limited = await stack.refresh();
  const patient = await stack.refresh();

  expect(limited.problems).toMatchObject([{ severity: "error", resource: "slow" }]);
  expect(limited.calls).toEqual(["get"]);
  expect(patient.code).toBe(0);
  expect((await stack.secrets()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});
