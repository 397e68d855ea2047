import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { askFor, type Terminal } from "../../cli/ask";
import { openStack, Stack } from "../../cli/stack";
import { configPathText } from "../../provider/messages/commands";
import { configPath } from "../../provider/pulumi/configPath";
import { cli, cliIn, envOf, newKey, stackEnv } from "../support/commandRun";
import { compile } from "../support/compile";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { emulate } from "../support/servers";
import { startStack, type TestStack } from "../support/testStack";

const run = promisify(execFile);

/** Does what a user does with the output: adds the program lines, and runs each command with this value. */
async function follow(stack: TestStack, printed: string, value: string): Promise<void> {
  const [program = "", commands = ""] = printed.split(/^(?=# Set the values)/m);
  await stack.program(program.replace(/^import .*$/gm, ""));
  for (const command of commands.split("\n").filter((line) => line.startsWith("pulumi "))) {
    await run("sh", ["-c", `printf %s '${value}' | ${command}`], { cwd: stack.folder, env: stackEnv(stack) });
  }
}

describe("adopt", () => {
  test("adopts every secret unchanged, whatever its name, without drift", async () => {
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    const names = [
      "CRM_TOKEN",
      "with space",
      "q\"uo'te",
      "a\\",
      "back`tick $" + "{x}",
      "$(touch pwned)",
      "line\nfeed",
      "日本",
      "1st",
      "secure",
      "secrets",
      "a.b",
      "a_b",
      "-x",
      "\u202eabc",
    ];
    for (const name of names) stack.workspace.add(name, `value of ${name}`);
    const before = stack.workspace.secrets();

    const { code, out, err } = await cliIn(stack, ["adopt"]);
    await follow(stack, out, "some value");
    const up = await stack.up();

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).not.toContain("value of");
    expect(out.replaceAll("日本", "")).toMatch(/^[\x20-\x7e\n]*$/);
    expect(up).toMatchObject({ code: 0, changes: { create: names.length } });
    expect(new Set(up.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(stack.workspace.secrets()).toEqual(before);
    expect((await cliIn(stack, ["drift"])).code).toBe(0);
    const again = await cliIn(stack, ["adopt"]);
    expect(again).toMatchObject({ code: 0, out: "" });
    expect(again.err).toMatch(new RegExp(`^Left out .*stack owns.*: ${names.length}\\.\nNothing to adopt\\.\n$`));
  });

  test("--component: one WorkspaceSecrets, and a line per secret beyond it", async () => {
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    for (const name of ["dev_A", "dev_B", "dev_odd name", "prod_A"]) stack.workspace.add(name, "v");
    const before = stack.workspace.secrets();

    const { out } = await cliIn(stack, ["adopt", "--component", "--prefix", "dev_"]);
    await follow(stack, out, "some value");
    const up = await stack.up();

    expect(out).toContain('new WorkspaceSecrets("secrets", { prefix: "dev_", onExisting: "keep" });\n');
    expect(out).toMatch(
      /^pulumi config set --secret --path secrets\.A\npulumi config set --secret --path secrets\.B\n/m,
    );
    expect(out).toMatch(/^new WorkspaceSecret\("dev_odd_name", \{ name: "dev_odd name", /m);
    expect(up).toMatchObject({ code: 0, changes: { create: 3 } });
    expect(stack.workspace.secrets()).toEqual(before);
  });

  test("prints a module that compiles beside others, also with --component", async () => {
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    for (const name of ["A", "odd name"]) stack.workspace.add(name, "v");

    const modules = {
      each: await cliIn(stack, ["adopt", "--only", "program"]),
      component: await cliIn(stack, ["adopt", "--only", "program", "--component"]),
    };
    const output = await compile({
      "each.ts": modules.each.out,
      "component.ts": modules.component.out,
      "index.ts":
        'import * as pulumi from "@pulumi/pulumi";\nimport "./each";\nimport "./component";\nconst config = new pulumi.Config();\nexport const x = config.get("x");\n',
    });

    expect(output).toBe("");
    for (const { out } of Object.values(modules)) expect(out).toContain("new WorkspaceSecret");
  });

  test("pushes and replaces nothing if existingId and onExisting go later", async () => {
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    stack.workspace.add("A", "theirs");
    const { out } = await cliIn(stack, ["adopt"]);
    await follow(stack, out, "some value");
    expect((await stack.up()).code).toBe(0);

    await follow(stack, out.replace(/, existingId: "[^"]*", onExisting: "keep"/, ""), "some value");
    const up = await stack.up();

    expect(up).toMatchObject({ code: 0, calls: [], steps: { A: "update" } });
    expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "theirs" }]);
    expect((await cliIn(stack, ["drift"])).code).toBe(0);
  });

  test("leaves out a secret without a name, and shows its id", async () => {
    const emulator = await emulate({ keys: { [newKey()]: {} } });
    emulator.workspace().add("", "v", { id: "id_nameless" });

    const { out, err } = await cli(["adopt"], { env: envOf(emulator) });

    expect(out).toBe("");
    expect(err).toMatch(/^Left out .*: id_nameless\.$/m);
  });

  test("--name and --prefix select secrets; a missing name is an error", async () => {
    const emulator = await emulate({ keys: { [newKey()]: {} } });
    for (const name of ["CRM_A", "CRM_B", "ERP_A"]) emulator.workspace().add(name, "v", { id: `id_${name}` });
    const env = envOf(emulator);

    const named = await cli(["adopt", "-n", "CRM_A", "-n", "ERP_A", "--only", "commands"], { env });
    const prefixed = await cli(["adopt", "--prefix", "CRM_", "--only", "program"], { env });
    const missing = await cli(["adopt", "--name", "CRM"], { env });

    expect(named.out).toMatch(/^#.*\npulumi config set --secret CRM_A\npulumi config set --secret ERP_A\n$/);
    expect(prefixed.out.split("\n")).toEqual([
      expect.stringMatching(`^// Adopts 2 secrets of ${emulator.url} `),
      expect.stringMatching(/^\/\/ After .*"pulumi up", remove existingId and onExisting/),
      'import * as pulumi from "@pulumi/pulumi";',
      'import { WorkspaceSecret } from "pulumi-elevenlabs";',
      "",
      "const config = new pulumi.Config();",
      'new WorkspaceSecret("CRM_A", { name: "CRM_A", value: config.requireSecret("CRM_A"), existingId: "id_CRM_A", onExisting: "keep" });',
      'new WorkspaceSecret("CRM_B", { name: "CRM_B", value: config.requireSecret("CRM_B"), existingId: "id_CRM_B", onExisting: "keep" });',
      "",
    ]);
    expect(missing).toMatchObject({ code: 1, out: "", kind: "secrets-not-found" });
    expect(missing.err).toMatch(new RegExp(`^error: .*${emulator.url}.*"CRM"`, "m"));
  });

  test("leaves out secrets that share a name, and shows their ids", async () => {
    const emulator = await emulate({ keys: { [newKey()]: {} } });
    for (const id of ["id_1", "id_2"]) emulator.workspace().add("TWICE", "v", { id });

    const { code, out, err } = await cli(["adopt"], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(/^Left out: .*"TWICE": id_1, id_2\./m);
  });

  test("leaves out a secret that shares its name with one of the stack", async () => {
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} }, uniqueNames: false } });
    await stack.deploy('new WorkspaceSecret("TWICE", { value: "v" });');
    const [ours] = stack.workspace.secrets();
    stack.workspace.add("TWICE", "theirs", { id: "id_theirs" });

    const { code, out, err } = await cliIn(stack, ["adopt"]);

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(new RegExp(`^Left out: .*"TWICE": ${ours?.id}, id_theirs\\.`, "m"));
    expect(err).toMatch(/^Left out .*stack owns.*: 1\.\nNothing to adopt\.$/m);
  });

  test("names the workspace in the program, and the stack in the commands", async () => {
    const eu = await startAnother({ keys: { [newKey()]: {} } });
    eu.workspace().add("A", "v", { id: "id_a" });
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    await addWorkspaces(stack, { eu });

    const { out } = await cliIn(stack, ["adopt", "--workspace", "eu", "--stack", "test"]);

    expect(out).toContain('existingId: "id_a", onExisting: "keep", workspace: "eu" });\n');
    expect(out).toContain("\npulumi config set --stack test --secret A\n");
  });

  test("prints no command for a value that the config has", async () => {
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    for (const name of ["A", "B"]) stack.workspace.add(name, "v");
    await stack.cli(["config", "set", "--secret", "A"], "value of A").orThrow();

    const first = await cliIn(stack, ["adopt", "--only", "commands"]);
    await stack.cli(["config", "set", "--secret", "B"], "value of B").orThrow();
    const second = await cliIn(stack, ["adopt", "--only", "commands"]);

    expect(first.out).toMatch(/^#.*\npulumi config set --secret B\n$/);
    expect(second.out).toMatch(/^# The config has all values\. Next: pulumi preview\n$/);
    expect(first.out + second.out).not.toContain("value of");
  });
});

describe("adopt --ask", () => {
  let stack: TestStack;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    env = { ...process.env };
    Object.assign(process.env, stackEnv(stack));
  });
  afterEach(() => {
    for (const key of Object.keys(process.env)) delete process.env[key];
    Object.assign(process.env, env);
  });

  const secrets = ["A", "B", "C"].map((name) => ({
    id: `id_${name}`,
    name,
    path: name === "C" ? configPath("secrets", "C") : configPath(name),
  }));

  async function opened(): Promise<Stack> {
    const found = await openStack(true, stack.folder);
    if (found instanceof Stack) return found;
    throw new Error("There is no stack", { cause: found });
  }

  /** A person who types an answer after each question, and what the terminal shows them. */
  function person(answers: string[]): { terminal: Terminal; seen(): string } {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let seen = "";
    let asked = 0;
    output.setEncoding("utf8").on("data", (text: string) => {
      seen += text;
      if (seen.split("(leave it empty to set it later): ").length - 1 <= asked) return;
      const answer = answers[asked++];
      if (answer === undefined) input.end();
      else input.write(answer);
    });
    return { terminal: { input, output }, seen: () => seen };
  }

  test("sets values encrypted, shows none, and skips an empty one", async () => {
    const { terminal, seen } = person(["first value\r", "\r", "thirt\u007fd 'value' \r"]);

    const left = await askFor(secrets, await opened(), terminal);

    expect(left.map(({ name }) => name)).toEqual(["B"]);
    expect(seen()).toBe(
      ["A", "B", "C"].map((name) => `Value of "${name}" (leave it empty to set it later): \n`).join(""),
    );
    const { output } = await stack.cli(["config", "--json", "--show-secrets"]).orThrow();
    const config = JSON.parse(output);
    expect(config["test:A"]).toEqual({ value: "first value", secret: true });
    expect(config["test:B"]).toBeUndefined();
    expect(config["test:secrets"]).toMatchObject({ objectValue: { C: "third 'value' " }, secret: true });
  });

  test.each([
    ["Ctrl-C", "half a val\u0003"],
    ["Ctrl-D", "\u0004"],
    ["the end of the input", undefined],
  ])("%s is an error, and keeps the values entered before", async (_title, last) => {
    const { terminal, seen } = person(["first value\r", ...(last === undefined ? [] : [last])]);

    const asked = askFor(secrets, await opened(), terminal);

    await expect(asked).rejects.toMatchObject({ kind: "interrupted" });
    expect(seen()).not.toContain("half a val");
    expect((await stack.cli(["config", "get", "A"]).orThrow()).output).toBe("first value\n");
  });

  test.each([
    ["with a final line break", "-----BEGIN KEY-----\rabc\rdef\r"],
    ["without a final line break", "-----BEGIN KEY-----\rabc"],
  ])("refuses a paste of several lines %s, and sets none of it", async (_title, paste) => {
    const { terminal } = person([paste]);

    const asked = askFor(secrets, await opened(), terminal);

    await expect(asked).rejects.toMatchObject({ kind: "several-lines" });
    expect((await opened()).isSet(configPath("A"))).toBe(false);
  });

  test("ignores what is typed before the next question", async () => {
    const { terminal } = person(["first\r", "third\r", "fourth\r"]);
    const into = await opened();
    const set: [string, string][] = [];
    into.setSecret = async (path, value) => {
      set.push([configPathText(path), value]);
      (terminal.input as PassThrough).write("typed ahead\r");
      await setImmediate();
    };

    await askFor(secrets, into, terminal);

    expect(set).toEqual([
      ["A", "first"],
      ["B", "third"],
      ["secrets.C", "fourth"],
    ]);
  });

  test("passes no value as an argument, and reads none from the state", async () => {
    const value = `value_${newKey()}`;
    const log = join(stack.folder, "commands");
    const wrapper = `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\nexec '${process.env.TEST_ENGINE}/pulumi' "$@"\n`;
    await mkdir(join(stack.folder, "bin"));
    await writeFile(join(stack.folder, "bin/pulumi"), wrapper, { mode: 0o755 });
    process.env.PATH = `${join(stack.folder, "bin")}:${process.env.PATH}`;
    const { terminal } = person([`${value}\r`, "\r", "\r"]);

    const into = await opened();
    await askFor(secrets, into, terminal);
    await into.owned();

    const commands = await readFile(log, "utf8");
    expect(commands).toContain("config set --secret --path A");
    expect(commands).not.toContain(value);
    expect(commands.match(/^.*--show-secrets.*$/gm)).toEqual([expect.stringMatching(/^config --json --show-secrets/)]);
    expect((await stack.cli(["config", "get", "A"]).orThrow()).output).toBe(`${value}\n`);
  });

  test("without a terminal, fails before it asks or prints anything", async () => {
    const { code, out, err, kind } = await cliIn(stack, ["adopt", "--ask"]);

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "no-terminal" });
    expect(err.trimEnd().split("\n")).toHaveLength(2);
  });
});
