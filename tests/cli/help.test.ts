import { expect, test } from "@jest/globals";
import { version } from "../../package.json";
import { cli } from "../support/commandRun";

const COMMANDS = ["doctor", "list", "dependents", "drift", "adopt", "emulator"];

test("--help names every command", async () => {
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

test("--version is that of the package", async () => {
  expect(await cli(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
});

test.each([
  ["an unknown command", ["lst"], "error: unknown command 'lst'\n(Did you mean list?)\n"],
  ["an unknown option", ["list", "--prefx=A"], "error: unknown option '--prefx=...'\n(Did you mean --prefix?)\n"],
  ["an option with what may be a key", ["list", "--api-key=sk_1'23"], "error: unknown option '--api-key=...'\n"],
  [
    "one argument too many",
    ["drift", "sk_123"],
    "error: too many arguments for 'drift'. Expected 0 arguments but got 1",
  ],
  [
    "two formats at a time",
    ["drift", "--json", "--markdown"],
    "error: option '--markdown' cannot be used with option '--json'",
  ],
  ["a port that is no number", ["emulator", "--port", "web"], "It takes a whole number from 0 to 65535."],
])("%s ends with exit code 1 and a hint", async (_title, args, told) => {
  const { code, out, err } = await cli(args);

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain(told);
  expect(err).toMatch(/Run it with --help to see what there is\.\n$/);
  expect(err).not.toMatch(/sk_|23/);
  expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
});
