import { describe, expect, test } from "@jest/globals";
import { SECRET_TYPE, startStack, type TestStack } from "../support/testStack";

const urn = (name: string) => `urn:pulumi:test::test::${SECRET_TYPE}::${name}`;

async function idsByResource(stack: TestStack): Promise<Record<string, string | undefined>> {
  const secrets = await stack.secrets();
  return Object.fromEntries(secrets.map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id]));
}

describe("a secret that another resource of the state holds", () => {
  test("is not taken over by name before that one is renamed; afterwards its name is free", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v" });');
    const [made] = stack.workspace.secrets();
    const a = 'new WorkspaceSecret("a", { name: "B", value: "v", onNameChange: "rename" }';
    const b = 'new WorkspaceSecret("b", { name: "A", value: "w", onExisting: "overwrite" });';

    await stack.program(`const b = ${b} ${a}, { dependsOn: b });`);
    for (const run of [await stack.preview(), await stack.up()]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(`name is of secret ${made?.id}, which belongs to resource "a" of this stack.`);
      expect(run.output).toContain("Otherwise run  pulumi up  first without this resource");
      expect(run.calls).toEqual([]);
    }

    await stack.deploy(`${a});`);
    await stack.deploy(`${a}); ${b}`);
    expect(stack.workspace.secrets().map(({ name, value }) => [name, value])).toEqual([
      ["B", "v"],
      ["A", "w"],
    ]);
    expect((await idsByResource(stack)).a).toBe(made?.id);
  });

  test("gives its name to another only in an up of its own, as the error says", async () => {
    const stack = await startStack();
    const program = (a: string, b: string) =>
      `new WorkspaceSecret("a", { name: "${a}", value: "a" }); new WorkspaceSecret("b", { name: "${b}", value: "b" });`;
    await stack.deploy(program("A", "B"));

    await stack.program(program("B", "C"));
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("if it takes another name now, run  pulumi up  with that change alone first.");

    await stack.deploy(program("A", "C"));
    await stack.deploy(program("B", "C"));
    const made = stack.workspace.secrets().map(({ name, value }) => `${name}=${value}`);
    expect(made.sort()).toEqual(["B=a", "C=b"]);
  });

  test("is not taken over by its id", async () => {
    const stack = await startStack();
    const a = 'const a = new WorkspaceSecret("a", { name: "A", value: "v" });';
    await stack.deploy(a);
    const before = stack.workspace.secrets();

    await stack.program(`${a} new WorkspaceSecret("b", { value: "w", existingId: a.secretId });`);
    for (const run of [await stack.preview(), await stack.up()]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(
        `existingId is of secret ${before[0]?.id}, which belongs to resource "a" of this stack.`,
      );
      expect(run.calls).toEqual([]);
    }
    expect(stack.workspace.secrets()).toEqual(before);
  });

  test("is not taken over under a name that a hand gave it, also where --target leaves its owner out", async () => {
    const stack = await startStack();
    const a = 'new WorkspaceSecret("a", { name: "A", value: "v" });';
    await stack.deploy(a);
    const [made] = stack.workspace.secrets();
    stack.workspace.rename(made?.id ?? "", "RENAMED");
    const before = stack.workspace.secrets();

    await stack.program(`${a} new WorkspaceSecret("b", { name: "RENAMED", value: "w", onExisting: "overwrite" });`);
    const run = await stack.up("--target", urn("b"));

    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      `could not create secret "RENAMED": secret ${made?.id} belongs to resource "a" of this stack.`,
    );
    expect(run.calls).not.toContain("update");
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await idsByResource(stack)).toEqual({ a: made?.id });
  });

  test("leaves those of other stacks to onExisting, and costs no request", async () => {
    const stack = await startStack();
    stack.workspace.add("A", "theirs", { id: "sec_1" });

    const run = await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v", onExisting: "overwrite" });');

    expect([run.calls, run.changes]).toEqual([["list", "update"], { create: 1 }]);
    expect(await idsByResource(stack)).toEqual({ a: "sec_1" });
    const [{ inputs, outputs } = {}] = await stack.secrets();
    expect([inputs, outputs].map((part) => Object.keys(part ?? {}).filter((key) => key.startsWith("__")))).toEqual([
      ["__provider"],
      ["__provider"],
    ]);
  });
});

describe("a transformation", () => {
  const secret = (props: string, kind: "transformations" | "transforms", options = "") => `
    const change = ({ props, opts }) => ({ props: { ...props, ${props} }, opts });
    new WorkspaceSecret("a", { value: "v" }, { ${kind}: [change], ${options} });`;

  test.each(["transformations", "transforms"] as const)(
    "of %s that sets the value is refused at preview, and the value is nowhere",
    async (kind) => {
      const stack = await startStack();
      await stack.program(secret('value: "from a transformation"', kind));

      for (const run of [await stack.preview("--diff"), await stack.up()]) {
        expect(run.code).not.toBe(0);
        expect(run.output).toContain("value was set by a transformation");
        expect(run.output).not.toContain("from a transformation");
        expect(run.calls).toEqual([]);
      }
      expect(await stack.secrets()).toEqual([]);
    },
  );

  test.each(["transformations", "transforms"] as const)(
    "of %s that gives two secrets one name is refused",
    async (kind) => {
      const stack = await startStack({ emulator: { uniqueNames: false } });
      await stack.program(`${secret('name: "B"', kind)} new WorkspaceSecret("b", { name: "B", value: "w" });`);

      const run = await stack.preview();

      expect(run.code).not.toBe(0);
      expect(run.output).toContain("name is that of another resource of this program");
    },
  );

  test("that sets another input is taken, and so is a value that ignoreChanges keeps", async () => {
    const stack = await startStack();
    const program = (value: string) =>
      secret('onInUse: "retain"', "transforms", 'ignoreChanges: ["value"]').replace('"v"', `"${value}"`);

    await stack.deploy(program("v"));
    const run = await stack.deploy(program("w"));

    expect(run.calls).toEqual([]);
    expect((await stack.secrets())[0]?.outputs).toMatchObject({ onInUse: "retain" });
    expect(stack.workspace.secrets()).toMatchObject([{ name: "a", value: "v" }]);
  });
});
