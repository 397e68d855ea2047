import { describe, expect, test } from "@jest/globals";
import type { Fault } from "pulumi-elevenlabs/emulator";
import { owners } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";
import { held, outcome, succeeds } from "./support";

const ANSWERS = {
  "of an unknown path": { body: { detail: "Not Found" } },
  "with problem+json": {
    body: { type: "about:blank", title: "Not Found", status: 404, detail: "No route" },
    contentType: "application/problem+json",
  },
  "with a page": { body: "<html>Not here</html>", contentType: "text/html" },
};

function fault(answer: { body: string | object; contentType?: string }, on?: Fault["on"]): Fault {
  const times = Number.POSITIVE_INFINITY;
  return { kind: "status", status: 404, times, ...answer, ...(on === undefined ? {} : { on }) };
}

describe("a 404 that doesn't refer to the secret", () => {
  test.each(Object.entries(ANSWERS))("after a 404 %s, destroy and refresh keep the state", async (_, answer) => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("A", { value: "v" }); new WorkspaceSecret("B", { value: "v" });');
    const [before, state] = [held(stack.workspace), await owners(stack)];
    stack.emulator.fault(fault(answer));

    const runs = [await stack.refresh(), await stack.destroy()];

    for (const { code, kinds } of runs) {
      expect(code).not.toBe(0);
      expect(kinds).toHaveLength(1);
    }
    expect(await owners(stack)).toEqual(state);
    expect(held(stack.workspace)).toEqual(before);
  });

  test("a 404 doesn't remove a secret that the list still has", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
    const [before, state] = [held(stack.workspace), await owners(stack)];
    stack.emulator.fault(fault(ANSWERS["of an unknown path"], ["get", "delete"]));

    const refresh = await stack.refresh();
    const destroy = await stack.destroy();

    expect(refresh.code).toBe(0);
    expect(destroy.code).not.toBe(0);
    expect(await owners(stack)).toEqual(state);
    expect(held(stack.workspace)).toEqual(before);
  });
});

test("a secret with a plain 404 is gone if the list also lacks its id", async () => {
  const stack = await startStack();
  await stack.deploy('new WorkspaceSecret("A", { value: "v" }); new WorkspaceSecret("B", { value: "v" });');
  const [gone, other] = stack.workspace.secrets();
  stack.workspace.remove(gone?.id ?? "");
  stack.emulator.fault({ ...fault(ANSWERS["of an unknown path"], "get"), times: 2 });

  const refresh = await stack.refresh();

  expect(outcome(refresh)).toEqual(succeeds(refresh));
  expect((await stack.secrets()).map(({ id }) => id)).toEqual([other?.id]);
});
