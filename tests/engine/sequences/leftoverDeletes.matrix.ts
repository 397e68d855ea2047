import { afterEach, describe, expect, test } from "@jest/globals";
import type { RecordedRequest } from "pulumi-elevenlabs/emulator";
import { owners, urn } from "../../support/ownedSecrets";
import { kill, type Process, processTree } from "../../support/processes";
import { startStack } from "../../support/testStack";
import { fails, held, outcome, writes } from "./support";

const leftovers: Process[] = [];
afterEach(() => kill(...leftovers.splice(0)));

const isCreate = ({ operation }: RecordedRequest) => operation === "create";
const resource = (args: string) => `const a = new WorkspaceSecret("a", { name: "A", value: "ours", ${args} });`;

describe("an interrupted replacement of a secret by itself", () => {
  test("an interrupted replacement keeps the secret of its existingId", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("A", "theirs");
    stack.workspace.add("TAKEN", "theirs");
    await stack.deploy(resource(`existingId: "${id}"`));
    await stack.program(
      `${resource(`existingId: "${id}"`)} new WorkspaceSecret("b", { name: "TAKEN", value: "v" }, { dependsOn: a });`,
    );
    const run = await stack.up("--replace", urn("a"));
    await stack.program(resource(`existingId: "${id}"`));
    const runs = [await stack.up(), await stack.up()];

    expect(outcome(run)).toEqual(fails(run, "name-taken"));
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.flatMap(writes)).toEqual([]);
    expect(held(stack.workspace)).toContain(`${id} A=ours`);
  });

  test.each(["SIGINT", "SIGKILL"] as const)("a replacement that %s interrupts keeps its secret", async (signal) => {
    const stack = await startStack({ inOwnProcess: true });
    await stack.deploy(resource('onExisting: "overwrite"'));
    const [made] = stack.workspace.secrets();
    await stack.program(
      `${resource('onExisting: "overwrite"')} new WorkspaceSecret("b", { name: "B", value: "v" }, { dependsOn: a });`,
    );
    stack.emulator.fault({ kind: "delay", ms: 2_000, on: "create", when: "before" });
    const before = [...stack.emulator.requests];
    const run = stack.cli(["up", "--yes", "--skip-preview", "--non-interactive", "--replace", urn("a")]);
    await stack.emulator.waitForRequest((request) => isCreate(request) && !before.includes(request), 60_000);
    const tree = await processTree(run.child.pid ?? 0);
    leftovers.push(...tree);
    if (signal === "SIGINT") run.child.kill(signal);
    else kill(...tree);
    expect((await run).code).not.toBe(0);
    expect(await owners(stack)).toContain(`a ${made?.id} (to delete)`);
    await stack.cli(["cancel", "--yes"]);
    await stack.program(resource('onExisting: "overwrite"'));

    const up = await stack.up();

    expect(up.code).toBe(0);
    expect(held(stack.workspace)).toContain(`${made?.id} A=ours`);
    expect(await owners(stack)).toEqual([`a ${made?.id}`]);
  });
});
