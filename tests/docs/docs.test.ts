import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { cliIn } from "../support/commandRun";
import { startStack } from "../support/testStack";

const run = promisify(execFile);

interface Block {
  page: string;
  language: string;
  text: string;
}

async function blocks(): Promise<Block[]> {
  const docs = (await readdir("docs")).filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  const found: Block[] = [];
  for (const page of ["README.md", "CONTRIBUTING.md", ...docs]) {
    for (const [, language = "", text = ""] of (await readFile(page, "utf8")).matchAll(/^```(\w+)\n(.*?)^```/gms)) {
      found.push({ page, language, text });
    }
  }
  return found;
}

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
  const programs = (await blocks()).filter(({ language }) => language === "ts");
  expect(programs.length).toBeGreaterThan(5);
  // Inside the repository, so that the compiler finds the packages.
  const folder = join(".engine", "docs-test");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await Promise.all(programs.map(({ text }, index) => writeFile(join(folder, `program${index}.ts`), text)));
    const options = { extends: "../../tsconfig.json", include: ["*.ts"], exclude: [] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(options));

    const compiled: { code?: number; stdout: string } = await run(process.execPath, [
      "node_modules/typescript/bin/tsc",
      "-p",
      folder,
    ]).catch((error: { code: number; stdout: string }) => error);

    expect({ code: compiled.code ?? 0, stdout: compiled.stdout }).toEqual({ code: 0, stdout: "" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("every npm script and make target in the docs exists", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  const makefile = await readFile("Makefile", "utf8");
  const texts = (await blocks()).filter(({ language }) => language === "sh").map(({ text }) => text);
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
  const commands = (await blocks())
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
