import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { FaultKind, Operation } from "pulumi-elevenlabs/emulator";
import { canary } from "./harness/canary";
import { startStack, type TestStack } from "./harness/index";

const key = canary('sk_"/%+');
const inConfig = canary(' "ü"\\/');
const inObject = canary(' "ü"\\/');
const inProgram = canary(' "ü"\\/');
const LITERAL = JSON.stringify(inProgram.text);
const keys = { [key.text]: {} };

/** Which of the canaries are there, by name, and how. */
function found(text: string): string[] {
  const all = Object.entries({ key, inConfig, inObject, inProgram });
  return all.flatMap(([name, bird]) => bird.foundIn(text).map((how) => `${name} as ${how}`));
}

/** Also what was written to the folder for temporary files, and the stack's config. */
async function foundInFiles(stack: TestStack): Promise<string[]> {
  const files = await stack.writtenFiles();
  const config = join(stack.folder, "Pulumi.test.yaml");
  files.set(config, await readFile(config, "latin1"));
  expect([...files.keys()].join()).toMatch(/stacks.*history.*backups/s);
  return [...files].flatMap(([file, text]) => found(text).map((what) => `${file}: ${what}`));
}

/** A stack that writes nothing outside its own folder, with the key and two of the values in its config. */
async function startWithSecrets(): Promise<TestStack> {
  const stack = await startStack({ emulator: { keys } });
  delete stack.env.ELEVENLABS_API_KEY;
  stack.env.TMPDIR = join(stack.folder, "tmp");
  await mkdir(stack.env.TMPDIR);
  await stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], key.text).orThrow();
  await stack.cli(["config", "set", "--secret", "token"], inConfig.text).orThrow();
  await stack.cli(["config", "set", "--secret", "--path", "secrets.TOKEN"], inObject.text).orThrow();
  return stack;
}

const program = (suffix: string) => `
  const config = new pulumi.Config();
  const of = (value) => pulumi.interpolate\`\${value}${suffix}\`;
  new WorkspaceSecret("inConfig", { value: of(config.requireSecret("token")), triggers: ["${suffix}"] });
  new WorkspaceSecret("inProgram", { value: ${LITERAL} + "${suffix}" });
  const secrets = Object.entries(secretsFromConfig()).map(([name, value]) => [name, of(value)]);
  new WorkspaceSecrets("inObject", { secrets: Object.fromEntries(secrets) });`;

describe("a secret", () => {
  test("is found wherever it shows up, in whatever form", () => {
    const json = JSON.stringify({ a: key.text });
    for (const text of [key.text, json, encodeURIComponent(key.text)]) expect(found(text)).toEqual(["key as text"]);
    for (const before of ["", "x", "xx"]) {
      expect(found(btoa(before + key.text)).join()).toContain("key as base64");
      expect(found(Buffer.from(before + key.text).toString("base64url")).join()).toContain("key as base64");
    }
    expect(found(Buffer.from(key.text).toString("hex"))).toEqual(["key as hex"]);
    expect(found("anything else")).toEqual([]);
  });

  test("shows up in no output of any operation, and in no file that one writes", async () => {
    const stack = await startWithSecrets();
    await stack.program(program("1"));
    const runs = [
      await stack.preview(),
      await stack.preview("--diff"),
      await stack.preview("--json"),
      await stack.up(),
      (await stack.program(program("2"))) && (await stack.preview("--diff")),
      await stack.up("--debug"),
      await stack.refresh("--debug"),
      await stack.cli(["stack", "export"]),
      await stack.cli(["stack", "history", "--json"]),
    ];
    const values = stack.workspace.secrets().map(({ value }) => value);
    runs.push(await stack.destroy("--debug"));

    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    expect(values.sort()).toEqual([inConfig, inObject, inProgram].map(({ text }) => `${text}2`).sort());
    expect(runs.map(({ output }) => found(output))).toEqual(runs.map(() => []));
    expect(await foundInFiles(stack)).toEqual([]);
  });

  test("is printed by preview --debug where it is not from the stack's config, by a line of Pulumi's own SDK alone", async () => {
    const stack = await startWithSecrets();
    await stack.program(program(""));

    const { code, output } = await stack.preview("--debug");

    expect(code).toBe(0);
    const lines = output.split("\n").filter((line) => found(line).length > 0);
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      expect(found(line)).toEqual(["inProgram as text"]);
      expect(line).toMatch(/ debug: RegisterResource RPC finished: resource:inProgram\[/);
    }
  });
});

describe("an error", () => {
  const echo = ({ text }: { text: string }) =>
    [text, JSON.stringify(text), encodeURIComponent(text), Buffer.from(text).toString("base64")].join(" ");
  const answers = (words: string): FaultKind[] => [
    { kind: "status", status: 422, body: { detail: { code: "invalid", message: words, request_id: words } } },
    { kind: "status", status: 422, body: { detail: { status: words } } },
    { kind: "status", status: 422, body: { detail: [{ loc: ["body", words], msg: words, type: words }] } },
    { kind: "status", status: 422, body: { detail: words } },
    { kind: "status", status: 401, body: { detail: words } },
    { kind: "status", status: 500, body: { detail: words } },
    { kind: "status", status: 422, body: words, contentType: "text/plain" },
  ];

  test("holds neither value nor key, even where the API's answer echoes them", async () => {
    // The engine masks what is in the stack's config, so both come from elsewhere.
    const stack = await startStack({ emulator: { keys } });
    const meet = (on: Operation, words: string) => {
      stack.emulator.clearFaults();
      for (const answer of answers(words)) stack.emulator.fault({ ...answer, on });
    };
    const names = answers("").map((_, i) => `secret${i}`);
    const program = (suffix: string) =>
      stack.program(
        `for (const name of ${JSON.stringify(names)}) new WorkspaceSecret(name, { value: ${LITERAL} + "${suffix}" });`,
      );

    await program("1");
    meet("create", echo({ text: `${inProgram.text}1` }) + echo(key));
    const created = await stack.up("--continue-on-error");
    stack.emulator.clearFaults();
    await stack.up();
    await program("2");
    meet("update", echo({ text: `${inProgram.text}2` }) + echo(key));
    const updated = await stack.up("--continue-on-error");
    // The request of a read or a delete has no value that an answer could echo.
    meet("get", echo(key));
    const read = await stack.refresh();
    meet("delete", echo(key));
    const deleted = await stack.destroy("--continue-on-error");

    for (const run of [created, updated, read, deleted]) {
      const errors = run.diagnostics.filter(({ message }) => message.includes("could not "));
      expect(errors).toHaveLength(names.length);
      expect(run.output).toContain("[secret]");
      expect(found(run.output)).toEqual([]);
    }
    expect(await foundInFiles(stack)).toEqual([]);
  });

  test("of an input holds nothing of what was given for value, triggers or an unknown input", async () => {
    const stack = await startStack({ emulator: { keys } });
    const given = `{ deep: [${LITERAL}] }`;
    await stack.program(
      `new WorkspaceSecret("a", { value: ${given}, triggers: ${LITERAL}, existingId: ${given}, password: ${LITERAL} });`,
    );

    const run = await stack.up("--debug");

    const errors = run.diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ message }) => /problem: (\w+)/.exec(message)?.[1]).sort()).toEqual([
      "existingId",
      "password",
      "triggers",
      "value",
    ]);
    expect(found(run.output)).toEqual([]);
    expect(await foundInFiles(stack)).toEqual([]);
  });
});
