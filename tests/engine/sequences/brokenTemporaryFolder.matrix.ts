import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { HOST } from "../../support/hosts";
import { owners } from "../../support/ownedSecrets";
import { startStack, type TestStack } from "../../support/testStack";
import { fails, held, outcome, writes } from "./support";

const OURS = `pulumi-elevenlabs-${process.getuid?.()}`;

/** Faults of the folder for temporary files. Each function prepares the given folder, and returns TMPDIR. */
const FAULTS: Record<string, (folder: string) => Promise<string>> = {
  "it is a file": async (folder) => {
    await writeFile(join(folder, OURS), "theirs");
    return folder;
  },
  "it is a link": async (folder) => {
    await mkdir(join(folder, "theirs"), { mode: 0o700 });
    await symlink(join(folder, "theirs"), join(folder, OURS));
    return folder;
  },
  "everybody can write there": async (folder) => {
    await mkdir(join(folder, OURS));
    await chmod(join(folder, OURS), 0o777);
    return folder;
  },
  // Only a file system like this is read-only even for root.
  "nothing can be written": async () => "/proc",
};

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))));

async function stackWith(fault: (folder: string) => Promise<string>): Promise<{ stack: TestStack; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "broken-"));
  folders.push(folder);
  const stack = await startStack({ env: { TMPDIR: await fault(folder) } });
  return { stack, folder };
}

describe.each(Object.entries(FAULTS))("a broken folder for temporary files (%s)", (_, fault) => {
  test("a broken temporary folder costs one warning, but no secret", async () => {
    const { stack } = await stackWith(fault);
    await stack.program('for (const name of ["A", "B", "C"]) new WorkspaceSecret(name, { value: "v" });');

    const up = await stack.up();
    const made = held(stack.workspace);
    const again = await stack.up();
    const destroy = await stack.destroy();

    expect([up.code, again.code, destroy.code]).toEqual([0, 0, 0]);
    for (const { kinds, problems } of [up]) {
      expect(kinds).toEqual(["not-shared"]);
      expect(new Set(problems.map(({ message }) => message)).size).toBe(1);
      expect(problems.every(({ severity }) => severity === "warning")).toBe(true);
    }
    expect(made).toHaveLength(3);
    expect(again.calls).toEqual([]);
    expect(held(stack.workspace)).toEqual([]);
  });
});

test("no secret is adopted unchecked if the temporary folder is broken", async () => {
  const { stack } = await stackWith(FAULTS["it is a file"] as (folder: string) => Promise<string>);
  const { id } = stack.workspace.add("A", "theirs");
  await stack.program('new WorkspaceSecret("a", { name: "A", value: "ours", onExisting: "overwrite" });');

  const run = await stack.up();

  expect(outcome(run)).toEqual(fails(run, ...new Set([...run.kinds, "state-unreadable"])));
  expect(writes(run)).toEqual([]);
  expect(held(stack.workspace)).toEqual([`${id} A=theirs`]);
  expect(await owners(stack)).toEqual([]);
});

test("a link in place of the temporary folder is never followed", async () => {
  const { stack, folder } = await stackWith(FAULTS["it is a link"] as (folder: string) => Promise<string>);
  await stack.program('new WorkspaceSecret("A", { value: "v" });');

  await stack.up();

  expect(await readdir(join(folder, "theirs"))).toEqual([]);
});

test("a user id without a name doesn't make a command fail", async () => {
  const preload = join(await mkdtemp(join(tmpdir(), "nobody-")), "nobody.cjs");
  folders.push(join(preload, ".."));
  const failing = 'require("node:os").userInfo = () => { throw new Error("no such user"); };';
  await writeFile(preload, failing);
  const stack = await startStack({ env: { NODE_OPTIONS: `--require "${preload}"` } });
  await stack.program('new WorkspaceSecret("A", { value: "v" });');

  const runs = [await stack.up(), await stack.destroy()];

  expect(runs.map(({ code, kinds }) => ({ code, kinds }))).toEqual(runs.map(() => ({ code: 0, kinds: [] })));
  expect(HOST).toBeTruthy();
});
