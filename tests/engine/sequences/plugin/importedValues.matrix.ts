import { describe, expect, test } from "@jest/globals";
import { owners } from "../../../support/ownedSecrets";
import { startStack } from "../../../support/testStack";
import { held, outcome, succeeds, writes } from "../support";

const native = () => startStack({ host: "native" });

describe.each(["option", "command"])("an import by the %s", (way) => {
  async function imported(args: string, options = "") {
    const stack = await native();
    const { id } = stack.workspace.add("A", "theirs");
    const importing = way === "option" ? `import: "A", ${options}` : options;
    const program = (more: string) =>
      stack.program(`new WorkspaceSecret("a", { name: "A", ${args} ${more} }, { ${importing} });`);
    await program('value: "placeholder"');
    const run = way === "option" ? await stack.up() : await stack.import("a", "A");
    expect(run.code).toBe(0);
    return { stack, id, program };
  }

  test("an import with keep pushes nothing until the value changes", async () => {
    const { stack, id, program } = await imported('onExisting: "keep",');

    const kept = [await stack.up(), await stack.preview("--expect-no-changes")];
    const theirs = held(stack.workspace);
    await program('value: "ours"');
    const pushed = await stack.up();

    expect(kept.map(({ code }) => code)).toEqual([0, 0]);
    expect(kept.flatMap(writes)).toEqual([]);
    expect(theirs).toEqual([`${id} A=theirs`]);
    expect(outcome(pushed)).toEqual(succeeds(pushed));
    expect(held(stack.workspace)).toEqual([`${id} A=ours`]);
  });

  test("an import with ignoreChanges of the value succeeds, and pushes nothing", async () => {
    const { stack, id } = await imported("", 'ignoreChanges: ["value"]');

    const runs = [await stack.up(), await stack.up(), await stack.refresh()];

    expect(runs.map((run) => outcome(run))).toEqual(runs.map((run) => succeeds(run, ...run.kinds)));
    expect(runs.flatMap(writes)).toEqual([]);
    expect(held(stack.workspace)).toEqual([`${id} A=theirs`]);
    expect(await owners(stack)).toEqual([`a ${id}`]);
  });

  test("an import without keep pushes the program's value once", async () => {
    const { stack, id } = await imported("");

    const runs = [await stack.up(), await stack.up()];

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.flatMap(writes)).toEqual(["update"]);
    expect(held(stack.workspace)).toEqual([`${id} A=placeholder`]);
  });
});
