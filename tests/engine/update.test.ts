import { describe, expect, test } from "@jest/globals";
import type { Emulator, FaultKind, RecordedRequest } from "pulumi-elevenlabs/emulator";
import { addWorkspaces, startAnother, startAnotherEach } from "../support/namedWorkspaces";
import { status } from "../support/setFaults";
import { expectError } from "../support/shownProblems";
import { startStack } from "../support/testStack";

describe("an update", () => {
  test("an update of a deleted secret fails; refresh and up create it again", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    const [{ id } = { id: "" }] = stack.workspace.secrets();
    stack.workspace.remove(id);
    const before = await stack.secret("T");
    await stack.program('new WorkspaceSecret("T", { value: "v2" })');

    const run = await stack.up();

    expectError(run, "T", { kind: "secret-gone", facts: [`secret "T" (${id})`, "pulumi refresh"] });
    expect(run.calls).toEqual(["update"]);
    expect((await stack.secret("T"))?.outputs).toEqual(before?.outputs);

    expect((await stack.refresh()).code).toBe(0);
    expect((await stack.up()).changes).toEqual({ create: 1 });
    expect(stack.workspace.secrets()).toMatchObject([{ name: "T", value: "v2" }]);
  });

  test("a temporary failure is retried with the same PATCH, maxRetries times", async () => {
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
    const kinds: Record<string, string> = {
      limit: "rate-limited",
      reset: "unreachable",
      lost: "unreachable",
      cut: "unreachable",
    };
    for (const [name, emulator] of emulators) {
      const [{ id } = { id: "" }] = emulator.workspace().secrets();
      const kind = kinds[name] ?? "api-failure";
      expectError(run, name, { kind, facts: [`secret "${name}" (${id}) in workspace "${name}"`] });
      // A 429 uses up no retry while fewer concurrent calls may help. The client goes from 16 calls down to one.
      expect({ name, tries: calls(emulator).length - 4 }).toEqual({ name, tries: name === "limit" ? 6 : 2 });
      emulator.clearFaults();
    }

    const healed = await stack.up();
    expect(healed.changes).toEqual({ update: emulators.length });
    for (const [name, emulator] of emulators) {
      expect(emulator.workspace().secrets()).toMatchObject([{ name, value: "v3" }]);
    }
  });

  test("an update waits as Retry-After says, but fails if it is over a minute", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("T", { value: "v1" })');
    stack.emulator.fault({ kind: "status", status: 429, retryAfter: 1, on: "update" });
    const times: Record<number, number> = {};
    const note = (status: number) =>
      stack.emulator.waitForRequest((one) => {
        const isFound = one.operation === "update" && one.status === status;
        // The time is recorded here, because the wait may end later.
        if (isFound) times[status] = performance.now();
        return isFound;
      }, 30_000);

    await Promise.all([note(429), note(200), stack.deploy('new WorkspaceSecret("T", { value: "v2" })')]);
    expect((times[200] ?? 0) - (times[429] ?? 0)).toBeGreaterThanOrEqual(990);

    stack.emulator.fault({ kind: "status", status: 429, retryAfter: 61, on: "update" });
    await stack.program('new WorkspaceSecret("T", { value: "v3" })');
    const run = await stack.up();
    expectError(run, "T", { kind: "rate-limited", facts: ["429"] });
    expect(run.calls).toEqual(["update"]);
    expect(stack.workspace.secrets()).toMatchObject([{ value: "v2" }]);
  });

  test("each secret is written once if the API allows few concurrent calls", async () => {
    const stack = await startStack({ emulator: { maxConcurrent: 2, latencyMs: 100 } });
    const program = (value: string) =>
      `for (let i = 0; i < 32; i++) new WorkspaceSecret("S" + i, { value: "${value}" })`;
    const count = (matches: (request: RecordedRequest) => boolean) => stack.emulator.requests.filter(matches).length;

    await stack.deploy(program("v1"));
    await stack.deploy(program("v2"));

    expect(count(({ operation, status }) => operation === "create" && status === 200)).toBe(32);
    expect(count(({ operation, status }) => operation === "update" && status === 200)).toBe(32);
    expect(stack.workspace.secrets().map(({ value }) => value)).toEqual(Array(32).fill("v2"));
    // Each run gets about 15, until the client makes only as many concurrent calls as the API allows. A client that
    // didn't adapt would get over a hundred.
    expect(count(({ status }) => status === 429)).toBeLessThan(70);
  });

  test("an unreachable host is an error with the host and the reason", async () => {
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

    const stoppedAt = new URL(stopped.url).host;
    expectError(run, "stopped", { kind: "unreachable", facts: [`${stoppedAt}: connection refused`] });
    expectError(run, "nowhere", { kind: "unreachable", facts: ["no-such-host.invalid: ", "(DNS)"] });
  });

  test("after an unknown outcome, up pushes even if the old value is back", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("A", { value: "v1" })');
    stack.emulator.fault({ kind: "malformed", on: "update" });

    await stack.program('new WorkspaceSecret("A", { value: "v2" })');
    const failed = await stack.up();

    expectError(failed, "A", { kind: "not-the-api", facts: ['secret "A"'] });
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
