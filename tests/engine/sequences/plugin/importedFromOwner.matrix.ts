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

/** Removes the first owner from the program, and expects that the secret is kept. */
async function expectKept(stack: TestStack, id: string): Promise<void> {
  await stack.program(resource("second"));
  const run = await stack.up();
  expect(run.code).toBe(0);
  expect(held(stack.workspace)).toEqual([`${id} A=v`]);
  expect(await owners(stack)).toEqual([`second ${id}`]);
}

describe("pulumi import of a secret that another resource owns", () => {
  test("pulumi import of an owned secret keeps it after its first owner leaves", async () => {
    const { stack, id } = await deployed();
    await stack.import("second", "A");
    await expectKept(stack, id);
  });

  test("pulumi import of an owned secret keeps it if the new owner is renamed", async () => {
    const { stack, id } = await deployed();
    await stack.import("second", "A");
    await stack.program(`${resource("first")} new WorkspaceSecret("second", { name: "B", value: "v" });`);

    const run = await stack.up();

    expect(outcome(run)).toEqual(succeeds(run, "left-to-other-owner"));
    expect(held(stack.workspace)).toEqual(expect.arrayContaining([`${id} A=v`, expect.stringMatching(/ B=v$/)]));
    expect(await owners(stack)).toContain(`first ${id}`);
  });

  test("pulumi import of an owned secret keeps it, even with --target", async () => {
    const { stack, id } = await deployed();
    await stack.import("second", "A");
    await stack.program(resource("second"));

    await stack.up("--target", urn("second", NATIVE_TYPE));

    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    await expectKept(stack, id);
  });
});

describe("the import option for a secret that another resource owns", () => {
  test("the import option with --target or --exclude keeps an owned secret", async () => {
    const { stack, id } = await deployed();
    await stack.program(resource("second", 'import: "A"'));

    await stack.up("--target", urn("second", NATIVE_TYPE));
    await stack.up("--exclude", urn("first", NATIVE_TYPE));

    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    await expectKept(stack, id);
  });

  test("the import option is refused for a secret that still has an owner", async () => {
    const { stack, id } = await deployed();
    await stack.program(resource("first") + resource("second", 'import: "A"'));

    const run = await stack.up();

    await stack.program(resource("first"));
    const without = await stack.up();

    expect(outcome(run)).toEqual(fails(run, "declared-twice", "imported-without-value"));
    expect(without.code).toBe(0);
    expect(held(stack.workspace)).toEqual([`${id} A=v`]);
    expect(await owners(stack)).toEqual([`first ${id}`]);
  });
});
