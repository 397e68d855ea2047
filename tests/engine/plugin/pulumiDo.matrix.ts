import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { canary } from "../../support/canary";
import { startStack, type TestStack } from "../../support/testStack";

const PLUGIN = join(process.cwd(), "dist/plugin");

async function start(): Promise<TestStack> {
  const stack = await startStack({ host: "native" });
  stack.env.ELEVENLABS_BASE_URL = stack.emulator.url;
  return stack.program("");
}

describe("pulumi do", () => {
  const run = (stack: TestStack, ...args: string[]) =>
    stack.cli(["do", "--package", join(PLUGIN, "pulumi-resource-elevenlabs"), "--stateless", NATIVE_TYPE, ...args]);

  test("commands with --stateless never print the value", async () => {
    const stack = await start();
    const [first, second] = [canary(" "), canary(" ")];

    const output = [
      await run(stack, "create", "--name", "CRM", "--value", first.text, "--dry-run", "--yes").orThrow(),
      await run(stack, "create", "--name", "CRM", "--value", first.text, "--yes").orThrow(),
    ];
    const created = stack.workspace.secrets();
    const [{ id } = { id: "" }] = created;
    output.push(
      await run(stack, "read", "CRM").orThrow(),
      await run(stack, "patch", id, "--value", second.text, "--yes").orThrow(),
    );
    const patched = stack.workspace.secrets();
    output.push(await run(stack, "delete", "CRM", "--yes").orThrow());

    expect(created).toMatchObject([{ name: "CRM", value: first.text }]);
    expect(patched).toMatchObject([{ id, name: "CRM", value: second.text }]);
    expect(stack.workspace.secrets()).toEqual([]);
    const shown = output.map((one) => one.output).join();
    expect([first, second].flatMap((value) => value.foundIn(shown))).toEqual([]);
  });

  test("a taken name and a rename without a value are refused", async () => {
    const stack = await start();
    const { id } = stack.workspace.add("CRM", "theirs");

    const created = await run(stack, "create", "--name", "CRM", "--value", "ours", "--yes");
    const renamed = await run(stack, "patch", id, "--name", "PAY", "--yes");

    expect(created.code).not.toBe(0);
    expect(created.output).toContain("[name-taken]");
    expect(renamed.code).not.toBe(0);
    expect(renamed.output).toContain("[kept-value-at-risk]");
    expect(stack.workspace.secrets()).toMatchObject([{ id, name: "CRM", value: "theirs" }]);
  });

  // docs/debug.md warns about this. If the test fails, a newer CLI may no longer do it.
  test("without --stateless, Pulumi stores the value in plain text", async () => {
    const stack = await start();
    const value = canary(" ");
    const { version } = JSON.parse(await readFile("package.json", "utf8"));
    await stack.cli(["plugin", "install", "resource", "elevenlabs", `v${version}`, "--file", PLUGIN]).orThrow();
    await stack.changeProject({ plugins: undefined });
    await stack.up();

    await stack.cli(["do", NATIVE_TYPE, "create", "crm", "--name", "CRM", "--value", value.text, "--yes"]).orThrow();

    expect(stack.workspace.secrets()).toMatchObject([{ name: "CRM", value: value.text }]);
    const state = await readFile(stack.checkpointFile, "utf8");
    expect(value.foundIn(state)).not.toEqual([]);
  });
});
