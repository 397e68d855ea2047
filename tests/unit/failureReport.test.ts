import { expect, test } from "@jest/globals";
import type { RecordedRequest } from "pulumi-elevenlabs/emulator";
import { addReport } from "../support/failureReport";

test("a failed test shows its commands, and details of the last command", () => {
  const request = { method: "POST", path: "/v1/convai/secrets", query: {}, operation: "create", workspace: "default" };
  const requests = [
    { ...request, status: 409 },
    { ...request, status: undefined, fault: "reset" },
  ] as RecordedRequest[];
  const error = new Error("Expected: 0\nReceived: 255");
  error.stack = `Error: ${error.message}\n    at check (a.test.ts:1:2)`;

  addReport(error, [
    { command: "pulumi preview", code: 0, output: "none of the last", requests: () => [] },
    { command: "pulumi up", code: 255, output: "Updating:\n    at work (b.ts:3:4)\n", requests: () => requests },
  ]);

  expect(error.stack).toBe(`Error: Expected: 0
Received: 255

| $ pulumi preview  (exit code 0)
| $ pulumi up  (exit code 255)
| Updating:
|     at work (b.ts:3:4)
| Requests: 2
| POST /v1/convai/secrets 409
| POST /v1/convai/secrets no answer (reset)
    at check (a.test.ts:1:2)`);
});

test("a report fits on one screen, even after many commands", () => {
  const requests = Array.from({ length: 500 }, () => ({ method: "GET", path: "/", status: 200 }) as RecordedRequest);
  const output = Array.from({ length: 500 }, (_, line) => `line ${line}`).join("\n");
  const error = new Error("failed");

  addReport(
    error,
    Array.from({ length: 50 }, () => ({ command: "pulumi up", output, requests: () => requests })),
  );

  expect(error.stack?.match(/^\|/gm)).toHaveLength(46);
  expect(error.stack).toContain("| … 476 earlier lines\n| line 476");
  expect(error.stack).toContain("(still running)");
});
