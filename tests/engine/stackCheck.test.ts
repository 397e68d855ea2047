import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { testFor } from "../support/hosts";
import { type Run, SECRET_TYPE, startStack, type TestStack } from "../support/testStack";

const urn = (name: string) => `urn:pulumi:test::test::${SECRET_TYPE}::${name}`;

async function idsByResource(stack: TestStack): Promise<Record<string, string | undefined>> {
  const secrets = await stack.secrets();
  return Object.fromEntries(secrets.map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id]));
}

/** Expects that resource `b` is refused, because `input` refers to the secret `id`, which resource `a` owns. */
function expectOwnedInStack({ problems }: Run, input: string, id: string | undefined): void {
  expect(problems).toMatchObject([{ severity: "error", kind: "owned-by-other", resource: "b" }]);
  const { message = "" } = problems[0] ?? {};
  expect(message).toMatch(new RegExp(`: ${input} .*${id}.* resource "a"`));
  expect(message).toContain('first run "pulumi up" without this change');
}

describe("a secret that another resource of the state owns", () => {
  test("a secret isn't adopted by name until its owner has been renamed", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v" });');
    const [made] = stack.workspace.secrets();
    const a = 'new WorkspaceSecret("a", { name: "B", value: "v", onNameChange: "rename" }';
    const b = 'new WorkspaceSecret("b", { name: "A", value: "w", onExisting: "overwrite" });';

    await stack.program(`const b = ${b} ${a}, { dependsOn: b });`);
    for (const run of [await stack.preview(), await stack.up()]) {
      expect(run.code).not.toBe(0);
      expectOwnedInStack(run, "name", made?.id);
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

  test("a name can move to another resource only in a separate update", async () => {
    const stack = await startStack();
    const program = (a: string, b: string) =>
      `new WorkspaceSecret("a", { name: "${a}", value: "a" }); new WorkspaceSecret("b", { name: "${b}", value: "b" });`;
    await stack.deploy(program("A", "B"));

    await stack.program(program("B", "C"));
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.kinds).toEqual(["owned-by-other"]);
    expect(failed.problems[0]?.message).toContain('first run "pulumi up" without this change');

    await stack.deploy(program("A", "C"));
    await stack.deploy(program("B", "C"));
    const made = stack.workspace.secrets().map(({ name, value }) => `${name}=${value}`);
    expect(made.sort()).toEqual(["B=a", "C=b"]);
  });

  test("a secret that another resource owns isn't adopted by its id", async () => {
    const stack = await startStack();
    const a = 'const a = new WorkspaceSecret("a", { name: "A", value: "v" });';
    await stack.deploy(a);
    const before = stack.workspace.secrets();

    await stack.program(`${a} new WorkspaceSecret("b", { value: "w", existingId: a.secretId });`);
    for (const run of [await stack.preview(), await stack.up()]) {
      expect(run.code).not.toBe(0);
      expectOwnedInStack(run, "existingId", before[0]?.id);
      expect(run.calls).toEqual([]);
    }
    expect(stack.workspace.secrets()).toEqual(before);
  });

  test("an owned secret that was renamed by hand isn't adopted", async () => {
    const stack = await startStack();
    const a = 'new WorkspaceSecret("a", { name: "A", value: "v" });';
    await stack.deploy(a);
    const [made] = stack.workspace.secrets();
    stack.workspace.rename(made?.id ?? "", "RENAMED");
    const before = stack.workspace.secrets();

    await stack.program(`${a} new WorkspaceSecret("b", { name: "RENAMED", value: "w", onExisting: "overwrite" });`);
    const run = await stack.up("--target", urn("b"));

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([{ severity: "error", kind: "owned-by-other", resource: "b" }]);
    for (const fact of ['"RENAMED"', made?.id, 'resource "a"']) expect(run.problems[0]?.message).toContain(fact);
    expect(run.calls).not.toContain("update");
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await idsByResource(stack)).toEqual({ a: made?.id });
  });
});

test("a secret outside the stack is adopted, without an extra request", async () => {
  const stack = await startStack();
  stack.workspace.add("A", "theirs", { id: "sec_1" });

  const run = await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v", onExisting: "overwrite" });');

  expect([run.calls, run.changes]).toEqual([["list", "get", "update"], { create: 1 }]);
  expect(await idsByResource(stack)).toEqual({ a: "sec_1" });
  const [{ inputs, outputs } = {}] = await stack.secrets();
  // The extra properties that the program sends to the check aren't stored.
  const hidden = [inputs, outputs].flatMap((part) => Object.keys(part ?? {}).filter((key) => key.startsWith("__")));
  expect(hidden.filter((key) => key !== "__provider")).toEqual([]);
});

describe("a transformation", () => {
  const secret = (props: string, kind: "transformations" | "transforms", options = "") => `
    const change = ({ props, opts }) => ({ props: { ...props, ${props} }, opts });
    new WorkspaceSecret("a", { value: "v" }, { ${kind}: [change], ${options} });`;

  for (const kind of ["transformations", "transforms"] as const) {
    testFor("dynamic")(`a value from ${kind} is refused, and isn't shown`, async () => {
      const stack = await startStack();
      await stack.program(secret('value: "from a transformation"', kind));

      for (const run of [await stack.preview("--diff"), await stack.up()]) {
        expect(run.code).not.toBe(0);
        expect(run.problems).toMatchObject([{ severity: "error", kind: "value-transformed", resource: "a" }]);
        expect(run.output).not.toContain("from a transformation");
        expect(run.calls).toEqual([]);
      }
      expect(await stack.secrets()).toEqual([]);

      await stack.deploy(secret('onInUse: "retain"', kind).replace('"v"', '"from the program"'));
      expect(stack.workspace.secrets()).toMatchObject([{ name: "a", value: "from the program" }]);
    });

    // The plugin marks the value as a secret after the transformation.
    testFor("native")(`a value from ${kind} is applied, and stays secret`, async () => {
      const stack = await startStack();
      await stack.program(secret('value: "from a transformation"', kind));

      const run = await stack.up("--diff");

      expect(run.code).toBe(0);
      expect(stack.workspace.secrets()).toMatchObject([{ value: "from a transformation" }]);
      expect(run.output + (await readFile(stack.checkpointFile, "utf8"))).not.toContain("from a transformation");
    });
  }

  test.each(["transformations", "transforms"] as const)(
    "a transformation (%s) to the name of another secret is refused",
    async (kind) => {
      const stack = await startStack({ emulator: { uniqueNames: false } });
      await stack.program(`${secret('name: "B"', kind)} new WorkspaceSecret("b", { name: "B", value: "w" });`);

      const run = await stack.preview();

      expect(run.code).not.toBe(0);
      expect(run.kinds).toEqual(["declared-twice"]);
    },
  );

  test("a transformation of another input works, even with ignoreChanges", async () => {
    const stack = await startStack();
    const program = (value: string) =>
      secret('onInUse: "retain"', "transforms", 'ignoreChanges: ["value"]').replace('"v"', `"${value}"`);

    await stack.deploy(program("v"));
    const run = await stack.deploy(program("w"));

    expect(run.calls).toEqual([]);
    expect((await stack.secrets())[0]?.inputs).toMatchObject({ onInUse: "retain" });
    expect(stack.workspace.secrets()).toMatchObject([{ name: "a", value: "v" }]);
  });
});
