import { describe, expect, test } from "@jest/globals";
import { ApiError, type ApiFailure, MISSING_PERMISSIONS } from "../../provider/api/errors";
import type { Attempt } from "../../provider/messages/attempts";
import { Problem, type ProblemKind } from "../../provider/messages/problem";
import { callProblem, withProblems } from "../../provider/workspaces/callProblems";
import { Workspace } from "../../provider/workspaces/workspace";
import { problemOf } from "../support/problems";

const ATTEMPT: Attempt = { step: "update", name: "A", id: "1", workspace: "default" };
const ENDPOINT = "https://api.example";

function workspace(name = "default", keySource: "config" | "environment" | undefined = "config"): Workspace {
  const limits = { timeoutMs: 1, maxRetries: 0, maxConcurrency: 1 };
  return new Workspace({ name, endpoint: ENDPOINT, apiKey: "sk_canary", keySource, ...limits });
}

const answered = (status: number, code?: string): ApiFailure => ({ kind: "answered", status, words: "Words.", code });
/** Without words in the form of the API. */
const foreign = (status: number): ApiFailure => ({ kind: "answered", status });
const host = "api.example";

const KINDS: [string, ApiFailure, ProblemKind][] = [
  ["a missing API key", { kind: "no-api-key" }, "no-api-key"],
  ["a malformed API key", { kind: "malformed-api-key" }, "malformed-api-key"],
  ["401", answered(401), "unauthorized"],
  ["401 for a missing permission", answered(401, MISSING_PERMISSIONS), "missing-permission"],
  ["403", answered(403), "missing-permission"],
  ["429", answered(429), "rate-limited"],
  ["429 not of the API", foreign(429), "rate-limited"],
  ["401 not of the API", foreign(401), "not-the-api"],
  ["403 not of the API", foreign(403), "not-the-api"],
  ["404 not of the API", foreign(404), "not-the-api"],
  ["422 not of the API", foreign(422), "not-the-api"],
  ["a redirect", foreign(302), "not-the-api"],
  ["an answer that is too large", { kind: "too-large", host }, "not-the-api"],
  ["an answer that is not JSON", { kind: "not-json" }, "not-the-api"],
  ["an answer of another form", { kind: "unexpected-shape", place: "name" }, "not-the-api"],
  ["endless pages", { kind: "endless-pages" }, "not-the-api"],
  ["400", answered(400), "refused"],
  ["409", answered(409), "refused"],
  ["422", answered(422), "refused"],
  ["404 with a code", answered(404, "not_found"), "not-found"],
  // A gateway's 404 may have the same form, and says nothing about a secret.
  ["404 without a code", answered(404), "not-the-api"],
  ["408", answered(408), "api-failure"],
  ["500", answered(500), "api-failure"],
  ["502 not of the API", foreign(502), "api-failure"],
  ["503", answered(503), "api-failure"],
  ["an id that can't be one", { kind: "invalid-id", id: ".." }, "invalid-id"],
  ["a timeout", { kind: "timeout", host, seconds: 30 }, "unreachable"],
  ["a lost connection", { kind: "connection-lost", host, code: "ECONNRESET" }, "unreachable"],
  ["a failed request", { kind: "request-failed", host }, "unreachable"],
  ["a cancelled call", { kind: "cancelled", host, isOutOfTime: false, wasSent: true }, "cancelled"],
  ["untrusted TLS", { kind: "untrusted-tls", host, code: "CERT_HAS_EXPIRED" }, "unreachable"],
  ["no connection", { kind: "no-connection", host, code: "ECONNREFUSED" }, "unreachable"],
];

describe("a failed call becomes a problem", () => {
  test.each(KINDS)("%s", (_, failure, kind) => {
    expect(callProblem(new ApiError(failure), workspace(), { attempt: ATTEMPT }).kind).toBe(kind);
  });

  test.each(KINDS)("of a request with only an id: %s", (_, failure, kind) => {
    const isInvalidRequest = failure.kind === "answered" && [400, 422].includes(failure.status) && kind === "refused";
    const problem = callProblem(new ApiError(failure), workspace(), { attempt: ATTEMPT, sendsOnlyId: true });
    expect(problem.kind).toBe(isInvalidRequest ? "invalid-id" : kind);
  });
});

test("the problem has the failure, the workspace and what was attempted", () => {
  const failure = answered(401);
  const { facts, attempt } = callProblem(new ApiError(failure), workspace("eu", "environment"), { attempt: ATTEMPT });
  expect(facts).toEqual({
    failure,
    workspace: { name: "eu", endpoint: ENDPOINT, keySource: "environment" },
    configMayBeStale: false,
  });
  expect(attempt).toEqual(ATTEMPT);
});

test.each([true, false])("configMayBeStale: %p is among the facts", (configMayBeStale) => {
  const context = { attempt: ATTEMPT, configMayBeStale };
  expect(callProblem(new ApiError(answered(429)), workspace(), context).facts).toMatchObject({ configMayBeStale });
});

test("the problem contains no API key, and no cause", () => {
  const problem = callProblem(new ApiError(answered(401)), workspace(), { attempt: ATTEMPT });
  expect(JSON.stringify([problem.message, problem.facts])).not.toContain("canary");
  expect(problem.cause).toBeUndefined();
});

describe("a step with problems", () => {
  const run = (step: () => Promise<unknown>) => withProblems(workspace(), { attempt: ATTEMPT }, step);

  test("returns what the step returns", async () => {
    expect(await run(async () => 1)).toBe(1);
  });

  test("turns a failed call into a problem", async () => {
    const problem = await problemOf(run(() => Promise.reject(new ApiError(answered(404, "not_found")))));
    expect([problem.kind, problem.attempt]).toEqual(["not-found", ATTEMPT]);
  });

  test.each([new TypeError("bug"), new Problem("secret-gone", {}, ATTEMPT)])("leaves %p as it is", async (other) => {
    await expect(run(() => Promise.reject(other))).rejects.toBe(other);
  });
});
