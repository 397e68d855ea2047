import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { HOST, HOSTS } from "../../support/hosts";
import { owners } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "./support";

const OTHER = HOST === "dynamic" ? "native" : "dynamic";
/** The alias for the way back to the dynamic provider. The plugin's resources always have an alias. */
const ALIAS = OTHER === "dynamic" ? `{ aliases: [{ type: "${NATIVE_TYPE}" }] }` : "{}";

/** Deploys a stack with a pending delete: B has replaced the secret A, but the delete of A failed. */
async function withPendingDelete(): Promise<{ stack: TestStack; id: string }> {
  const stack = await startStack();
  await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v" });');
  const [{ id } = { id: "" }] = stack.workspace.secrets();
  stack.emulator.fault({ kind: "status", status: 500, on: "delete", times: Number.POSITIVE_INFINITY });
  await stack.program('new WorkspaceSecret("a", { name: "B", value: "v" });');
  expect((await stack.up()).code).not.toBe(0);
  stack.emulator.clearFaults();
  expect(await owners(stack)).toContain(`a ${id} (to delete)`);
  return { stack, id };
}

/** Writes a program with the modules of both hosts. `WorkspaceSecret` is the class of the other host. */
async function write(stack: TestStack, body: string): Promise<void> {
  // While a stack leaves the plugin, Pulumi.yaml must still contain the plugin's lines.
  await stack.useHost("native");
  const modules = Object.entries(HOSTS).map(([host, { module }]) => `const ${host} = require("${module}");`);
  const preamble = [...modules, `const { WorkspaceSecret } = ${OTHER};`];
  await writeFile(join(stack.folder, "index.js"), `${preamble.join("\n")}\n${body}`);
}

describe("a delete that waits while the stack moves to the other host", () => {
  test("a pending delete keeps a secret that the other host has adopted", async () => {
    const { stack, id } = await withPendingDelete();
    await write(
      stack,
      `
      new WorkspaceSecret("a", { name: "B", value: "v" }, ${ALIAS});
      new WorkspaceSecret("again", { name: "A", value: "w", onExisting: "overwrite" });`,
    );

    const run = await stack.up();
    const quiet = await stack.preview("--expect-no-changes");
    const destroy = await stack.destroy();

    expect(outcome(run)).toEqual(succeeds(run, "left-to-other-owner"));
    expect(writes(run)).not.toContain("delete");
    expect(quiet.code).toBe(0);
    expect(run.requests.some(({ path }) => path.endsWith(id))).toBe(true);
    expect(outcome(destroy)).toEqual(succeeds(destroy));
    expect(held(stack.workspace)).toEqual([]);
  });

  test("a pending delete removes an unowned secret, even on the other host", async () => {
    const { stack, id } = await withPendingDelete();
    await write(stack, `new WorkspaceSecret("a", { name: "B", value: "v" }, ${ALIAS});`);

    const run = await stack.up();

    expect(outcome(run)).toEqual(succeeds(run));
    expect(held(stack.workspace)).toEqual([expect.stringMatching(/ B=v$/)]);
    expect(await owners(stack)).not.toContain(`a ${id} (to delete)`);
  });
});

const entry = (host: string, name: string, options = "") =>
  `const ${name} = new ${host}.WorkspaceSecret("${name}", { name: "A", value: "${host}", onExisting: "overwrite" }, { ${options} });`;

describe("a program that uses both hosts", () => {
  test("a program with both hosts never has two owners for one secret", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("A", "theirs");
    await write(stack, entry(HOST, "first") + entry(OTHER, "second", "dependsOn: first"));

    const run = await stack.up();

    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    expect(held(stack.workspace)).toEqual([`${id} A=${HOST}`]);
    expect(await owners(stack)).toEqual([`first ${id}`]);
  });
});
