import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { HOST, HOSTS } from "../../support/hosts";
import { owners } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "./support";

const OTHER = HOST === "dynamic" ? "native" : "dynamic";
/** What a resource of the dynamic provider needs on the way back. A resource of the plugin has its alias anyway. */
const ALIAS = OTHER === "dynamic" ? `{ aliases: [{ type: "${NATIVE_TYPE}" }] }` : "{}";

/** A stack whose state has a secret A that waits to be deleted, because its replacement B was made, and the delete failed. */
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

/** Writes a program with the classes of both hosts, and of one of them without its name. */
async function write(stack: TestStack, body: string): Promise<void> {
  // A stack that leaves the plugin needs its lines in Pulumi.yaml once more.
  await stack.useHost("native");
  const modules = Object.entries(HOSTS).map(([host, { module }]) => `const ${host} = require("${module}");`);
  const preamble = [...modules, `const { WorkspaceSecret } = ${OTHER};`];
  await writeFile(join(stack.folder, "index.js"), `${preamble.join("\n")}\n${body}`);
}

describe("a delete that waits while the stack moves to the other host", () => {
  test("leaves the secret that the other host has adopted", async () => {
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

  test("deletes the secret that nothing holds", async () => {
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
  test("never has one secret twice", async () => {
    const stack = await startStack();
    const { id } = stack.workspace.add("A", "theirs");
    await write(stack, entry(HOST, "first") + entry(OTHER, "second", "dependsOn: first"));

    const run = await stack.up();

    expect(outcome(run)).toEqual(fails(run, "owned-by-other"));
    expect(held(stack.workspace)).toEqual([`${id} A=${HOST}`]);
    expect(await owners(stack)).toEqual([`first ${id}`]);
  });
});
