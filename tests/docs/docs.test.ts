import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { cliIn } from "../support/commandRun";
import { compile } from "../support/compile";
import { docBlocks } from "../support/docBlocks";
import { startStack } from "../support/testStack";

function changes([command = ""]: string[]): boolean {
  return ["up", "destroy"].includes(command);
}

function commandsOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter(Boolean);
}

test("every program in the docs compiles", async () => {
  const programs = (await docBlocks())
    .filter(({ language }) => ["ts", "typescript"].includes(language))
    .map(({ text }) => text);
  expect(programs.length).toBeGreaterThan(5);
  const { dependencies } = JSON.parse(await readFile("tests/vendor/package.json", "utf8"));
  const untyped = Object.keys(dependencies).map((name) => `declare module "${name}";\n`);

  const output = await compile({
    ...Object.fromEntries(programs.map((text, index) => [`program${index}.ts`, text])),
    // Only the matrix installs these packages. It also runs tests/vendor, which compiles the programs with the real types.
    "vendors.d.ts": untyped.join(""),
  });

  expect(output).toBe("");
});

test("every npm script and make target in the docs exists", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  const makefile = await readFile("Makefile", "utf8");
  const texts = (await docBlocks()).filter(({ language }) => language === "sh").map(({ text }) => text);
  const named = (pattern: RegExp) =>
    new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name)));

  expect([...named(/npm run ([\w:]+)/g)].filter((name) => scripts[name ?? ""] === undefined)).toEqual([]);
  expect([...named(/^make (?:-s )?([a-z]+)\b/gm)].filter((name) => !makefile.includes(`\n${name}: `))).toEqual([]);
});

test("every Pulumi and pulumi-elevenlabs command in the docs runs, in order", async () => {
  const stack = await startStack();
  await stack.program('new WorkspaceSecrets("secrets")');
  await stack.cli(["config", "set", "--secret", "--path", "secrets.FIRST"], "a value");
  await mkdir(join(stack.folder, "agents"));
  await writeFile(join(stack.folder, "agents/tool.json"), `{ "secret_id": "\${secret:FIRST}" }`);
  const commands = (await docBlocks())
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => commandsOf(text))
    .filter((command) => /^(pulumi|npx --no -- pulumi-elevenlabs) /.test(command) && !command.includes("emulator"))
    // Imports need the plugin: tests/engine/plugin/importing.test.ts runs them.
    .filter((command) => !/pulumi import|--import-file/.test(command))
    // The project and its stack exist already, with a backend, and with the API key and base URL in the environment.
    .filter((command) => !/pulumi new|stack init|pulumi login|elevenlabs:(?:apiKey|baseUrl)/.test(command));
  expect(commands.length).toBeGreaterThan(10);

  const failures: string[] = [];
  for (const command of commands) {
    const [program, ...args] = command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", "")) ?? [];
    const { code, output } =
      program === "npx"
        ? await cliIn(stack, args.slice(3)).then(({ code, out, err }) => ({ code, output: out + err }))
        : await stack.cli(changes(args) ? [...args, "--yes", "--skip-preview"] : args, "a value");
    if (code !== 0) failures.push(`${command}\n${output}`);
  }

  expect(failures).toEqual([]);
}, 300_000);
