import { describe, expect, test } from "@jest/globals";
import { testFor } from "../../support/hosts";
import { addOwner } from "../../support/ownedSecrets";
import { type Run, startStack, type TestStack } from "../../support/testStack";
import { fails, held, names, outcome, succeeds } from "./support";

const secret = (inputs: string, options = "") => `new WorkspaceSecret("a", { ${inputs} }, { ${options} });`;

/** Expects that the first program fails with this advice, and that the second program succeeds. */
async function follow(stack: TestStack, kind: string, advice: string, [before, after]: [string, string]): Promise<Run> {
  await stack.program(before);
  const refused = await stack.up();
  const followed = await stack.deploy(after);
  expect(outcome(refused)).toEqual(fails(refused, kind));
  expect(refused.problems[0]?.message).toContain(advice);
  expect(outcome(followed)).toEqual(succeeds(followed));
  expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  return followed;
}

test("after existing-id-not-found, a program without existingId works", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("OTHER", "theirs");
  const before = 'name: "A", value: "v"';
  await follow(stack, "existing-id-not-found", 'remove existingId: "gone"', [
    secret(`${before}, existingId: "gone"`),
    secret(before),
  ]);
  expect(held(stack.workspace)).toEqual(expect.arrayContaining([`${id} OTHER=theirs`, expect.stringMatching(/ A=v$/)]));
});

describe("the advice of kept-value-has-other-name", () => {
  const input = (name: string, id: string, more: string) =>
    secret(`name: "${name}", value: "v", existingId: "${id}"${more}`);

  test.each([
    ["the name that the secret has", 'name: "THEIRS"', "THEIRS", ', onExisting: "keep"', "THEIRS=theirs"],
    ["no keep", 'remove onExisting: "keep"', "A", "", "A=v"],
  ])("after kept-value-has-other-name, %s keeps the same secret", async (_, advice, name, more, now) => {
    const stack = await startStack();
    const { id } = stack.workspace.add("THEIRS", "theirs");
    const programs: [string, string] = [input("A", id, ', onExisting: "keep"'), input(name, id, more)];
    await follow(stack, "kept-value-has-other-name", advice, programs);
    expect(held(stack.workspace)).toEqual([`${id} ${now}`]);
  });
});

test("after new-name-taken, another name keeps both secrets", async () => {
  const stack = await startStack();
  const named = (name: string) => secret(`name: "${name}", value: "v", onNameChange: "rename"`);
  await stack.deploy(named("A"));
  const [made] = stack.workspace.secrets();
  const { id } = stack.workspace.add("B", "theirs");

  await follow(stack, "new-name-taken", "Choose another name", [named("B"), named("C")]);

  expect(held(stack.workspace)).toEqual([`${made?.id} C=v`, `${id} B=theirs`].sort());
});

test("after several-with-this-name, existingId adopts only one secret", async () => {
  const stack = await startStack({ emulator: { uniqueNames: false } });
  const [first, second] = ["one", "two"].map((value) => stack.workspace.add("A", value));
  const adopting = 'name: "A", value: "v", onExisting: "overwrite"';

  await follow(stack, "several-with-this-name", `existingId: "${first?.id}"`, [
    secret(adopting),
    secret(`${adopting}, existingId: "${first?.id}"`),
  ]);

  expect(held(stack.workspace)).toEqual([`${first?.id} A=v`, `${second?.id} A=two`].sort());
});

test.each([
  ["the stack's name", "pulumi.getStack()"],
  ["config that isn't secret", 'new pulumi.Config().require("prefix")'],
])("after prefix-not-plain, %s works as the prefix", async (advice, prefix) => {
  const stack = await startStack();
  await stack.cli(["config", "set", "prefix", "test"]).orThrow();
  const all = (prefix: string) => `new WorkspaceSecrets("all", { secrets: { A: "v" }, prefix: ${prefix} });`;
  await stack.program(all('pulumi.output("test")'));
  const refused = await stack.preview();

  await stack.deploy(all(prefix));

  expect(outcome(refused)).toEqual(fails(refused, "prefix-not-plain"));
  expect(refused.problems[0]?.message).toContain(advice);
  expect(names(stack.workspace)).toEqual(["testA"]);
});

test("after secrets-not-plain, secretsFromConfig manages the same secrets", async () => {
  const stack = await startStack();
  await stack.cli(["config", "set", "--secret", "--path", "crm.A"], "v").orThrow();
  const all = (secrets: string) => `new WorkspaceSecrets("all", { secrets: ${secrets} });`;
  await stack.program(all('new pulumi.Config().requireSecretObject("crm")'));
  const refused = await stack.preview();
  const [call = ""] = /secretsFromConfig\("KEY"\)/.exec(refused.problems[0]?.message ?? "") ?? [];

  await stack.deploy(all(call.replace("KEY", "crm")));

  expect(outcome(refused)).toEqual(fails(refused, "secrets-not-plain"));
  expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "v" }]);
});

testFor("dynamic")("after import-unsupported, existingId adopts the secret", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("A", "theirs");
  await stack.program(secret('name: "A", value: "v"', `import: "${id}"`));
  const refused = await stack.up();

  await stack.deploy(secret(`name: "A", value: "v", existingId: "${id}"`));

  expect(refused.output).toContain(`set existingId: "${id}" in the arguments`);
  expect(held(stack.workspace)).toEqual([`${id} A=v`]);
});

test("after left-to-other-owner, new triggers push the remaining value", async () => {
  const stack = await startStack();
  await stack.deploy(secret('name: "A", value: "v"'));
  const [made] = stack.workspace.secrets();
  await addOwner(stack, "b");
  const stays = (more: string) => `new WorkspaceSecret("b", { name: "A", value: "w"${more} });`;
  const warned = await stack.deploy(stays(""));

  await stack.deploy(stays(", triggers: [1]"));

  expect(warned.kinds).toEqual(["left-to-other-owner"]);
  expect(held(stack.workspace)).toEqual([`${made?.id} A=w`]);
});

test("after in-use, an update with retain leaves the secret in the workspace", async () => {
  const stack = await startStack();
  await stack.deploy(secret('name: "A", value: "v"'));
  const [made] = stack.workspace.secrets();
  stack.workspace.use(made?.id ?? "", { agents: ["Support"] });
  const refused = await stack.destroy();

  await stack.deploy(secret('name: "A", value: "v", onInUse: "retain"'));
  const followed = await stack.destroy();

  expect(outcome(refused)).toEqual(fails(refused, "in-use"));
  expect(refused.problems[0]?.message).toContain(
    'put it back into the program with onInUse: "retain", and run "pulumi up" first',
  );
  expect(outcome(followed)).toEqual(succeeds(followed, "left-in-use"));
  expect(held(stack.workspace)).toEqual([`${made?.id} A=v`]);
});
