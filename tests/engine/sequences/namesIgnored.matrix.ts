import { describe, expect, test } from "@jest/globals";
import { owners } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "./support";

const renaming = (name: string, value = "v") =>
  `new WorkspaceSecret("a", { name: "${name}", value: "${value}", onNameChange: "rename" });`;

test("a rename that the API ignores is an error each time", async () => {
  let isIgnored = false;
  // After the first deploy, this API ignores every new name.
  const stack = await startStack({ emulator: { normalizeName: (name) => (isIgnored ? "A" : name) } });
  await stack.deploy(renaming("A"));
  const [before] = stack.workspace.secrets();
  isIgnored = true;
  await stack.program(renaming("OTHER"));

  const first = await stack.up();
  const shown = await stack.preview();
  const second = await stack.up();
  isIgnored = false;
  const third = await stack.up();
  const quiet = await stack.preview("--refresh", "--expect-no-changes");

  expect(outcome(first)).toEqual(fails(first, "name-ignored"));
  expect(shown.changes).toEqual({ update: 1 });
  expect(outcome(second)).toEqual(fails(second, "name-ignored"));
  expect(outcome(third)).toEqual(succeeds(third));
  expect(quiet.code).toBe(0);
  expect(held(stack.workspace)).toEqual([`${before?.id} OTHER=v`]);
  expect(await owners(stack)).toEqual([`a ${before?.id}`]);
});

describe("a value that is pushed after an unseen rename by hand", () => {
  test.each([true, false])("a push restores only its own secret's name (unique names: %j)", async (uniqueNames) => {
    const stack = await startStack({ emulator: { uniqueNames } });
    await stack.deploy(renaming("A"));
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    stack.workspace.rename(id, "BY HAND");
    const theirs = uniqueNames ? undefined : stack.workspace.add("A", "theirs");
    await stack.program(renaming("A", "w"));

    const run = await stack.up();

    expect(outcome(run)).toEqual(succeeds(run));
    expect(writes(run)).toEqual(["update"]);
    const others = theirs ? [`${theirs.id} A=theirs`] : [];
    expect(held(stack.workspace)).toEqual([`${id} A=w`, ...others].sort());
    expect(await owners(stack)).toEqual([`a ${id}`]);
  });

  test("a push fails if the API refuses a second secret with the name", async () => {
    const stack = await startStack();
    await stack.deploy(renaming("A"));
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    stack.workspace.rename(id, "BY HAND");
    stack.workspace.add("A", "theirs");
    const before = held(stack.workspace);
    await stack.program(renaming("A", "w"));

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(held(stack.workspace)).toEqual(before);
    expect(await owners(stack)).toEqual([`a ${id}`]);
  });
});
