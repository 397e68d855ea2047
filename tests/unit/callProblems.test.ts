import { describe, expect, test } from "@jest/globals";
import { ApiError, type ApiFailure, MISSING_PERMISSIONS } from "../../provider/api/errors";
import type { Action } from "../../provider/messages/problem";
import { secretGone } from "../../provider/messages/secret";
import { callProblem, withProblems } from "../../provider/workspaces/callProblems";
import { Workspace } from "../../provider/workspaces/workspace";
import { problemOf } from "../support/problems";

const ACTION: Action = { step: "update secret", name: "A", id: "1", workspace: "default" };
const ENDPOINT = "https://api.example";

function workspace(name = "default", keySource: "config" | "environment" | undefined = "config"): Workspace {
  const limits = { timeoutMs: 1, maxRetries: 0, maxConcurrency: 1 };
  return new Workspace({ name, endpoint: ENDPOINT, apiKey: "sk_canary", keySource, ...limits });
}

const answered = (status: number, code?: string): ApiFailure => ({ kind: "status", status, message: "Words.", code });
/** A response without an error in the API's format. */
const foreign = (status: number): ApiFailure => ({ kind: "status", status });
const host = "api.example";

const KINDS: [string, ApiFailure, string][] = [
  ["a missing API key", { kind: "no-api-key" }, "no-api-key"],
  ["a malformed API key", { kind: "malformed-api-key" }, "malformed-api-key"],
  ["401", answered(401), "unauthorized"],
  ["401 for a missing permission", answered(401, MISSING_PERMISSIONS), "missing-permission"],
  ["403", answered(403), "missing-permission"],
  ["429", answered(429), "rate-limited"],
  ["429 that is not from the API", foreign(429), "rate-limited"],
  ["401 that is not from the API", foreign(401), "not-the-api"],
  ["403 that is not from the API", foreign(403), "not-the-api"],
  ["404 that is not from the API", foreign(404), "not-the-api"],
  ["422 that is not from the API", foreign(422), "not-the-api"],
  ["a redirect", foreign(302), "not-the-api"],
  ["a response that is too large", { kind: "too-large", host }, "not-the-api"],
  ["a response that is not JSON", { kind: "not-json" }, "not-the-api"],
  ["a response in an unexpected format", { kind: "unexpected-shape", place: "name" }, "not-the-api"],
  ["endless pages", { kind: "endless-pages" }, "not-the-api"],
  ["400", answered(400), "refused"],
  ["409", answered(409), "refused"],
  ["422", answered(422), "refused"],
  ["404 with a code", answered(404, "not_found"), "not-found"],
  // A gateway can return a 404 in the API's format. Only the code proves that the API reports a missing secret.
  ["404 without a code", answered(404), "not-the-api"],
  ["408", answered(408), "api-failure"],
  ["500", answered(500), "api-failure"],
  ["502 that is not from the API", foreign(502), "api-failure"],
  ["503", answered(503), "api-failure"],
  ["an invalid id", { kind: "invalid-id", id: ".." }, "invalid-id"],
  ["a timeout", { kind: "timeout", host, seconds: 30 }, "unreachable"],
  ["a lost connection", { kind: "connection-lost", host, code: "ECONNRESET" }, "unreachable"],
  ["a failed request", { kind: "request-failed", host }, "unreachable"],
  ["a cancelled call", { kind: "cancelled", host, isOutOfTime: false, wasSent: true }, "cancelled"],
  ["untrusted TLS", { kind: "untrusted-tls", host, code: "CERT_HAS_EXPIRED" }, "unreachable"],
  ["no connection", { kind: "no-connection", host, code: "ECONNREFUSED" }, "unreachable"],
];

describe("a failed call becomes a problem", () => {
  test.each(KINDS)("a failed call becomes the right kind of problem: %s", (_, failure, kind) => {
    expect(callProblem(new ApiError(failure), workspace(), { action: ACTION }).kind).toBe(kind);
  });

  test.each(KINDS)("if a request sends only an id, its failure is the right problem: %s", (_, failure, kind) => {
    const isInvalidRequest = failure.kind === "status" && [400, 422].includes(failure.status) && kind === "refused";
    const problem = callProblem(new ApiError(failure), workspace(), { action: ACTION, sendsOnlyId: true });
    expect(problem.kind).toBe(isInvalidRequest ? "invalid-id" : kind);
  });
});

test("the problem contains the failure, the workspace and the action", () => {
  const failure = answered(401);
  const { facts, action } = callProblem(new ApiError(failure), workspace("eu", "environment"), { action: ACTION });
  expect(facts).toEqual({
    failure,
    workspace: { name: "eu", endpoint: ENDPOINT, keySource: "environment" },
    configMayBeStale: false,
  });
  expect(action).toEqual(ACTION);
});

test.each([true, false])("the facts of a problem contain configMayBeStale (%p)", (configMayBeStale) => {
  const context = { action: ACTION, configMayBeStale };
  expect(callProblem(new ApiError(answered(429)), workspace(), context).facts).toMatchObject({ configMayBeStale });
});

test("the problem contains no API key, and no cause", () => {
  const problem = callProblem(new ApiError(answered(401)), workspace(), { action: ACTION });
  expect(JSON.stringify([problem.message, problem.facts])).not.toContain("canary");
  expect(problem.cause).toBeUndefined();
});

describe("a step with problems", () => {
  const run = (step: () => Promise<unknown>) => withProblems(workspace(), { action: ACTION }, step);

  test("withProblems returns the result of the step", async () => {
    expect(await run(async () => 1)).toBe(1);
  });

  test("withProblems turns a failed call into a problem", async () => {
    const problem = await problemOf(run(() => Promise.reject(new ApiError(answered(404, "not_found")))));
    expect([problem.kind, problem.action]).toEqual(["not-found", ACTION]);
  });

  test.each([new TypeError("bug"), secretGone({}, ACTION)])("a step rethrows %p", async (other) => {
    await expect(run(() => Promise.reject(other))).rejects.toBe(other);
  });
});
