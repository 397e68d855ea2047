import { describe, expect, test } from "@jest/globals";
import { owners } from "../../../support/ownedSecrets";
import { startStack } from "../../../support/testStack";
import { fails, held, outcome, succeeds } from "../support";

const native = () => startStack({ host: "native" });

test("WorkspaceSecret.get by name shows no warning and no later change", async () => {
  const stack = await native();
  const { id } = stack.workspace.add("A", "theirs");
  await stack.program('exports.id = WorkspaceSecret.get("a", "A").secretId;');

  const runs = [await stack.up(), await stack.up(), await stack.refresh(), await stack.preview("--expect-no-changes")];

  expect(runs.map((run) => outcome(run))).toEqual(runs.map((run) => succeeds(run)));
  expect(held(stack.workspace)).toEqual([`${id} A=theirs`]);
});

test("a secret that the program only looks up can be adopted", async () => {
  const stack = await native();
  const lookUp = 'const found = WorkspaceSecret.get("a", "A");';
  const { id } = stack.workspace.add("A", "theirs");
  await stack.program(lookUp);
  await stack.up();
  await stack.program(`${lookUp} new WorkspaceSecret("b", { name: "A", value: "ours", onExisting: "overwrite" });`);

  const run = await stack.up();

  expect(outcome(run)).toEqual(succeeds(run));
  expect(held(stack.workspace)).toEqual([`${id} A=ours`]);
});

test("a refresh by another URL forgets a look-up of a deleted secret", async () => {
  const stack = await native();
  await stack.configure({ "elevenlabs:baseUrl": undefined });
  stack.env.ELEVENLABS_BASE_URL = stack.emulator.url;
  const { id } = stack.workspace.add("A", "theirs");
  await stack.deploy('WorkspaceSecret.get("a", "A");');
  stack.workspace.remove(id);
  stack.env.ELEVENLABS_BASE_URL = stack.emulator.url.replace("127.0.0.1", "localhost");

  const run = await stack.refresh();

  expect(outcome(run)).toEqual(succeeds(run));
  expect(await stack.secrets()).toEqual([]);
});

describe("a name that looks like a workspace and a name", () => {
  const program = 'new WorkspaceSecret("a", { name: "default/A", value: "v" }, { import: "default/A" });';

  test("a name with a slash imports the secret with exactly this name", async () => {
    const stack = await native();
    const { id } = stack.workspace.add("default/A", "theirs");
    await stack.program(program);

    const runs = [await stack.up(), await stack.up()];

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(held(stack.workspace)).toEqual([`${id} default/A=v`]);
  });

  test("an import id that matches two secrets is refused", async () => {
    const stack = await native();
    stack.workspace.add("default/A", "theirs");
    stack.workspace.add("A", "theirs");
    const before = held(stack.workspace);
    await stack.program(program);

    const run = await stack.up();

    expect(outcome(run)).toEqual(fails(run, "several-with-this-name"));
    expect(held(stack.workspace)).toEqual(before);
    expect(await owners(stack)).toEqual([]);
  });
});
