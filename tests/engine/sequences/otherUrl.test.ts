import { describe, expect, test } from "@jest/globals";
import { gatewayTo } from "../../support/gateway";
import { startAnother } from "../../support/namedWorkspaces";
import { owners } from "../../support/ownedSecrets";
import { serve } from "../../support/servers";
import { startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "./support";

const PROGRAM = `
  new WorkspaceSecret("A", { value: "v" });
  new WorkspaceSecret("B", { value: "ours", onExisting: "keep" });`;

/** Deploys a stack with one secret that has the program's value, and one secret with a kept value. */
async function deployed(): Promise<TestStack> {
  const stack = await startStack();
  stack.workspace.add("B", "theirs");
  await stack.deploy(PROGRAM);
  return stack;
}

async function endpoints(stack: TestStack): Promise<unknown[]> {
  const secrets = await stack.secrets();
  return [...new Set(secrets.map(({ outputs }) => outputs?.endpoint))];
}

describe("a gateway in front of an existing stack", () => {
  test("a new gateway keeps all ids and values, and up stores its URL", async () => {
    const stack = await deployed();
    const [before, state] = [held(stack.workspace), await owners(stack)];
    const gateway = await serve(gatewayTo(stack.emulator, "/elevenlabs"));
    const url = `${gateway.url}/elevenlabs`;
    await stack.configure({ "elevenlabs:baseUrl": url });

    const preview = await stack.preview();
    const up = await stack.up();
    const quiet = await stack.preview("--refresh", "--expect-no-changes");
    const stored = await endpoints(stack);
    const left = await owners(stack);
    const between = held(stack.workspace);
    const destroy = await stack.destroy();

    expect(preview).toMatchObject({ code: 0, calls: [], changes: { update: 2 } });
    expect(outcome(up)).toEqual(succeeds(up));
    expect(up.calls.sort()).toEqual(["get", "get"]);
    expect(stored).toEqual([url]);
    expect([left, between]).toEqual([state, before]);
    expect(quiet.code).toBe(0);
    expect(outcome(destroy)).toEqual(succeeds(destroy));
    expect(held(stack.workspace)).toEqual([]);
  });

  test("a refresh that runs the program also stores the gateway's URL", async () => {
    const stack = await deployed();
    const before = held(stack.workspace);
    const gateway = await serve(gatewayTo(stack.emulator, "/elevenlabs"));
    await stack.configure({ "elevenlabs:baseUrl": `${gateway.url}/elevenlabs` });

    const refresh = await stack.refresh("--run-program");
    const up = await stack.up();
    const back = await stack.configure({ "elevenlabs:baseUrl": stack.emulator.url }).then(() => stack.up());

    for (const run of [refresh, up, back]) expect(outcome(run)).toEqual(succeeds(run));
    expect(up.calls).toEqual([]);
    expect(await endpoints(stack)).toEqual([stack.emulator.url]);
    expect(held(stack.workspace)).toEqual(before);
  });
});

test("a URL of another account is refused by every command", async () => {
  const stack = await deployed();
  const [before, state] = [held(stack.workspace), await owners(stack)];
  const elsewhere = await startAnother();
  const theirs = held(elsewhere.workspace());
  await stack.configure({ "elevenlabs:baseUrl": elsewhere.url });

  const runs = [await stack.up(), await stack.refresh("--run-program"), await stack.destroy("--run-program")];

  for (const run of runs) {
    expect(outcome(run)).toEqual(fails(run, "wrong-account"));
    expect(writes(run)).toEqual([]);
  }
  expect(await owners(stack)).toEqual(state);
  expect([held(stack.workspace), held(elsewhere.workspace())]).toEqual([before, theirs]);
});
