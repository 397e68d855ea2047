import { describe, expect, test } from "@jest/globals";
import { owners } from "../../../support/ownedSecrets";
import { startStack, type TestStack } from "../../../support/testStack";
import { held, outcome, succeeds, writes } from "../support";

const native = () => startStack({ host: "native" });

/** Deploys the secret A as resource `a`. */
async function managed(options = ""): Promise<{ stack: TestStack; id: string }> {
  const stack = await native();
  await stack.deploy(resource(options));
  return { stack, id: stack.workspace.secrets()[0]?.id ?? "" };
}

function resource(options: string, value = "v"): string {
  return `new WorkspaceSecret("a", { name: "A", value: "${value}" }, { ${options} });`;
}

describe("a second spelling of the secret that the resource has", () => {
  test.each(["A", "default/A"])(
    "an import of the resource's own secret (%j) never deletes the secret",
    async (reference) => {
      const { stack, id } = await managed();
      await stack.program(resource(`import: "${reference}"`));

      const imported = await stack.up();
      const kept = held(stack.workspace);
      const pushed = await stack.up();
      const quiet = await stack.preview("--expect-no-changes");
      const destroy = await stack.destroy();

      expect(outcome(imported)).toEqual(succeeds(imported, "imported-without-value", "left-to-other-owner"));
      expect(kept).toEqual([`${id} A=v`]);
      expect(outcome(pushed)).toEqual(succeeds(pushed));
      expect(quiet.code).toBe(0);
      expect(outcome(destroy)).toEqual(succeeds(destroy));
      expect(held(stack.workspace)).toEqual([]);
    },
  );

  test("an import of the resource's own id makes no change", async () => {
    const { stack, id } = await managed();
    await stack.program(resource(`import: "${id}"`));

    const run = await stack.up();

    expect(outcome(run)).toEqual(succeeds(run));
    expect(run.calls).toEqual([]);
    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
  });

  test("an import keeps a protected secret", async () => {
    const { stack, id } = await managed("protect: true");
    await stack.program(resource('protect: true, import: "A"'));

    const runs = [await stack.up(), await stack.up()];

    expect(runs.flatMap(writes).filter((call) => call === "delete")).toEqual([]);
    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    expect(new Set((await owners(stack)).map((owner) => owner.split(" ")[1]))).toEqual(new Set([id]));
  });
});

describe("an import that the program spells in another way later", () => {
  test("an import by id, then by name, keeps the secret", async () => {
    const stack = await native();
    const { id } = stack.workspace.add("A", "theirs");
    await stack.deploy(resource(`import: "${id}"`));
    await stack.program(resource('import: "A"'));

    const runs = [await stack.up(), await stack.up()];

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    expect(await owners(stack)).toEqual([`a ${id}`]);
  });

  test("an import by the command, then by the option, keeps the secret", async () => {
    const stack = await native();
    const { id } = stack.workspace.add("A", "theirs");
    await stack.program("");
    await stack.import("a", "A");
    await stack.program(resource('import: "default/A"'));

    const runs = [await stack.up(), await stack.up()];

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    expect(await owners(stack)).toEqual([`a ${id}`]);
  });

  test("a move from the dynamic provider with an import keeps the secret", async () => {
    const stack = await startStack({ host: "dynamic" });
    await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v" });');
    const before = held(stack.workspace);
    await stack.useHost("native");
    await stack.program(resource('import: "A"'));

    const runs = [await stack.up(), await stack.up()];

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(held(stack.workspace)).toEqual(before);
    expect(await owners(stack)).toHaveLength(1);
  });
});

test("a managed secret that is later only looked up is kept", async () => {
  const { stack, id } = await managed();
  await stack.program('exports.id = WorkspaceSecret.get("a", "A").secretId;');

  const run = await stack.up();
  const destroy = await stack.destroy();

  expect(outcome(run)).toEqual(succeeds(run, "left-to-other-owner"));
  expect(outcome(destroy)).toEqual(succeeds(destroy));
  expect(held(stack.workspace)).toEqual([`${id} A=v`]);
});

test("an import of another secret replaces the old secret", async () => {
  const { stack } = await managed();
  const other = stack.workspace.add("A", "other");
  await stack.program(resource(`import: "${other.id}"`));

  const run = await stack.up();

  expect(outcome(run)).toEqual(succeeds(run, "imported-without-value"));
  expect(held(stack.workspace)).toEqual([`${other.id} A=other`]);
  expect(await owners(stack)).toEqual([`a ${other.id}`]);
});
