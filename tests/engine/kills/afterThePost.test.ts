import { afterEach, describe, expect, test } from "@jest/globals";
import { HOST, HOSTS } from "../../support/hosts";
import { kill, type Process, processTree } from "../../support/processes";
import { expectError } from "../../support/shownProblems";
import { startStack, type TestStack } from "../../support/testStack";

const crm = (onExisting: string) =>
  `new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "new", onExisting: "${onExisting}" });`;

const leftovers: Process[] = [];
afterEach(() => kill(...leftovers.splice(0)));

/** Kills an `up` after the API handled its POST, but before the response arrives. */
async function killedUp(stack: TestStack, victim: RegExp): Promise<void> {
  stack.emulator.fault({ kind: "hang", on: "create", when: "after" });
  await stack.program('new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "old" });');
  const run = stack.cli(["up", "--yes", "--skip-preview", "--non-interactive"]);
  await stack.emulator.waitForRequest(({ operation }) => operation === "create", 60_000);
  const tree = await processTree(run.child.pid ?? 0);
  leftovers.push(...tree);
  const victims = tree.filter(({ command }) => victim.test(command));
  expect(victims).toHaveLength(1);
  kill(...victims);
  expect((await run).code).not.toBe(0);
  // The remaining processes of the killed run must not run in parallel with the next one.
  kill(...tree);
}

describe("a run killed after its POST", () => {
  test.each([
    ["provider process", HOSTS[HOST].process],
    ["CLI", /^\S*pulumi up/],
  ])("after the %s was killed, up shows the secret; overwrite adopts it", async (_what, victim) => {
    const stack = await startStack();
    await killedUp(stack, victim);
    const [orphan, ...others] = stack.workspace.secrets();
    expect(others).toEqual([]);
    expect(await stack.secrets()).toEqual([]);
    // A killed CLI always leaves its lock behind.
    await stack.cli(["cancel", "--yes"]).orThrow();

    await stack.program(crm("fail"));
    const explained = await stack.up();
    const facts = [`secret ${orphan?.id}, which nothing uses`, 'onExisting: "overwrite"', "interrupted"];
    expectError(explained, "crm", { kind: "name-taken", facts });
    expect(explained.calls).not.toContain("create");

    const healed = await stack.deploy(crm("overwrite"));
    expect(healed.calls).toEqual(["list", "get", "update"]);
    expect(stack.workspace.secrets()).toMatchObject([{ id: orphan?.id, name: "CRM_TOKEN", value: "new" }]);
    expect((await stack.secret("crm"))?.id).toBe(orphan?.id);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });
});
