import { expect, test } from "@jest/globals";
import { version } from "../../package.json";
import { cli, envOf } from "../support/commandRun";
import { commandsIn } from "../support/printedAdvice";
import { emulate } from "../support/servers";

const COMMANDS = ["doctor", "list", "dependents", "drift", "adopt", "render", "emulator"];

test("--help lists every command", async () => {
  const { code, out } = await cli(["--help"]);

  expect(code).toBe(0);
  for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} \\[options\\]`, "m"));
});

test.each(COMMANDS)("%s --help has examples and exit codes, and fits 80 columns", async (command) => {
  const { code, out } = await cli([command, "--help"]);

  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^Examples:\n  pulumi-elevenlabs ${command}`, "m"));
  expect(out).toMatch(/^Exit codes: 0 /m);
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("--version prints the version of the package", async () => {
  expect(await cli(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
});

test.each([
  [
    "an unknown command",
    ["lst"],
    "unknown-command",
    [/no command "lst"/, /^Did you mean list\? Commands: doctor, list, /m],
  ],
  [
    "an unknown option",
    ["list", "--prefx=A"],
    "unknown-option",
    [/no option --prefx\./, /^Did you mean --prefix\? Options: --stack, /m],
  ],
  ["an option without its value", ["list", "--prefix"], "option-without-value", [/--prefix is missing its value/]],
  ["a missing option", ["render", "."], "invalid-usage", [/--out is missing/, /^Usage: .* --out <folder>/m]],
  ["a missing argument", ["render", "--out", "x"], "invalid-usage", [/<input> is missing/]],
  [
    "an extra argument",
    ["drift", "sk_123"],
    "too-many-arguments",
    [/no arguments, but was given 1/, /drift \[options\]$/m],
  ],
  ["two formats", ["drift", "--json", "--markdown"], "conflicting-options", [/--json and --markdown/]],
  [
    "options of two kinds",
    ["adopt", "--ask", "--import-file", "x"],
    "conflicting-options",
    [/--import-file and --ask/],
  ],
  ["a port that isn't a number", ["emulator", "--port", "web"], "invalid-option", [/a whole number from 0 to 65535/]],
  ["an unknown part", ["adopt", "--only", "sk_123"], "invalid-option", [/program or commands/]],
])("%s ends with code 1, and the error shows the valid choices", async (_title, args, expectedKind, facts) => {
  const { code, out, err, kind } = await cli(args);

  expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: expectedKind });
  for (const fact of facts) expect(err).toMatch(fact);
  expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
});

test.each([
  [["lst"], "lst"],
  [["list", "--prefx=A"], "--prefx"],
  [["dependents", "--idd", "id_1"], "--idd"],
])("the command that the error suggests for %j runs", async (args, wrong) => {
  const emulator = await emulate();
  emulator.workspace().add("A", "v", { id: "id_1" });
  const { err } = await cli(args);
  const [, meant = ""] = /^Did you mean (\S+)\?/m.exec(err) ?? [];

  const { code } = await cli(
    args.map((word) => word.replace(wrong, meant)),
    { env: envOf(emulator) },
  );

  expect(code).toBe(0);
});

test.each([
  ["unknown-option", ["list", "--sk_123"]],
  ["option-without-value", ["list", "--prefix"]],
  ["invalid-option", ["emulator", "--port", "web"]],
  ["invalid-usage", ["render", "."]],
  ["too-many-arguments", ["drift", "sk_123"]],
])("the help that %s refers to exists, and shows the usage", async (expectedKind, args) => {
  const { err, kind } = await cli(args);
  const help = commandsIn(err).at(-1) ?? "";

  const { code, out } = await cli(help.split(" ").slice(1));

  expect(kind).toBe(expectedKind);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(`^Usage: pulumi-elevenlabs ${args[0]} `) });
});

test.each([
  ["a command", ["sk_123"]],
  ["a very long command of letters", ["abcdefabcdefabcdefabcdefabcdef"]],
  ["an option's value", ["list", "--api-key=sk_1'23"]],
  ["an option", ["list", "--sk_123"]],
  ["an argument", ["drift", "sk_123"]],
])("the error doesn't show %s that may be a key", async (_title, args) => {
  const { code, err } = await cli(args);

  expect(code).toBe(1);
  expect(err).not.toMatch(/sk_|23|abcdef/);
});
