import { describe, expect, test } from "@jest/globals";
import type { FaultKind, RecordedRequest } from "pulumi-elevenlabs/emulator";
import { startStack, type TestStack } from "../support/testStack";

const crm = (onExisting = "fail") =>
  `new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "ours", onExisting: "${onExisting}" });`;

/** A short timeout, but long enough for a response from a busy machine. */
const config = { "elevenlabs:timeoutSeconds": "3" };
const isCreate = ({ operation }: RecordedRequest) => operation === "create";
const isLookup = ({ operation }: RecordedRequest) => operation === "list";

/** Deploys a secret for each fault. Returns the POSTs and the searches. */
async function upWith(stack: TestStack, faults: Record<string, FaultKind>) {
  for (const fault of Object.values(faults)) stack.emulator.fault({ ...fault, on: "create" });
  const names = Object.keys(faults);
  const run = await stack.deploy(
    `for (const name of ${JSON.stringify(names)}) new WorkspaceSecret(name, { value: "value of " + name });`,
  );
  return { posts: run.requests.filter(isCreate), lookups: run.requests.filter(isLookup) };
}

/** Expects that workspace and state have each of these secrets once. */
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

describe("a POST with an unknown outcome", () => {
  test("a POST that succeeded is found by name, and not retried", async () => {
    // Without unique names, a second POST would create a second secret.
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
    // Before the POSTs: seven searches, then one list for the other secrets.
    expect(lookups.filter(({ query }) => query.search !== undefined).length).toBeGreaterThanOrEqual(7 + count);
    await expectOneEach(stack, Object.keys(faults));
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });

  test("a POST that succeeded is found even if lists show it 2 s later", async () => {
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

  test("a POST that failed isn't retried; the next up creates the secret", async () => {
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
    expect(failed.kinds).toEqual(["may-have-been-created"]);
    expect(failed.problems.map(({ resource }) => resource).sort()).toEqual([...names].sort());
    const messages = failed.problems.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining("500: Internal Server Error"));
    expect(messages).toContainEqual(expect.stringContaining("3 s"));
    expect(messages).toContainEqual(expect.stringContaining("ECONNRESET"));
    expect(failed.requests.filter(isCreate)).toHaveLength(names.length);
    // For each secret: one search before the POST, three searches after it, and one more for any spelling.
    expect(failed.requests.filter(isLookup)).toHaveLength(names.length * 5);
    expect(await stack.secrets()).toEqual([]);

    const next = await stack.deploy(program);
    expect(next.requests.filter(isCreate)).toHaveLength(names.length);
    await expectOneEach(stack, names);
  });

  test("after a POST of unknown outcome, the next up reports the secret", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false }, config });
    stack.emulator.fault({ kind: "reset", on: "create", when: "after" });
    stack.emulator.fault({ kind: "status", status: 500, on: "list", after: 1, times: Number.POSITIVE_INFINITY });

    await stack.program(crm());
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.problems).toMatchObject([{ severity: "error", kind: "may-have-been-created", resource: "crm" }]);
    expect(failed.problems[0]?.message).toContain("ECONNRESET");
    expect(failed.problems[0]?.message).toContain('onExisting: "overwrite"');
    expect(failed.requests.filter(isCreate)).toHaveLength(1);
    const [orphan] = stack.workspace.secrets();
    stack.emulator.clearFaults();

    const explained = await stack.up();
    expect(explained.code).not.toBe(0);
    expect(explained.problems).toMatchObject([
      { kind: "name-taken", resource: "crm", message: expect.stringContaining(`${orphan?.id}, which nothing uses`) },
    ]);

    const healed = await stack.deploy(crm("overwrite"));
    expect(healed.calls).toEqual(["list", "get", "update"]);
    expect(stack.workspace.secrets()).toEqual([orphan]);
    expect((await stack.secrets()).map(({ id }) => id)).toEqual([orphan?.id]);
  });

  test("a POST fails if the search finds two secrets with its name", async () => {
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
    expect(failed.problems).toMatchObject([
      {
        kind: "several-with-this-name",
        resource: "crm",
        message: expect.stringContaining(`${ours?.id}, ${theirs.id}`),
      },
    ]);
    expect(failed.requests.filter(isCreate)).toHaveLength(1);

    const chosen = await stack.deploy(
      `new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "ours", existingId: "${ours?.id}" });`,
    );
    expect(chosen.calls).toEqual(["get", "update"]);
    expect(stack.workspace.secrets()).toEqual([ours, theirs]);
  });
});

describe("an overwrite with an unknown outcome", () => {
  test("an overwrite of unknown outcome creates no secret; up adopts it later", async () => {
    const stack = await startStack();
    const theirs = [stack.workspace.add("A", "theirs"), stack.workspace.add("B", "theirs")];
    stack.emulator.fault({ kind: "status", status: 500, on: "update", when: "after" });
    stack.emulator.fault({ kind: "status", status: 500, on: "update", when: "before" });

    await stack.program(
      'for (const name of ["A", "B"]) new WorkspaceSecret(name, { value: "value of " + name, onExisting: "overwrite" });',
    );
    const failed = await stack.up("--continue-on-error");
    expect(failed.code).not.toBe(0);
    expect(failed.kinds).toEqual(["may-have-been-updated"]);
    for (const { name, id } of theirs) {
      const { message = "" } = failed.problems.find(({ resource }) => resource === name) ?? {};
      for (const fact of [`"${name}"`, "500", id]) expect(message).toContain(fact);
    }
    expect(await stack.secrets()).toEqual([]);

    const next = await stack.up();
    expect(next.code).toBe(0);
    expect(next.calls).not.toContain("create");
    await expectOneEach(stack, ["A", "B"]);
    expect(stack.workspace.secrets().map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
  });
});
