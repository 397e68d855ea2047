import { describe, expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../../provider/hosts/typeTokens";
import { owners, urn } from "../../../support/ownedSecrets";
import { startStack, type TestStack } from "../../../support/testStack";
import { fails, held, outcome, succeeds } from "../support";

const resource = (name: string, options = "") =>
  `new WorkspaceSecret("${name}", { name: "A", value: "v" }, { ${options} });`;

async function deployed(): Promise<{ stack: TestStack; id: string }> {
  const stack = await startStack({ host: "native" });
  await stack.deploy(resource("first"));
  return { stack, id: stack.workspace.secrets()[0]?.id ?? "" };
}

/** Expects that the secret survives whatever the engine does to get back to one owner. */
async function expectKept(stack: TestStack, id: string): Promise<void> {
  await stack.program(resource("second"));
  const run = await stack.up();
  expect(run.code).toBe(0);
  expect(held(stack.workspace)).toEqual([`${id} A=v`]);
  expect(await owners(stack)).toEqual([`second ${id}`]);
}

describe("the command import of a secret that another resource has", () => {
  test("never costs the secret when the first resource goes", async () => {
    const { stack, id } = await deployed();
    await stack.import("second", "A");
    await expectKept(stack, id);
  });

  test("never costs the secret when the second gets another name", async () => {
    const { stack, id } = await deployed();
    await stack.import("second", "A");
    await stack.program(`${resource("first")} new WorkspaceSecret("second", { name: "B", value: "v" });`);

    const run = await stack.up();

    expect(outcome(run)).toEqual(succeeds(run, "left-to-other-owner"));
    expect(held(stack.workspace)).toEqual(expect.arrayContaining([`${id} A=v`, expect.stringMatching(/ B=v$/)]));
    expect(await owners(stack)).toContain(`first ${id}`);
  });

  test("never costs the secret with --target of the second", async () => {
    const { stack, id } = await deployed();
    await stack.import("second", "A");
    await stack.program(resource("second"));

    await stack.up("--target", urn("second", NATIVE_TYPE));

    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    await expectKept(stack, id);
  });
});

describe("the option import of a secret that another resource has", () => {
  test("with --target or --exclude never costs the secret", async () => {
    const { stack, id } = await deployed();
    await stack.program(resource("second", 'import: "A"'));

    await stack.up("--target", urn("second", NATIVE_TYPE));
    await stack.up("--exclude", urn("first", NATIVE_TYPE));

    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    await expectKept(stack, id);
  });

  test("is refused while the program still has that resource", async () => {
    const { stack, id } = await deployed();
    await stack.program(resource("first") + resource("second", 'import: "A"'));

    const run = await stack.up();

    await stack.program(resource("first"));
    const without = await stack.up();

    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    expect(without.code).toBe(0);
    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    expect(await owners(stack)).toEqual([`first ${id}`]);
  });
});
