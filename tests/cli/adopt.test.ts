import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { cli, cliIn, envOf, newKey, stackEnv } from "../support/commandRun";
import { compile } from "../support/compile";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { runPrinted } from "../support/printedAdvice";
import { kindIn } from "../support/problems";
import { emulate } from "../support/servers";
import { inTerminal } from "../support/terminalRun";
import { startStack, type TestStack } from "../support/testStack";

const run = promisify(execFile);

/** Follows the output as a user does: adds the lines to the program, and runs each command with this value. */
async function follow(stack: TestStack, printed: string, value: string): Promise<void> {
  const [program = "", commands = ""] = printed.split(/^(?=# Set the values)/m);
  await stack.program(program.replace(/^import .*$/gm, ""));
  for (const command of commands.split("\n").filter((line) => line.startsWith("pulumi "))) {
    await run("sh", ["-c", `printf %s '${value}' | ${command}`], { cwd: stack.folder, env: stackEnv(stack) });
  }
}

describe("adopt", () => {
  test("adopting changes no secret and causes no drift, for names of any kind", async () => {
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
    expect(again.err).toMatch(new RegExp(`^Skipped .*stack owns.*: ${names.length}\\.\nNothing to adopt\\.\n$`));
  });

  test("--component prints one component, and a line for each other secret", async () => {
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

  test("the printed module compiles next to others, even with --component", async () => {
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

  test("an up pushes nothing if existingId and onExisting are removed later", async () => {
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

  test("adopt skips a secret without a name, and shows its id", async () => {
    const emulator = await emulate({ keys: { [newKey()]: {} } });
    emulator.workspace().add("", "v", { id: "id_nameless" });

    const { out, err } = await cli(["adopt"], { env: envOf(emulator) });

    expect(out).toBe("");
    expect(err).toMatch(/^Skipped .*: id_nameless\.$/m);
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

  test("adopt skips secrets that share a name, and shows their ids", async () => {
    const emulator = await emulate({ keys: { [newKey()]: {} } });
    for (const id of ["id_1", "id_2"]) emulator.workspace().add("TWICE", "v", { id });

    const { code, out, err } = await cli(["adopt"], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(/^Skipped: .*"TWICE": id_1, id_2\./m);
  });

  test("adopt skips a secret that has the name of a secret in the stack", async () => {
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} }, uniqueNames: false } });
    await stack.deploy('new WorkspaceSecret("TWICE", { value: "v" });');
    const [ours] = stack.workspace.secrets();
    stack.workspace.add("TWICE", "theirs", { id: "id_theirs" });

    const { code, out, err } = await cliIn(stack, ["adopt"]);

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(new RegExp(`^Skipped: .*"TWICE": ${ours?.id}, id_theirs\\.`, "m"));
    expect(err).toMatch(/^Skipped .*stack owns.*: 1\.\nNothing to adopt\.$/m);
  });

  test("the program contains the workspace, and the commands the stack", async () => {
    const eu = await startAnother({ keys: { [newKey()]: {} } });
    eu.workspace().add("A", "v", { id: "id_a" });
    const stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    await addWorkspaces(stack, { eu });

    const { out } = await cliIn(stack, ["adopt", "--workspace", "eu", "--stack", "test"]);

    expect(out).toContain('existingId: "id_a", onExisting: "keep", workspace: "eu" });\n');
    expect(out).toContain("\npulumi config set --stack test --secret A\n");
  });

  test("adopt prints no command for a value that the config already has", async () => {
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
  beforeEach(async () => {
    stack = await startStack({ emulator: { keys: { [newKey()]: {} } } });
    for (const name of ["A", "B"]) stack.workspace.add(name, "theirs");
  });

  /** Adopts in a separate terminal. The program lines are written to a file. */
  async function ask(answers: string[], args = "", env: Record<string, string> = {}, folder = stack.folder) {
    const command = `exec "${process.execPath}" "${join(process.cwd(), "dist/cli.js")}" adopt --ask ${args} > lines.ts`;
    const { code, seen } = await inTerminal(command, { folder, env: { ...stackEnv(stack), ...env }, answers });
    return { code, seen, kind: kindIn(seen), printed: await readFile(join(folder, "lines.ts"), "utf8") };
  }

  async function configOf(): Promise<Record<string, unknown>> {
    const { output } = await stack.cli(["config", "--json", "--show-secrets"]).orThrow();
    return JSON.parse(output);
  }

  test("adopt --ask sets each value encrypted, and shows none", async () => {
    const { code, seen, printed } = await ask(["first value\r", "second 'value'\r"]);

    expect(code).toBe(0);
    expect(seen).toMatch(/Value of "A"\..*pulumi config set --secret A < FILE.*Value of "B"\./s);
    expect(seen + printed).not.toMatch(/first value|second|theirs/);
    expect(printed).toMatch(/^new WorkspaceSecret\("B".*\n\n# The config has all values\. Next: pulumi preview\n$/m);
    expect(await configOf()).toMatchObject({
      "test:A": { value: "first value", secret: true },
      "test:B": { value: "second 'value'", secret: true },
    });
  });

  test("adopt --ask asks only for missing values, also below a path", async () => {
    await stack.cli(["config", "set", "--secret", "--path", "secrets.A"], "kept").orThrow();

    const { code } = await ask(["new\r"], "--component --stack test");

    expect(code).toBe(0);
    const config = await configOf();
    expect(config["test:secrets"]).toMatchObject({ objectValue: { A: "kept", B: "new" }, secret: true });
  });

  test("after Ctrl-C, adopt --ask asks only for the values that aren't set", async () => {
    const { code, seen, kind, printed } = await ask(["first value\r", "half a val\u0003"]);

    expect({ code, kind, printed }).toEqual({ code: 1, kind: "interrupted", printed: "" });
    expect(seen).not.toContain("half a val");
    const config = await configOf();
    expect(config["test:A"]).toEqual({ value: "first value", secret: true });
    expect(config["test:B"]).toBeUndefined();

    const again = await ask(["second value\r"]);

    expect(again.code).toBe(0);
    expect(await configOf()).toMatchObject({ "test:A": { value: "first value" }, "test:B": { value: "second value" } });
  });

  test("Ctrl-C is an error even before Pulumi asks", async () => {
    const PATH = await pathWith("case \"$*\" in *'config set'*) echo 'value: ' && exec tail -f /dev/null;; esac");

    const { code, kind } = await ask(["\u0003"], "", { PATH });

    expect({ code, kind }).toEqual({ code: 1, kind: "interrupted" });
  });

  test("--ask passes no value as an argument, and reads none from the state", async () => {
    const value = `value_${newKey()}`;
    const log = join(stack.folder, "commands");
    const PATH = await pathWith(`printf '%s\\n' "$*" >> '${log}'`);

    await ask([`${value}\r`, `${value}\r`], "", { PATH });

    const commands = await readFile(log, "utf8");
    expect(commands).toContain("config set --secret A");
    expect(commands).not.toContain(value);
    expect(commands.match(/^.*--show-secrets.*$/gm)).toEqual([expect.stringMatching(/^config --json --show-secrets/)]);
    expect((await stack.cli(["config", "get", "A"]).orThrow()).output).toBe(`${value}\n`);
  });

  /** Returns a PATH with a `pulumi` that runs this script first. */
  async function pathWith(script: string): Promise<string> {
    const folder = join(stack.folder, "bin");
    await mkdir(folder);
    const wrapper = `#!/bin/sh\n${script}\nexec '${process.env.TEST_ENGINE}/pulumi' "$@"\n`;
    await writeFile(join(folder, "pulumi"), wrapper, { mode: 0o755 });
    return `${folder}:${stackEnv(stack).PATH}`;
  }

  test("adopt --ask fails outside a terminal before it prints anything", async () => {
    const { code, out, err, kind } = await cliIn(stack, ["adopt", "--ask"]);

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "no-terminal" });
    expect(err.trimEnd().split("\n")).toHaveLength(2);
    expect(stack.emulator.requests).toEqual([]);

    const { out: lines } = await cliIn(stack, ["adopt"]);
    for (const [command] of lines.matchAll(/^pulumi config set .*$/gm)) await runPrinted(stack, command, "a value");

    expect(await configOf()).toMatchObject({ "test:A": { value: "a value" }, "test:B": { value: "a value" } });
  });

  test("adopt --ask fails without a stack, and asks in a project with one", async () => {
    const folder = join(stack.folder, "../outside");
    await mkdir(folder);
    const outside = await ask([], "", envOf(stack.emulator), folder);
    const inside = await ask(["first\r", "second\r"]);

    expect(outside).toMatchObject({ code: 1, printed: "", kind: "no-stack-for-values" });
    expect(inside.code).toBe(0);
  });
});
