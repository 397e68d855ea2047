import { afterEach, expect } from "@jest/globals";
import { HOST, HOSTS } from "../../support/hosts";
import { kill, type Process, processTree } from "../../support/processes";
import { expectError } from "../../support/shownProblems";
import { type Run, startStack, type TestStack } from "../../support/testStack";
import type { Args } from "../faults/scenarios";
import { ApiProcess } from "./apiProcess";
import type { Point, Victim } from "./points";

/** The step that a run needs to recover after it was cut off. */
export type Recovery = "up" | "up with overwrite";

const leftovers: Process[] = [];
afterEach(() => kill(...leftovers.splice(0)));

const PROCESSES = { provider: HOSTS[HOST].process, CLI: /^\S*pulumi (up|refresh)/ };

/**
 * Interrupts a run at a point, then follows the docs: `pulumi cancel`, `pulumi refresh`, `pulumi up`. Expects that
 * workspace, state and program match in the end. Returns whether the recovery needed `onExisting: "overwrite"`.
 */
export async function cutOff(point: Point, victim: Victim): Promise<Recovery> {
  const api = await ApiProcess.start();
  const stack = await startStack({
    env: { ELEVENLABS_API_KEY: api.apiKey },
    // After an interrupt, the CLI waits for the running call, so the call must end.
    config: { "elevenlabs:baseUrl": api.url, "elevenlabs:timeoutSeconds": "5", "elevenlabs:maxRetries": "0" },
  });
  if (point.before) await deploy(stack, point.before);

  await write(stack, point.program);
  await api.hang(point.call, point.when);
  const run = stack.cli([point.operation ?? "up", "--yes", "--skip-preview", "--non-interactive"]);
  await api.arrived(point.call);
  const tree = await processTree(run.child.pid ?? 0);
  leftovers.push(...tree);
  const restart = await strike(victim, tree, api);
  expect((await run).code).not.toBe(0);
  // The remaining processes of a killed CLI must not run in parallel with the next run.
  kill(...tree);
  await restart?.();
  await api.clearFaults();

  // This fails if there is no lock, which is fine.
  await stack.cli(["cancel", "--yes"]);
  expect(names(await api.secrets())).toEqual([...new Set(names(await api.secrets()))]);
  expectCode(await stack.refresh(), 0);
  const again = await stack.up();
  if (again.code !== 0) {
    const orphan = (await api.secrets()).find(({ name }) => name === point.program?.name);
    expectError(again, "crm", {
      kind: "name-taken",
      facts: [`secret ${orphan?.id}, which nothing uses`, 'onExisting: "overwrite"'],
    });
    await deploy(stack, { ...(point.program as Args), onExisting: "overwrite" });
  }
  await expectAllDone(stack, api, point.program);
  return again.code === 0 ? "up" : "up with overwrite";
}

/** Kills or interrupts the victim. Returns a function that restarts the victim, if the next run needs it. */
async function strike(victim: Victim, tree: Process[], api: ApiProcess): Promise<(() => Promise<void>) | undefined> {
  if (victim === "API") return (await api.kill()).restart;
  const victims = tree.filter(({ command }) => PROCESSES[victim === "provider" ? "provider" : "CLI"].test(command));
  expect(victims).toHaveLength(1);
  if (victim === "CLI, by an interrupt") process.kill(victims[0]?.pid ?? 0, "SIGINT");
  else kill(...victims);
  return undefined;
}

function write(stack: TestStack, args: Args | undefined): Promise<TestStack> {
  return stack.program(args ? `new WorkspaceSecret("crm", ${JSON.stringify(args)});` : "");
}

async function deploy(stack: TestStack, args: Args): Promise<void> {
  await write(stack, args);
  expectCode(await stack.up(), 0);
}

async function expectAllDone(stack: TestStack, api: ApiProcess, program: Args | undefined): Promise<void> {
  const live = await api.secrets();
  const wanted = program ? [{ name: program.name, value: program.value }] : [];
  expect(live.map(({ name, value }) => ({ name, value }))).toEqual(wanted);
  expect((await stack.secrets()).map(({ id }) => id)).toEqual(live.map(({ id }) => id));
  expectCode(await stack.preview("--refresh", "--expect-no-changes"), 0);
}

function expectCode({ code, output }: Run, wanted: number): void {
  expect({ code, output }).toEqual({ code: wanted, output });
}

function names(secrets: { name: string }[]): string[] {
  return secrets.map(({ name }) => name);
}
