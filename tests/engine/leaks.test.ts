import { describe, expect, test } from "@jest/globals";
import type { FaultKind, Operation, RecordedRequest } from "pulumi-elevenlabs/emulator";
import { PUNCTUATION } from "../support/canary";
import { Secrets } from "../support/canaryProject";
import { processTree } from "../support/processes";
import { startStack, type TestStack } from "../support/testStack";

const secrets = new Secrets(PUNCTUATION, { length: 64 * 1024 });
const { key, inProgram } = secrets;
const LITERAL = JSON.stringify(inProgram.text);
const keys = { [key.text]: {} };
const SCANNED = ["stacks", "history", "backups"];

async function expectNoneInFiles(stack: TestStack, scanned = SCANNED): Promise<void> {
  const paths = [...(await stack.writtenFiles()).keys()].map((path) => path.slice(stack.folder.length));
  for (const folder of scanned) expect(paths).toContainEqual(expect.stringContaining(`/${folder}/`));
  expect(await secrets.foundInFiles(stack)).toEqual([]);
}

describe("a secret", () => {
  test("no operation shows a secret in its output or in a file", async () => {
    const stack = await secrets.startStack();
    const theirs = ["overwritten", "kept", "chosen"].map((name) => stack.workspace.add(name, "theirs"));
    const program = (suffix: string, more?: object) =>
      stack.program(secrets.program(suffix, more) + secrets.programOfResource(suffix));
    const renamed = {
      inConfig: { name: "renamed", onNameChange: "rename" },
      inProgram: { name: "replaced" },
      inObject: { prefix: "new_" },
    };
    const runs = [
      (await program("1")) && (await stack.preview("--diff")),
      await stack.preview("--json"),
      await stack.up("--diff"),
      (await program("2")) && (await stack.preview("--diff")),
      await stack.up(),
      (await program("2", renamed)) && (await stack.up("--diff")),
      await stack.refresh(),
      await stack.cli(["stack", "export"]),
      await stack.cli(["stack", "history", "--json"]),
    ];
    const values = stack.workspace.secrets().map(({ value }) => value);
    await stack.program(`
      const value = ${LITERAL};
      new WorkspaceSecret("overwritten", { value, onExisting: "overwrite" });
      new WorkspaceSecret("kept", { value, onExisting: "keep" });
      new WorkspaceSecret("chosen", { value, existingId: "${theirs[2]?.id}" });`);
    runs.push(await stack.up("--diff"));
    const taken = stack.workspace.secrets().map(({ value }) => value);
    runs.push(await stack.destroy());

    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    const { inConfig, inObject, ofResource } = secrets;
    const ours = [inConfig, inObject, inProgram, ofResource].map(({ text }) => `${text}2`);
    expect(values.sort()).toEqual([...ours, "theirs", "theirs", "theirs"].sort());
    expect(taken.sort()).toEqual([inProgram.text, inProgram.text, "theirs"].sort());
    expect(runs.map(({ output }) => secrets.foundIn(output))).toEqual(runs.map(() => []));
    await expectNoneInFiles(stack);
  });

  test("a secret is in no file or process argument, even while it is sent", async () => {
    const stack = await secrets.startStack({ config: { "elevenlabs:maxRetries": "0" } });
    stack.emulator.fault({ kind: "hang", on: "create", times: Number.POSITIVE_INFINITY });
    const isCreate = ({ operation }: RecordedRequest) => operation === "create";
    const allSent = () => stack.emulator.requests.filter(isCreate).length === 4;
    await stack.program(secrets.program("") + secrets.programOfResource(""));

    const run = stack.cli(["up", "--yes", "--skip-preview", "--non-interactive"]);
    await stack.emulator.waitForRequest(allSent, 60_000);
    const commands = (await processTree(run.child.pid ?? 0)).map(({ command }) => command);
    await expectNoneInFiles(stack, ["stacks", "locks"]);
    // Breaks the connections, so that the search for the secret also fails.
    await stack.emulator.close();
    const { code, output } = await run;

    expect(commands).toContainEqual(expect.stringMatching(/^\S*pulumi up/));
    expect(commands).toContainEqual(expect.stringMatching(/^\S*node \S*dynamic-provider/));
    expect(commands).toContainEqual(expect.stringMatching(/^\S*node .*cmd\/run/));
    expect(secrets.foundIn(commands.join("\n"))).toEqual([]);
    expect(code).not.toBe(0);
    expect(output).toContain("[may-have-been-created]");
    expect(secrets.foundIn(output)).toEqual([]);
    await expectNoneInFiles(stack, ["stacks"]);
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

  test("an error contains neither value nor key, even if the API echoes them", async () => {
    // The engine masks secrets that are in the stack's config, so this test's config contains neither value nor key.
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
    // A read or delete sends no value that a response could echo.
    meet("get", echo(key));
    const read = await stack.refresh();
    meet("delete", echo(key));
    const deleted = await stack.destroy("--continue-on-error");

    for (const run of [created, updated, read, deleted]) {
      const errors = run.problems.filter(({ severity }) => severity === "error");
      expect(errors.map(({ resource }) => resource).sort()).toEqual(names);
      expect(run.output).toContain("[not shown: it contains a secret]");
      expect(secrets.foundIn(run.output)).toEqual([]);
    }
    await expectNoneInFiles(stack);
  });

  test("an error about an input shows no value, trigger or unknown input", async () => {
    const stack = await startStack({ emulator: { keys } });
    const given = `{ deep: [${LITERAL}] }`;
    await stack.program(
      `new WorkspaceSecret("a", { value: ${given}, triggers: ${LITERAL}, existingId: ${given}, password: ${LITERAL} });`,
    );

    const run = await stack.up("--debug");

    const errors = run.problems.filter(({ severity }) => severity === "error");
    expect(run.kinds).toEqual(["input-type", "input-unknown"]);
    expect(errors.map(({ message }) => /problem: (\w+)/.exec(message)?.[1]).sort()).toEqual([
      "existingId",
      "password",
      "triggers",
      "value",
    ]);
    expect(secrets.foundIn(run.output)).toEqual([]);
    await expectNoneInFiles(stack);
  });
});
