import { describe, expect, test } from "@jest/globals";
import type { Emulator, FaultKind, RecordedRequest } from "pulumi-elevenlabs/emulator";
import { addWorkspaces, startAnother, startAnotherEach } from "../support/namedWorkspaces";
import { status } from "../support/setFaults";
import { shownProblems } from "../support/shownProblems";
import { startStack } from "../support/testStack";

describe("update", () => {
  test("a secret that is gone is told as such, with the advice to refresh, and after that it is created", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    stack.workspace.remove(id);
    const before = await stack.secret("T");
    await stack.program('new WorkspaceSecret("T", { value: "v2" })');

    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual(["update"]);
    expect(run.output).toContain(`could not update secret "T" (${id}): the workspace has no such secret any more.`);
    expect(run.output).toContain("pulumi refresh");
    expect((await stack.secret("T"))?.outputs).toEqual(before?.outputs);

    expect((await stack.refresh()).code).toBe(0);
    expect((await stack.up()).changes).toEqual({ create: 1 });
    expect(stack.workspace.secrets()).toMatchObject([{ name: "T", value: "v2" }]);
  });

  test("a passing fault is survived by sending the same PATCH again, and one that lasts is an error after maxRetries", async () => {
    const passing: Record<string, FaultKind> = {
      timeout: status(408),
      limit: status(429),
      gateway: status(502),
      unavailable: status(503),
      upstream: status(504),
      reset: { kind: "reset" },
      lost: { kind: "reset", when: "after" },
      cut: { kind: "truncated" },
    };
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "1" } });
    const emulators = await startAnotherEach(Object.keys(passing));
    await addWorkspaces(stack, Object.fromEntries(emulators));
    const program = (value: string) =>
      `for (const workspace of ${JSON.stringify(Object.keys(passing))})
        new WorkspaceSecret(workspace, { value: "${value}", workspace });`;
    await stack.deploy(program("v1"));

    for (const [name, emulator] of emulators) emulator.fault({ ...(passing[name] as FaultKind), on: "update" });
    await stack.deploy(program("v2"));
    for (const [name, emulator] of emulators) {
      expect({ name, calls: calls(emulator) }).toEqual({ name, calls: ["list", "create", "update", "update"] });
      expect(emulator.workspace().secrets()).toMatchObject([{ name, value: "v2" }]);
    }

    for (const [name, emulator] of emulators) {
      emulator.fault({ ...(passing[name] as FaultKind), on: "update", times: Number.POSITIVE_INFINITY });
    }
    await stack.program(program("v3"));
    const run = await stack.up("--continue-on-error");
    expect(run.code).not.toBe(0);
    const problems = shownProblems(run.output);
    for (const [name, emulator] of emulators) {
      expect(problems[name]).toContain(`could not update secret "${name}" (ID) in workspace "${name}": `);
      // A 429 costs no retry as long as it may be our own doing: from 16 calls at a time down to one.
      expect({ name, tries: calls(emulator).length - 4 }).toEqual({ name, tries: name === "limit" ? 6 : 2 });
      emulator.clearFaults();
    }

    const healed = await stack.up();
    expect(healed.changes).toEqual({ update: emulators.length });
    for (const [name, emulator] of emulators) {
      expect(emulator.workspace().secrets()).toMatchObject([{ name, value: "v3" }]);
    }
  });

  test("Retry-After is kept, and one of more than a minute is told instead of waited for", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    stack.emulator.fault({ kind: "status", status: 429, retryAfter: 1, on: "update" });
    const times: Record<number, number> = {};
    const note = async (status: number) => {
      await stack.emulator.waitForRequest((one) => one.operation === "update" && one.status === status, 30_000);
      times[status] = performance.now();
    };

    await Promise.all([note(429), note(200), stack.deploy('new WorkspaceSecret("T", { value: "v2" })')]);
    expect((times[200] ?? 0) - (times[429] ?? 0)).toBeGreaterThanOrEqual(990);

    stack.emulator.fault({ kind: "status", status: 429, retryAfter: 61, on: "update" });
    await stack.program('new WorkspaceSecret("T", { value: "v3" })');
    const run = await stack.up();
    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual(["update"]);
    expect(run.output).toContain("the API answered 429");
    expect(stack.workspace.secrets()).toMatchObject([{ value: "v2" }]);
  });

  test("where the API bears few calls at a time, all secrets get through, each written once", async () => {
    const stack = await startStack({ emulator: { maxConcurrent: 2, latencyMs: 100 } });
    const program = (value: string) =>
      `for (let i = 0; i < 32; i++) new WorkspaceSecret("S" + i, { value: "${value}" })`;
    const count = (matches: (request: RecordedRequest) => boolean) => stack.emulator.requests.filter(matches).length;

    await stack.deploy(program("v1"));
    await stack.deploy(program("v2"));

    expect(count(({ operation, status }) => operation === "create" && status === 200)).toBe(32);
    expect(count(({ operation, status }) => operation === "update" && status === 200)).toBe(32);
    expect(stack.workspace.secrets().map(({ value }) => value)).toEqual(Array(32).fill("v2"));
    // About 15 in each run while the calls at a time fall to what it bears; without that, well over a hundred.
    expect(count(({ status }) => status === 429)).toBeLessThan(70);
  });

  test("a host that is not there is named in the error, with the reason", async () => {
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "0" } });
    const stopped = await startAnother();
    await stopped.close();
    await addWorkspaces(stack, {
      stopped: { apiKey: "sk", url: stopped.url },
      nowhere: { apiKey: "sk", url: "https://no-such-host.invalid" },
    });
    await stack.program(
      'for (const workspace of ["stopped", "nowhere"]) new WorkspaceSecret(workspace, { value: "v", workspace })',
    );

    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    const problems = shownProblems(run.output);
    expect(problems.stopped).toContain("127.0.0.1:PORT: connection refused.");
    expect(problems.nowhere).toMatch(/no-such-host\.invalid: .*\(DNS\)/);
  });

  test("an update of unknown outcome makes the state forget which value is stored, so that even a return to the old one is pushed", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("A", { value: "v1" })');
    stack.emulator.fault({ kind: "malformed", on: "update" });

    await stack.program('new WorkspaceSecret("A", { value: "v2" })');
    const failed = await stack.up();

    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain('could not update secret "A"');
    expect(stack.workspace.secrets()).toMatchObject([{ value: "v2" }]);
    expect((await stack.secret("A"))?.outputs).not.toHaveProperty("valueDigest");

    const reverted = await stack.deploy('new WorkspaceSecret("A", { value: "v1" })');

    expect(reverted.calls).toEqual(["update"]);
    expect(stack.workspace.secrets()).toMatchObject([{ value: "v1" }]);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });
});

function calls({ requests }: Emulator) {
  return requests.map(({ operation }) => operation);
}
