import { describe, expect, test } from "@jest/globals";
import { owners } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";
import { fails, held, names, outcome, writes } from "./support";

const APIS = {
  trims: { normalizeName: (name: string) => name.trim(), given: " CRM ", stored: "CRM" },
  composes: { normalizeName: (name: string) => name.normalize("NFC"), given: "Cafe\u0301", stored: "Caf\u00e9" },
  "upper-cases": { normalizeName: (name: string) => name.toUpperCase(), given: "crm", stored: "CRM" },
};
const config = { "elevenlabs:timeoutSeconds": "3", "elevenlabs:maxRetries": "0" };
const secret = (args: object) => `new WorkspaceSecret("a", ${JSON.stringify(args)});`;

describe.each(Object.entries(APIS))("an API that %s names", (_, { normalizeName, given, stored }) => {
  const emulator = { normalizeName, uniqueNames: false };

  test("a POST whose response was lost creates one secret, in any spelling", async () => {
    const stack = await startStack({ emulator, config });
    stack.emulator.fault({ kind: "reset", on: "create", when: "after" });
    await stack.program(secret({ name: given, value: "v" }));

    const lost = await stack.up();
    const again = await stack.up();

    expect(lost.calls.filter((call) => call === "create")).toHaveLength(1);
    expect(names(stack.workspace)).toEqual([stored]);
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    // The first run found the secret, or both runs report that it exists.
    const isFound = (await owners(stack)).length === 1;
    expect([...lost.kinds, ...again.kinds]).toEqual(isFound ? [] : ["may-have-been-created", "name-taken"]);
    if (!isFound) expect(again.output).toContain(id);
  });

  test("no second secret is created for a taken name, in any spelling", async () => {
    const stack = await startStack({ emulator, config });
    const theirs = stack.workspace.add(stored, "theirs");
    await stack.program(secret({ name: given, value: "v" }));

    const run = await stack.up();

    expect(outcome(run)).toEqual(fails(run, "name-taken"));
    expect(run.output).toContain(theirs.id);
    expect(held(stack.workspace)).toEqual([`${theirs.id} ${stored}=theirs`]);
    expect(await owners(stack)).toEqual([]);
  });
});

test("a create that is undone fails, even if the DELETE's response is lost", async () => {
  const { normalizeName } = APIS.trims;
  const stack = await startStack({ emulator: { normalizeName, uniqueNames: false }, config });
  await stack.deploy(secret({ name: "CRM", value: "v" }));
  const before = held(stack.workspace);
  stack.emulator.fault({ kind: "reset", on: "delete", when: "after" });
  await stack.program(secret({ name: "CRM ", value: "v" }));

  const run = await stack.up();

  expect(outcome(run)).toEqual(fails(run, "name-taken"));
  expect(held(stack.workspace)).toEqual(before);
  expect(await owners(stack)).toHaveLength(1);
});

test("a create whose undo has an unknown outcome fails, and shows the id", async () => {
  const { normalizeName } = APIS.trims;
  const stack = await startStack({ emulator: { normalizeName, uniqueNames: false }, config });
  await stack.deploy(secret({ name: "CRM", value: "v" }));
  const before = held(stack.workspace);
  stack.emulator.fault({ kind: "reset", on: "delete", when: "after" });
  stack.emulator.fault({ kind: "status", status: 503, on: "get", times: 9 });
  await stack.program(secret({ name: "CRM ", value: "v" }));

  const run = await stack.up();

  expect(outcome(run)).toEqual(fails(run, "may-have-been-created"));
  const [deleted] = run.requests.filter(({ operation }) => operation === "delete");
  expect(run.output).toContain(deleted?.path.split("/").at(-1));
  expect(held(stack.workspace)).toEqual(before);
  expect(await owners(stack)).toHaveLength(1);
});

test("an adoption by id never gives a secret a stored name that is taken", async () => {
  const { normalizeName } = APIS.trims;
  const stack = await startStack({ emulator: { normalizeName, uniqueNames: false }, config });
  const taken = stack.workspace.add("CRM", "theirs");
  const { id } = stack.workspace.add("OTHER", "theirs");
  await stack.program(secret({ name: "CRM ", value: "ours", existingId: id }));

  const run = await stack.up();

  expect(outcome(run)).toEqual(fails(run, "new-name-taken"));
  expect(names(stack.workspace)).toEqual(["CRM", "OTHER"]);
  expect(stack.workspace.secrets()).toContainEqual(taken);
  expect(await owners(stack)).toEqual([]);
});

test("a name with another spelling never gives a secret two owners", async () => {
  const { normalizeName } = APIS.trims;
  const stack = await startStack({ emulator: { normalizeName, uniqueNames: false } });
  await stack.program(`
    const a = new WorkspaceSecret("a", { name: "CRM", value: "1" });
    new WorkspaceSecret("b", { name: "CRM ", value: "2", onExisting: "overwrite" }, { dependsOn: a });`);

  const run = await stack.up();

  expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
  expect(held(stack.workspace)).toEqual([expect.stringMatching(/ CRM=1$/)]);
  expect(await owners(stack)).toHaveLength(1);
});

test("a rename that the API respells causes no later change", async () => {
  const { normalizeName } = APIS["upper-cases"];
  const stack = await startStack({ emulator: { normalizeName, uniqueNames: false } });
  const rename = (name: string) => secret({ name, value: "v", onNameChange: "rename" });
  await stack.deploy(rename("one"));
  const [before] = stack.workspace.secrets();

  const renamed = await stack.deploy(rename("two"));
  const quiet = await stack.preview("--refresh", "--expect-no-changes");
  const theirs = stack.workspace.add("THREE", "theirs");
  await stack.program(rename("three"));
  const taken = await stack.up();

  expect(writes(renamed)).toEqual(["update"]);
  expect(quiet.code).toBe(0);
  expect(outcome(taken)).toEqual(fails(taken, "new-name-taken"));
  expect(held(stack.workspace)).toEqual([`${before?.id} TWO=v`, `${theirs.id} THREE=theirs`].sort());
  expect(await owners(stack)).toEqual([`a ${before?.id}`]);
});
