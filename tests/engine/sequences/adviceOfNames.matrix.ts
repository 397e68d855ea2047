import { describe, expect, test } from "@jest/globals";
import { COMPONENT_TYPE } from "../../../provider/hosts/typeTokens";
import { owners, urn } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, succeeds } from "./support";

const PROGRAM = 'new WorkspaceSecret("a", { name: "A", value: "v" });';

async function expectNothingLeftToDo(stack: TestStack): Promise<void> {
  expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
}

describe("a resource that moves", () => {
  test("a resource moves under a component with the error's alias", async () => {
    const stack = await startStack();
    await stack.deploy(PROGRAM);
    const before = held(stack.workspace);
    const moved = (options: string) =>
      `class Group extends pulumi.ComponentResource { constructor() { super("acme:index:Group", "group"); } }
      new WorkspaceSecret("a", { name: "A", value: "v" }, { parent: new Group(), ${options} });`;
    await stack.program(moved(""));
    const refused = await stack.up();

    const alias = `aliases: ["${urn("a")}"]`;
    const followed = await stack.deploy(moved(alias));

    expect(outcome(refused)).toEqual(fails(refused, "owned-by-other"));
    expect(refused.problems[0]?.message).toContain(alias);
    expect(followed.calls).toEqual([]);
    expect(held(stack.workspace)).toEqual(before);
    await expectNothingLeftToDo(stack);
  });

  test("a resource moves into a WorkspaceSecrets with the error's alias", async () => {
    const stack = await startStack();
    await stack.deploy(PROGRAM);
    const before = held(stack.workspace);
    const moved = (more: string) => `new WorkspaceSecrets("all", { secrets: { A: "v" }, ${more} });`;
    await stack.program(moved(""));
    const refused = await stack.up();

    const followed = await stack.deploy(moved(`aliases: { A: "${urn("a")}" }`));

    expect(outcome(refused)).toEqual(fails(refused, "owned-by-other"));
    expect(refused.problems[0]?.message).toContain(`aliases: { KEY: "${urn("a")}" } to the arguments`);
    expect(followed.calls).toEqual([]);
    expect(held(stack.workspace)).toEqual(before);
    await expectNothingLeftToDo(stack);
  });

  test("a resource moves out of a WorkspaceSecrets with the error's alias", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecrets("all", { secrets: { A: "v" } });');
    const before = held(stack.workspace);
    await stack.program(PROGRAM);
    const refused = await stack.up();

    const alias = `aliases: ["${urn("all-A", `${COMPONENT_TYPE}$${urn("").split("::")[2]}`)}"]`;
    const followed = await stack.deploy(PROGRAM.replace("});", `}, { ${alias} });`));

    expect(outcome(refused)).toEqual(fails(refused, "owned-by-other"));
    expect(refused.problems[0]?.message).toContain(alias);
    expect(followed.calls).toEqual([]);
    expect(held(stack.workspace)).toEqual(before);
  });
});

describe("a replacement by --replace", () => {
  const more = (inputs: string, options = "") =>
    `new WorkspaceSecret("a", { name: "A", value: "v"${inputs} }, { ${options} });`;

  test("a replacement by --replace works with deleteBeforeReplace", async () => {
    const stack = await startStack();
    await stack.deploy(PROGRAM);
    const before = stack.workspace.secrets();
    const refused = await stack.up("--replace", urn("a"));

    await stack.program(more("", "deleteBeforeReplace: true"));
    const followed = await stack.up("--replace", urn("a"));

    expect(outcome(refused)).toEqual(fails(refused, "name-taken"));
    expect(refused.problems[0]?.message).toContain("deleteBeforeReplace: true");
    expect(outcome(followed)).toEqual(succeeds(followed));
    expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "v" }]);
    expect(stack.workspace.secrets()[0]?.id).not.toBe(before[0]?.id);
    expect(await owners(stack)).toHaveLength(1);
  });

  test("in a WorkspaceSecrets, pulumi state untaint undoes the replacement", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecrets("all", { secrets: { A: "v" } });');
    const before = held(stack.workspace);
    const [{ urn } = { urn: "" }] = await stack.secrets();
    await stack.cli(["state", "taint", urn, "--yes"]).orThrow();
    const refused = await stack.up();

    await stack.cli(["state", "untaint", urn, "--yes"]).orThrow();
    const followed = await stack.up();

    expect(outcome(refused)).toEqual(fails(refused, "name-taken"));
    expect(refused.problems[0]?.message).toContain("pulumi state untaint URN");
    expect(outcome(followed)).toEqual(succeeds(followed));
    expect(held(stack.workspace)).toEqual(before);
  });

  test("new triggers push the value without a replacement", async () => {
    const stack = await startStack();
    await stack.deploy(PROGRAM);
    const before = held(stack.workspace);

    const followed = await stack.deploy(more(", triggers: [1]"));

    expect(followed.calls).toEqual(["update"]);
    expect(held(stack.workspace)).toEqual(before);
  });
});

test("a replacement by replacementTrigger works with deleteBeforeReplace", async () => {
  const stack = await startStack();
  const program = (trigger: number, more = "") =>
    `new WorkspaceSecret("a", { name: "A", value: "v" }, { replacementTrigger: ${trigger}, ${more} });`;
  await stack.deploy(program(1));
  await stack.program(program(2));
  const refused = await stack.up();

  const followed = await stack.deploy(program(2, "deleteBeforeReplace: true"));

  expect(outcome(refused)).toEqual(fails(refused, "name-taken"));
  expect(refused.problems[0]?.message).toContain("deleteBeforeReplace: true");
  expect(outcome(followed)).toEqual(succeeds(followed));
  expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "v" }]);
});

describe("the advice of name-taken", () => {
  test("after name-taken, a prefix keeps the secrets of another stack", async () => {
    const stack = await startStack();
    await stack.cli(["config", "set", "--secret", "--path", "secrets.A"], "v").orThrow();
    await stack.deploy('new WorkspaceSecrets("all");');
    const before = held(stack.workspace);
    await stack.cli(["stack", "init", "second", "--copy-config-from", "test"]).orThrow();
    stack.env.PULUMI_STACK = "second";
    const refused = await stack.up();

    const followed = await stack.deploy('new WorkspaceSecrets("all", { prefix: "prod_" });');

    expect(outcome(refused)).toEqual(fails(refused, "name-taken"));
    expect(refused.problems[0]?.message).toMatch(/another stack.*prefix: "prod_"/);
    expect(outcome(followed)).toEqual(succeeds(followed));
    expect(held(stack.workspace)).toEqual(expect.arrayContaining(before));
    expect(stack.workspace.secrets().map(({ name }) => name)).toEqual(["A", "prod_A"]);
  });

  test.each(["overwrite", "keep"])("after name-taken, the API's spelling with %s adopts the secret", async (policy) => {
    const stack = await startStack({ emulator: { normalizeName: (name) => name.trim() } });
    const { id } = stack.workspace.add("A", "theirs");
    await stack.program(PROGRAM.replace('"A"', '" A "'));
    const refused = await stack.up();

    const [name = "", ...policies] = refused.problems[0]?.message.match(/(?:name|onExisting): "\w+"/g) ?? [];
    const onExisting = policies.find((text) => text.includes(policy));
    const followed = await stack.deploy(`new WorkspaceSecret("a", { ${name}, value: "v", ${onExisting} });`);

    expect(outcome(refused)).toEqual(fails(refused, "name-taken"));
    expect(outcome(followed)).toEqual(succeeds(followed));
    expect(held(stack.workspace)).toEqual([`${id} A=${policy === "keep" ? "theirs" : "v"}`]);
    await expectNothingLeftToDo(stack);
  });

  test.each(["overwrite", "keep"])("after name-taken, %s adopts the secret and keeps its id", async (onExisting) => {
    const stack = await startStack();
    const { id } = stack.workspace.add("A", "theirs");
    await stack.program(PROGRAM);
    const refused = await stack.up();

    const followed = await stack.deploy(PROGRAM.replace('"v"', `"v", onExisting: "${onExisting}"`));

    expect(outcome(refused)).toEqual(fails(refused, "name-taken"));
    expect(outcome(followed)).toEqual(succeeds(followed));
    expect(held(stack.workspace)).toEqual([`${id} A=${onExisting === "keep" ? "theirs" : "v"}`]);
  });
});
