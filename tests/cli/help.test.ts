import { expect, test } from "@jest/globals";
import { version } from "../../package.json";
import { cli } from "../support/commandRun";

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
  ["an unknown command", ["lst"], "unknown-command", "doctor, list, dependents, drift, adopt, render, emulator"],
  [
    "an unknown option",
    ["list", "--prefx=A"],
    "unknown-option",
    "--stack, --no-stack, --workspace, --provider, --prefix, --json",
  ],
  ["an unknown option with a possible key", ["list", "--api-key=sk_1'23"], "unknown-option", "--prefix"],
  ["an option without its value", ["list", "--prefix"], "option-without-value", "pulumi-elevenlabs list"],
  ["an argument too many", ["drift", "sk_123"], "too-many-arguments", "pulumi-elevenlabs drift [options]"],
  ["two formats", ["drift", "--json", "--markdown"], "conflicting-options", "--json and --markdown"],
  ["a port that isn't a number", ["emulator", "--port", "web"], "invalid-option", "a whole number from 0 to 65535"],
  ["an unknown part", ["adopt", "--only", "sk_123"], "invalid-option", "program or commands"],
])("%s: exits with 1 and a hint, and doesn't repeat it", async (_title, args, expectedKind, fact) => {
  const { code, out, err, kind } = await cli(args);

  expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: expectedKind });
  expect(err).toContain(fact);
  expect(err).not.toMatch(/sk_|23/);
  expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
});
