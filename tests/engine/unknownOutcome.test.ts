import { describe, expect, test } from "@jest/globals";
import type { FaultKind, RecordedRequest } from "pulumi-elevenlabs/emulator";
import { startStack, type TestStack } from "../support/testStack";

const crm = (onExisting = "fail") =>
  `new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "ours", onExisting: "${onExisting}" });`;

/** Short enough to wait for, long enough for a busy machine to answer. */
const config = { "elevenlabs:timeoutSeconds": "3" };
const isCreate = ({ operation }: RecordedRequest) => operation === "create";
const isLookup = ({ operation }: RecordedRequest) => operation === "list";

/** A program with a secret for each fault, and how often each operation was called for it. */
async function upWith(stack: TestStack, faults: Record<string, FaultKind>) {
  for (const fault of Object.values(faults)) stack.emulator.fault({ ...fault, on: "create" });
  const names = Object.keys(faults);
  const run = await stack.deploy(
    `for (const name of ${JSON.stringify(names)}) new WorkspaceSecret(name, { value: "value of " + name });`,
  );
  return { posts: run.requests.filter(isCreate), lookups: run.requests.filter(isLookup) };
}

/** What the workspace and the state hold: each of these secrets once. */
async function expectOneEach(stack: TestStack, names: string[]) {
  const made = stack.workspace.secrets().map(({ name, value }) => ({ name, value }));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(made.sort(byName)).toEqual(names.map((name) => ({ name, value: `value of ${name}` })).sort(byName));
  expect((await stack.secrets()).map(({ id }) => id).sort()).toEqual(
    stack.workspace
      .secrets()
      .map(({ id }) => id)
      .sort(),
  );
}

describe("a POST of unknown outcome", () => {
  test("that was written is found by its name, not sent again", async () => {
    // Names that need not be unique: a second POST would make a second secret.
    const stack = await startStack({ emulator: { uniqueNames: false }, config });
    const faults: Record<string, FaultKind> = {
      reset: { kind: "reset", when: "after" },
      hang: { kind: "hang", when: "after" },
      "status 500": { kind: "status", status: 500, when: "after" },
      "status 502": { kind: "status", status: 502, when: "after" },
      "status 503": { kind: "status", status: 503, when: "after" },
      "status 504": { kind: "status", status: 504, when: "after" },
      truncated: { kind: "truncated" },
      "not JSON": { kind: "malformed" },
      "not the API's": { kind: "malformed", body: '{"secret_id":7}' },
    };

    const { posts, lookups } = await upWith(stack, faults);

    const count = Object.keys(faults).length;
    expect(posts).toHaveLength(count);
    expect(posts.every(({ fault }) => fault !== undefined)).toBe(true);
    // Before the POSTs seven, and a listing for the rest.
    expect(lookups.filter(({ query }) => query.search !== undefined).length).toBeGreaterThanOrEqual(7 + count);
    await expectOneEach(stack, Object.keys(faults));
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });

  test("that a list shows only 2 s later is found all the same", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false, listLagMs: 2_000 }, config });
    const faults: Record<string, FaultKind> = {
      reset: { kind: "reset", when: "after" },
      "status 503": { kind: "status", status: 503, when: "after" },
      truncated: { kind: "truncated" },
    };

    const { posts } = await upWith(stack, faults);

    expect(posts).toHaveLength(3);
    await expectOneEach(stack, Object.keys(faults));
  });

  test("that was not written is looked for, but not sent again: the error says that the secret may exist, and the next up makes it", async () => {
    const stack = await startStack({ config: { ...config, "elevenlabs:maxRetries": "1" } });
    const faults: Record<string, FaultKind> = {
      reset: { kind: "reset" },
      hang: { kind: "hang" },
      "status 500": { kind: "status", status: 500 },
      "status 502": { kind: "status", status: 502 },
      "status 503": { kind: "status", status: 503 },
      "status 504": { kind: "status", status: 504 },
    };
    for (const fault of Object.values(faults)) stack.emulator.fault({ ...fault, on: "create" });
    const names = Object.keys(faults);
    const program = names.map((name) => `new WorkspaceSecret("${name}", { value: "value of ${name}" });`).join("\n");

    await stack.program(program);
    const failed = await stack.up("--continue-on-error");

    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("the API answered 500: Internal Server Error; the secret may exist all the same.");
    expect(failed.output).toContain("did not answer within 3 s; the secret may exist all the same.");
    expect(failed.output).toContain("broke (ECONNRESET); the secret may exist all the same.");
    expect(failed.output).toContain("Run the same command again: it looks first.");
    expect(failed.requests.filter(isCreate)).toHaveLength(names.length);
    // Each was looked for once before its POST, and three times after it.
    expect(failed.requests.filter(isLookup)).toHaveLength(names.length * 4);
    expect(await stack.secrets()).toEqual([]);

    const next = await stack.deploy(program);
    expect(next.requests.filter(isCreate)).toHaveLength(names.length);
    await expectOneEach(stack, names);
  });

  test("that was written, but cannot be looked for, is explained by the next up and taken over with overwrite", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false }, config });
    stack.emulator.fault({ kind: "reset", on: "create", when: "after" });
    stack.emulator.fault({ kind: "status", status: 500, on: "list", after: 1, times: Number.POSITIVE_INFINITY });

    await stack.program(crm());
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("broke (ECONNRESET); the secret may exist all the same.");
    expect(failed.output).toContain('A secret that it then meets is taken over with  onExisting: "overwrite"');
    expect(failed.requests.filter(isCreate)).toHaveLength(1);
    const [orphan] = stack.workspace.secrets();
    stack.emulator.clearFaults();

    const explained = await stack.up();
    expect(explained.code).not.toBe(0);
    expect(explained.output).toContain(`the name is taken by secret ${orphan?.id}, which nothing uses`);

    const healed = await stack.deploy(crm("overwrite"));
    expect(healed.calls).toEqual(["list", "update"]);
    expect(stack.workspace.secrets()).toEqual([orphan]);
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([orphan?.id]);
  });

  test("that was written while another hand made one of the same name fails with both ids, and existingId chooses", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false }, config });
    stack.emulator.fault({ kind: "status", status: 503, on: "create", when: "after" });
    const added = stack.emulator
      .waitForRequest(isCreate, 60_000)
      .then(() => stack.workspace.add("CRM_TOKEN", "theirs"));

    await stack.program(crm());
    const failed = await stack.up();
    const theirs = await added;
    const ours = stack.workspace.secrets().find(({ id }) => id !== theirs.id);

    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain(`several secrets have this name: ${ours?.id}, ${theirs.id}.`);
    expect(failed.requests.filter(isCreate)).toHaveLength(1);

    const chosen = await stack.deploy(
      `new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "ours", existingId: "${ours?.id}" });`,
    );
    expect(chosen.calls).toEqual(["get", "update"]);
    expect(stack.workspace.secrets()).toEqual([ours, theirs]);
  });
});

describe("an overwrite of unknown outcome", () => {
  test("fails without a new secret, and the next up takes over the same one", async () => {
    const stack = await startStack();
    const theirs = [stack.workspace.add("A", "theirs"), stack.workspace.add("B", "theirs")];
    stack.emulator.fault({ kind: "status", status: 500, on: "update", when: "after" });
    stack.emulator.fault({ kind: "status", status: 500, on: "update", when: "before" });

    await stack.program(
      'for (const name of ["A", "B"]) new WorkspaceSecret(name, { value: "value of " + name, onExisting: "overwrite" });',
    );
    const failed = await stack.up("--continue-on-error");
    expect(failed.code).not.toBe(0);
    for (const name of ["A", "B"]) {
      expect(failed.output).toContain(`could not create secret "${name}": the API answered 500`);
    }
    expect(await stack.secrets()).toEqual([]);

    const next = await stack.up();
    expect(next.code).toBe(0);
    expect(next.calls).not.toContain("create");
    await expectOneEach(stack, ["A", "B"]);
    expect(stack.workspace.secrets().map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
  });
});
