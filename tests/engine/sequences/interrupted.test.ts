import { afterEach, expect, test } from "@jest/globals";
import { owners } from "../../support/ownedSecrets";
import { kill, type Process, processTree } from "../../support/processes";
import { startStack } from "../../support/testStack";
import { names } from "./support";

const leftovers: Process[] = [];
afterEach(() => kill(...leftovers.splice(0)));

test("one Ctrl-C during creates leaves no secret without an owner", async () => {
  const all = ["A", "B", "C", "D", "E", "F"];
  const stack = await startStack({ inOwnProcess: true, config: { "elevenlabs:maxConcurrency": "6" } });
  await stack.program(`for (const name of ${JSON.stringify(all)}) new WorkspaceSecret(name, { value: "v" });`);
  stack.emulator.fault({ kind: "delay", ms: 1_500, on: "create", when: "after", times: 6 });
  const run = stack.cli(["up", "--yes", "--skip-preview", "--non-interactive", "--parallel", "6"]);
  let arrived = 0;
  const isLast = ({ operation, status }: { operation?: string | undefined; status?: number | undefined }) =>
    operation === "create" && status === undefined && ++arrived === 4;
  await stack.emulator.waitForRequest(isLast, 60_000);
  leftovers.push(...(await processTree(run.child.pid ?? 0)));
  run.child.kill("SIGINT");

  const { code } = await run;
  const ids = stack.workspace.secrets().map(({ id, name }) => `${name} ${id}`);

  expect(code).not.toBe(0);
  expect(ids.length).toBeGreaterThan(0);
  expect(await owners(stack)).toEqual(ids.sort());
  await stack.cli(["cancel", "--yes"]);
  const again = await stack.up();
  expect(again).toMatchObject({ code: 0, kinds: [] });
  expect(names(stack.workspace)).toEqual(all);
});
