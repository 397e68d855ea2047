import { describe, expect, test } from "@jest/globals";
import { adopted, expectRefused, program } from "../support/keptSecret";
import { startStack } from "../support/testStack";

describe("a value that was adopted with keep", () => {
  test.each(["rename", "replace"])("a changed name keeps the adopted value (onNameChange %s)", async (onNameChange) => {
    const stack = await startStack();
    const id = await adopted(stack);
    await stack.program(program(`name: "NEW", onExisting: "keep", onNameChange: "${onNameChange}"`));

    expectRefused(await stack.preview(), "name");
    expectRefused(await stack.up(), "name");
    expect(stack.workspace.secrets()).toMatchObject([{ id, name: "CRM", value: "theirs" }]);

    await stack.deploy(program(`name: "NEW", onExisting: "keep", onNameChange: "${onNameChange}", triggers: [1]`));
    expect(stack.workspace.secrets()).toMatchObject([{ name: "NEW", value: "ours" }]);
    // The program's value was pushed, so it may be pushed again with every rename.
    await stack.deploy(program(`name: "AGAIN", onExisting: "keep", onNameChange: "${onNameChange}", triggers: [1]`));
    expect(stack.workspace.secrets()).toMatchObject([{ name: "AGAIN", value: "ours" }]);
  });

  test("a rename by hand keeps the adopted value; the error suggests the name", async () => {
    const stack = await startStack();
    const id = await adopted(stack);
    stack.workspace.rename(id, "BY HAND");

    const run = await stack.up("--refresh");

    expectRefused(run, "name");
    expect(run.problems[0]?.message).toContain('name: "BY HAND"');
    expect((await stack.refresh("--run-program")).code).toBe(0);
    await stack.deploy(program('name: "BY HAND", onExisting: "keep"'));
    expect(stack.workspace.secrets()).toMatchObject([{ id, name: "BY HAND", value: "theirs" }]);
  });

  test("a move to another workspace keeps the adopted value", async () => {
    const stack = await startStack();
    const id = await adopted(stack);
    await stack.program(program('name: "CRM", workspace: "eu"'));
    await stack.configure({ "elevenlabs:workspaces": { eu: { baseUrl: stack.emulator.url } } });

    expectRefused(await stack.preview(), "workspace");
    expect(stack.workspace.secrets()).toMatchObject([{ id, value: "theirs" }]);
  });
});

describe("a secret that was adopted by existingId and keep", () => {
  test("the errors' advice repairs an adopted secret after changes by hand", async () => {
    const stack = await startStack();
    const [gone, renamed] = [stack.workspace.add("GONE", "theirs"), stack.workspace.add("RENAMED", "theirs")];
    const lines = (more: Record<string, string>) =>
      [gone, renamed]
        .map(({ name, id }) => {
          const args = more[name] ?? `name: "${name}", existingId: "${id}", onExisting: "keep"`;
          return `new WorkspaceSecret("${name}", { value: "ours", ${args} });`;
        })
        .join("\n");
    await stack.deploy(lines({}));
    stack.workspace.remove(gone.id);
    stack.workspace.rename(renamed.id, "BY HAND");

    const run = await stack.up("--refresh", "--continue-on-error");

    expect(run.code).not.toBe(0);
    const atRisk = run.problems.filter(({ kind }) => kind === "kept-value-at-risk");
    expect(atRisk).toMatchObject([{ resource: "RENAMED", message: expect.stringContaining('name: "BY HAND"') }]);
    expect(run.calls).not.toContain("update");
    const half = lines({ RENAMED: `name: "BY HAND", existingId: "${renamed.id}", onExisting: "keep"` });
    await stack.program(half);
    expect((await stack.up()).problems).toMatchObject([
      {
        kind: "existing-id-not-found",
        resource: "GONE",
        message: expect.stringContaining(`remove existingId: "${gone.id}"`),
      },
    ]);
    await stack.deploy(lines({ GONE: 'name: "GONE"', RENAMED: 'name: "BY HAND"' }));
    expect(stack.workspace.secrets()).toMatchObject([
      { id: renamed.id, name: "BY HAND", value: "theirs" },
      { name: "GONE", value: "ours" },
    ]);
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });
});
