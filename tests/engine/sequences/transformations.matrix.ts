import { describe, expect, test } from "@jest/globals";
import { owners, urn } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, writes } from "./support";

const STYLES = {
  old: (props: string) => `transformations: [({ props, opts }) => ({ props: { ...props, ${props} }, opts })]`,
  new: (props: string) => `transforms: [({ props, opts }) => ({ props: { ...props, ${props} }, opts })]`,
};
const FIRST = 'new WorkspaceSecret("first", { name: "A", value: "first" });';

/** Deploys a stack whose resource `first` owns the secret A. */
async function deployed(): Promise<{ stack: TestStack; id: string }> {
  const stack = await startStack();
  await stack.deploy(FIRST);
  return { stack, id: stack.workspace.secrets()[0]?.id ?? "" };
}

/** Expects that the resource `second` is refused, in a preview and in an `up` with only `second` as a target. */
async function expectRefused(stack: TestStack, second: string): Promise<void> {
  const [before, state] = [held(stack.workspace), await owners(stack)];
  await stack.program(second);
  const runs = [await stack.preview("--target", urn("second")), await stack.up("--target", urn("second"))];
  for (const run of runs) {
    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    expect(run.output).toContain("first");
    expect(writes(run)).toEqual([]);
  }
  expect(held(stack.workspace)).toEqual(before);
  expect(await owners(stack)).toEqual(state);
}

describe.each(["old", "new"] as const)("a transformation of the %s style", (style) => {
  test("a transformation to overwrite gives no secret a second owner", async () => {
    const { stack } = await deployed();
    const options = STYLES[style]('onExisting: "overwrite"');
    await expectRefused(stack, `new WorkspaceSecret("second", { name: "A", value: "second" }, { ${options} });`);
  });

  test("a transformed name or existingId gives no secret a second owner", async () => {
    const { stack, id } = await deployed();
    const name = STYLES[style]('name: "A"');
    const existingId = STYLES[style](`existingId: "${id}"`);
    const args = '{ name: "B", value: "second", onExisting: "overwrite" }';
    await expectRefused(stack, `new WorkspaceSecret("second", ${args}, { ${name} });`);
    await expectRefused(stack, `new WorkspaceSecret("second", { name: "B", value: "second" }, { ${existingId} });`);
  });
});

test("a resource whose alias comes from a transformation keeps its secret", async () => {
  const { stack, id } = await deployed();
  const options = 'transforms: [({ props, opts }) => ({ props, opts: { ...opts, aliases: [{ name: "first" }] } })]';
  await stack.program(
    `new WorkspaceSecret("second", { name: "A", value: "second", onExisting: "overwrite" }, { ${options} });`,
  );

  const run = await stack.up();

  // The engine treats both as the same resource, or the check refuses the second. In both cases, the secret is kept.
  expect(writes(run)).not.toContain("delete");
  expect(held(stack.workspace).map((secret) => secret.split(" ")[0])).toEqual([id]);
});
