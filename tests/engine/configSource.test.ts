import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { canary } from "../support/canary";
import { cliIn } from "../support/commandRun";
import { type StackOptions, startStack, type TestStack } from "../support/testStack";

const value = canary("");
const ALL = 'new WorkspaceSecrets("all");';

/** Moves the stack's config to another file. */
async function moveConfig(stack: TestStack, file: string): Promise<void> {
  await mkdir(dirname(join(stack.folder, file)), { recursive: true });
  await rename(join(stack.folder, "Pulumi.test.yaml"), join(stack.folder, file));
}

const PLACES: [string, string, (stack: TestStack) => Promise<void>][] = [
  ["stackConfigDir", "config/Pulumi.test.yaml", (stack) => stack.changeProject({ stackConfigDir: "config" })],
  ["config, its older name", "config/Pulumi.test.yaml", (stack) => stack.changeProject({ config: "config" })],
  [
    "PULUMI_OPTION_CONFIG_FILE",
    "other.yaml",
    async (stack) => {
      stack.env.PULUMI_OPTION_CONFIG_FILE = "other.yaml";
    },
  ],
];

test.each(PLACES)("a plain value next to secret values causes a warning, in file %s", async (_title, file, choose) => {
  const stack = await startStack({ config: { secrets: { PLAIN: value.text } } });
  await stack.cli(["config", "set", "--secret", "--path", "secrets.SECRET", "s"]).orThrow();
  await moveConfig(stack, file);
  await choose(stack);
  await stack.program(ALL);

  const run = await stack.preview();

  expect(run).toMatchObject({ code: 0, kinds: ["plain-values"] });
  expect(run.output).toContain('has "PLAIN" in plain text');
});

test.each(PLACES)("a plain API key next to secret values is refused, in file %s", async (_title, file, choose) => {
  const stack = await startStack({ config: { "elevenlabs:workspaces": { b: { apiKey: value.text } } } });
  await stack.cli(["config", "set", "--secret", "--path", "elevenlabs:workspaces.a.apiKey", "sk"]).orThrow();
  await moveConfig(stack, file);
  await choose(stack);
  await stack.program('new WorkspaceSecret("A", { value: "v" });');

  const run = await stack.preview();
  const { code, out } = await cliIn(stack, ["doctor", "--workspace", "b"]);

  expect(run.kinds).toEqual(["plain-api-key"]);
  expect(code).toBe(1);
  expect(out).toContain("elevenlabs:workspaces.b.apiKey is set in plain text");
});

test("a project's key without its namespace is the same key", async () => {
  const stack = await startStack({ config: { secrets: { PLAIN: value.text } } });
  await stack.cli(["config", "set", "--secret", "--path", "secrets.SECRET", "s"]).orThrow();
  const file = join(stack.folder, "Pulumi.test.yaml");
  await writeFile(file, (await readFile(file, "utf8")).replace("test:secrets", "secrets"));
  await stack.program(ALL);

  expect((await stack.preview()).kinds).toEqual(["plain-values"]);
});

test("a file that --config-file replaces causes no warning", async () => {
  const stack = await startStack();
  await stack.cli(["config", "set", "--secret", "--path", "secrets.SECRET", "s"]).orThrow();
  const written = await readFile(join(stack.folder, "Pulumi.test.yaml"), "utf8");
  await stack.configure({ "test:secrets": { SECRET: "s", PLAIN: value.text } });
  await writeFile(join(stack.folder, "other.yaml"), written);
  await stack.program(ALL);

  expect((await stack.preview("--config-file", "other.yaml")).kinds).toEqual([]);
});

/** Starts a stack whose values are in `Pulumi.yaml`. */
async function startWithProjectConfig(options: StackOptions = {}): Promise<TestStack> {
  const stack = await startStack(options);
  await stack.changeProject({ config: { secrets: { value: { A: value.text, B: value.text } } } });
  await stack.program(ALL);
  return stack;
}

/** Returns the arguments of the only `pulumi config set` command in this output. */
function setCommandIn(output: string): string[] {
  const [, words = ""] = /pulumi (config set .*)/.exec(output) ?? [];
  return words.split(" ");
}

test("the commands of plain-values move every value out of Pulumi.yaml", async () => {
  const stack = await startWithProjectConfig();
  const { output, kinds } = await stack.up();
  const before = stack.workspace.secrets().map(({ id, name }) => ({ id, name }));
  expect(kinds).toEqual(["plain-values"]);
  expect(output).toContain('"A", "B" in plain text in Pulumi.yaml');

  const command = setCommandIn(output);
  for (const name of ["A", "B"]) {
    await stack.cli([...command.slice(0, -1), `secrets.${name}`], `new ${name}`).orThrow();
  }
  const inBoth = await stack.up();
  await stack.changeProject({ config: undefined });
  const moved = await stack.up();

  expect(command.at(-1)).toBe("secrets.A");
  expect(inBoth).toMatchObject({ changes: { update: 2 }, kinds: [] });
  expect(moved).toMatchObject({ changes: { same: 2 }, kinds: [] });
  expect(stack.workspace.secrets()).toMatchObject(before);
});

test.each([
  ["an empty value", "config-entries-invalid", { secrets: { value: { A: "a", B: "" } } }],
  ["text", "config-not-an-object", { secrets: { value: "text" } }],
  ["an API key", "plain-api-key", { "elevenlabs:apiKey": { value: value.text } }],
  ["API keys of workspaces", "plain-api-keys", { "elevenlabs:workspaces": { value: { eu: { apiKey: value.text } } } }],
])("%s in Pulumi.yaml is refused, and the error contains the file's name", async (_title, kind, config) => {
  const stack = await startStack();
  await stack.changeProject({ config });
  await stack.program(`new WorkspaceSecret("one", { value: "v" }); ${ALL}`);

  const run = await stack.preview();

  expect(run).toMatchObject({ kinds: [kind], calls: [] });
  expect(run.output).toContain("Pulumi.yaml");
  expect(run.output).not.toContain("stack's file");
  expect(run.output).not.toContain("config rm");
});

test("adopt sets no value that would hide an object of Pulumi.yaml", async () => {
  const stack = await startWithProjectConfig();
  stack.workspace.add("C", "theirs");

  const refused = await cliIn(stack, ["adopt", "--component"]);
  const program = await cliIn(stack, ["adopt", "--component", "--only", "program"]);
  for (const name of ["A", "B"]) {
    await stack.cli(["config", "set", "--secret", "--path", `secrets.${name}`], name).orThrow();
  }
  const moved = await cliIn(stack, ["adopt", "--component"]);

  expect(refused).toMatchObject({ code: 1, kind: "config-in-project", out: "" });
  expect(program.code).toBe(0);
  expect(moved.out).toContain("pulumi config set --secret --path secrets.C");
});
