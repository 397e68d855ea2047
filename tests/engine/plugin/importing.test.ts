import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { cliIn, newKey } from "../../support/commandRun";
import { addWorkspaces, startAnother } from "../../support/namedWorkspaces";
import { commandsIn } from "../../support/printedAdvice";
import { startStack } from "../../support/testStack";

const native = () => startStack({ host: "native" });

describe("pulumi import", () => {
  test.each([
    ["its id", (id: string) => id],
    ["its name", () => "CRM_TOKEN"],
    ["workspace and id", (id: string) => `default/${id}`],
    ["workspace and name", () => "default/CRM_TOKEN"],
  ])("pulumi import adopts a secret by %s, and writes nothing", async (_, reference) => {
    const stack = await native();
    const theirs = stack.workspace.add("CRM_TOKEN", "theirs");
    await stack.program("");

    const run = await stack.import("crm", reference(theirs.id));

    expect(run).toMatchObject({ code: 0, kinds: ["imported-without-value"] });
    expect(run.calls.every((call) => call === "get" || call === "list")).toBe(true);
    expect(stack.workspace.secrets()).toEqual([theirs]);
    expect(await stack.secrets()).toMatchObject([{ id: theirs.id, inputs: { name: "CRM_TOKEN" } }]);
  });

  test("after an import, the next up pushes the value once, and nothing else", async () => {
    const stack = await native();
    const { id } = stack.workspace.add("CRM_TOKEN", "theirs");
    await stack.program("");
    await stack.import("CRM_TOKEN", id);

    const up = await stack.deploy('new WorkspaceSecret("CRM_TOKEN", { value: "ours" });');
    const again = await stack.up();

    expect(up).toMatchObject({ calls: ["update"], changes: { update: 1 } });
    expect(again).toMatchObject({ calls: [], changes: { same: 1 } });
    expect(stack.workspace.secrets()).toMatchObject([{ id, name: "CRM_TOKEN", value: "ours" }]);
  });

  test("after an import, another name or workspace deletes nothing", async () => {
    const stack = await native();
    const eu = await startAnother();
    await addWorkspaces(stack, { eu });
    const theirs = eu.workspace().add("CRM_TOKEN", "theirs");
    await stack.program("");
    await stack.import("crm", "eu/CRM_TOKEN");
    const program = (inputs: string, options = "{}") =>
      `new WorkspaceSecret("crm", { value: "ours", ${inputs} }, ${options});`;
    const right = 'name: "CRM_TOKEN", workspace: "eu"';

    const unlike = [];
    for (const inputs of ["", 'name: "CRM_TOKEN"', 'workspace: "eu"']) {
      await stack.program(program(inputs));
      unlike.push(await stack.preview(), await stack.up());
    }
    await stack.program(program(right, "{ deleteBeforeReplace: true }"));
    unlike.push(await stack.up("--replace", (await stack.secrets())[0]?.urn ?? ""));

    for (const run of unlike) expect(run).toMatchObject({ kinds: ["kept-value-at-risk"] });
    expect(unlike[0]?.output).toContain('set name: "CRM_TOKEN" and workspace: "eu"');
    expect([eu.workspace().secrets(), stack.workspace.secrets()]).toEqual([[theirs], []]);
    expect(await stack.up()).toMatchObject({ code: 0, changes: { update: 1 } });
    expect(eu.workspace().secrets()).toMatchObject([{ id: theirs.id, name: "CRM_TOKEN", value: "ours" }]);
    const replaced = await stack.deploy(program('name: "CRM", workspace: "eu"'));
    expect(replaced.changes).toMatchObject({ replace: 1 });
  });

  test("pulumi import with adopt's --import-file adopts every unowned secret", async () => {
    const stack = await startStack({ host: "native", emulator: { keys: { [newKey()]: {} } } });
    await stack.deploy('new WorkspaceSecret("OURS", { value: "v" });');
    for (const name of ["A", "with space", "日本"]) stack.workspace.add(name, "theirs");
    const before = stack.workspace.secrets();
    const file = join(stack.folder, "import.json");

    const written = await cliIn(stack, ["adopt", "--import-file", file]);
    await stack.cli(["import", "--file", file, "--yes", "--generate-code=false", "--protect=false"]).orThrow();

    expect(written.code).toBe(0);
    expect((await stack.secrets()).map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(stack.workspace.secrets()).toEqual(before);
  });

  test("an import of an unknown id is one error, and imports nothing", async () => {
    const stack = await native();
    const { id } = stack.workspace.add("CRM_TOKEN", "theirs");
    await stack.program("");

    const run = await stack.import("crm", "nothing");

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["import-not-found"]);
    expect(await stack.secrets()).toEqual([]);

    const listed = await cliIn(stack, commandsIn(run.problems[0]?.message)[0]?.split(" ").slice(1) ?? []);
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining(id) });
    expect((await stack.import("crm", id)).code).toBe(0);
  });

  test("an import by a shared name fails with the ids, and each id works", async () => {
    const stack = await native();
    const theirs = [stack.workspace.add("CRM_TOKEN"), stack.workspace.add("CRM_TOKEN")];
    await stack.program("");

    const run = await stack.import("crm", "CRM_TOKEN");

    expect(run.kinds).toEqual(["several-with-this-name"]);
    for (const { id } of theirs) expect(run.output).toContain(id);
    expect(await stack.secrets()).toEqual([]);

    expect(await stack.import("crm", theirs[1]?.id ?? "")).toMatchObject({
      code: 0,
      kinds: ["imported-without-value"],
    });
    expect(await stack.secrets()).toMatchObject([{ id: theirs[1]?.id }]);
    expect(stack.workspace.secrets()).toEqual(theirs);
  });
});

describe("the import option", () => {
  test("the import option adopts a secret; the next up pushes the value", async () => {
    const stack = await native();
    const eu = await startAnother();
    await addWorkspaces(stack, { eu });
    const theirs = eu.workspace().add("CRM_TOKEN", "theirs");
    const program = `new WorkspaceSecret("CRM_TOKEN", { value: "ours", workspace: "eu", onInUse: "retain" }, { import: "eu/CRM_TOKEN" });`;
    await stack.program(program);

    const imported = await stack.up();
    const untouched = eu.workspace().secrets();
    const pushed = await stack.up();

    expect(imported).toMatchObject({ code: 0, changes: { import: 1 } });
    expect(untouched).toEqual([theirs]);
    expect(pushed).toMatchObject({ code: 0, changes: { update: 1 } });
    expect(eu.workspace().secrets()).toMatchObject([{ id: theirs.id, value: "ours" }]);
  });

  test("an import fails if the program has another name for the secret", async () => {
    const stack = await native();
    const theirs = stack.workspace.add("CRM_TOKEN", "theirs");
    await stack.program(`new WorkspaceSecret("crm", { name: "OTHER", value: "v" }, { import: "${theirs.id}" });`);

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(stack.workspace.secrets()).toEqual([theirs]);
    // The engine stores the secret that it has read before it compares the names.
    expect(await stack.secrets()).toMatchObject([{ id: theirs.id, outputs: { name: "CRM_TOKEN" } }]);
  });
});

test("WorkspaceSecret.get shows the outputs, and destroy keeps the secret", async () => {
  const stack = await native();
  const theirs = stack.workspace.add("CRM_TOKEN", "theirs");

  const run = await stack.deploy(`
    exports.byName = WorkspaceSecret.get("a", "CRM_TOKEN").secretId;
    exports.byId = WorkspaceSecret.get("b", "${theirs.id}").name;`);
  await stack.destroy();

  expect(run.output).toContain(`byName: "${theirs.id}"`);
  expect(run.output).toMatch(/byId *: "CRM_TOKEN"/);
  expect(stack.workspace.secrets()).toEqual([theirs]);
});
