import { expect, test } from "@jest/globals";
import { dependentsIn, onlyId, RETAINED, SECRET } from "../support/secretInUse";
import { startStack } from "../support/testStack";

test("a refused delete lists dependents of an unknown type", async () => {
  const stack = await startStack();
  await stack.deploy(SECRET);
  const id = onlyId(stack);
  stack.workspace.use(id, { tools: ["CRM"] });
  const used_by = {
    tools: [{ type: "archived", id: "tool_9", access_level: null }],
    agents: null,
    phone_numbers: [{ phone_number_id: "phone_1", phone_number: "+1555", label: null, provider: "new" }],
    mcp_servers: null,
    others: ["new_kind", null],
  };
  const body = JSON.stringify({ type: "stored", secret_id: id, name: "T", used_by });
  stack.emulator.fault({ kind: "malformed", body, on: "get", times: Number.POSITIVE_INFINITY });

  const refreshed = await stack.refresh();
  const refused = await stack.destroy();
  await stack.deploy(RETAINED);
  const retained = await stack.destroy();

  expect(refreshed).toMatchObject({ code: 0, diagnostics: [] });
  expect(dependentsIn(refused)).toEqual([
    "tool tool_9",
    'phone number "+1555" (phone_1)',
    "new kind",
    "something else",
  ]);
  expect(retained.code).toBe(0);
  expect(onlyId(stack)).toBe(id);
});

test('onInUse "retain" set after a failed delete applies from the next up', async () => {
  const stack = await startStack();
  await stack.deploy(SECRET);
  stack.workspace.use(onlyId(stack), { tools: ["CRM"] });
  expect((await stack.destroy()).code).not.toBe(0);

  await stack.deploy(RETAINED);
  const run = await stack.destroy();

  expect(run.code).toBe(0);
  expect(await stack.secrets()).toEqual([]);
  expect(onlyId(stack)).not.toBe("");
});
