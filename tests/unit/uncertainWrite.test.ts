import { describe, expect, jest, test } from "@jest/globals";
import { ApiError, type ApiFailure } from "../../provider/api/errors";
import { lookRepeatedly, UncertainWrite } from "../../provider/api/uncertainWrite";

const host = "api.example";
const answered = (status: number) => new ApiError({ kind: "status", status, message: "Words." });
const failed = (failure: ApiFailure) => new ApiError(failure);

const TIMEOUT = failed({ kind: "timeout", host, seconds: 30 });
const LOST = failed({ kind: "connection-lost", host, code: "ECONNRESET" });
const NEVER_SENT = failed({ kind: "no-connection", host, code: "ECONNREFUSED" });
/** Temporary failures after which the API may have done the write. */
const IN_DOUBT: [string, ApiError][] = [
  ["408", answered(408)],
  ["502", answered(502)],
  ["503", answered(503)],
  ["504", answered(504)],
  ["a timeout", TIMEOUT],
  ["a lost connection", LOST],
];
/** Temporary failures after which the API has certainly not done the write. */
const NOT_DONE: [string, ApiError][] = [
  ["429", answered(429)],
  ["a refused connection", NEVER_SENT],
];
const NOT_TEMPORARY: [string, ApiError][] = [
  ["400", answered(400)],
  ["401", answered(401)],
  ["404", answered(404)],
  ["500", answered(500)],
  ["a malformed response", failed({ kind: "not-json" })],
  ["a missing API key", failed({ kind: "no-api-key" })],
];

describe("retries", () => {
  test.each(IN_DOUBT)("after %s, a request is retried unless it is a POST", (_, error) => {
    const repeated = (["GET", "PATCH", "DELETE", "POST"] as const).filter((method) =>
      new UncertainWrite(method).mayRepeatAfter(error),
    );
    expect(repeated).toEqual(["GET", "PATCH", "DELETE"]);
  });

  test.each(NOT_DONE)("after %s, every request is retried, even a POST", (_, error) => {
    for (const method of ["GET", "POST", "PATCH", "DELETE"] as const) {
      expect(new UncertainWrite(method).mayRepeatAfter(error)).toBe(true);
    }
  });

  test.each(NOT_TEMPORARY)("no request is retried after %s", (_, error) => {
    for (const method of ["GET", "POST", "PATCH", "DELETE"] as const) {
      expect(new UncertainWrite(method).mayRepeatAfter(error)).toBe(false);
    }
  });
});

describe("the final error", () => {
  /** Returns the final error of a request whose attempts fail with these errors in turn. */
  function finalError(method: "GET" | "POST" | "PATCH" | "DELETE", ...errors: [unknown, ...unknown[]]): unknown {
    const write = new UncertainWrite(method);
    for (const error of errors) write.attemptFailed(error);
    return write.finalError(errors.at(-1));
  }

  test.each([
    ["401", answered(401)],
    ["422", answered(422)],
    ["429", answered(429)],
    ["a refused connection", NEVER_SENT],
  ])("a PATCH reports a failure of unknown outcome even if %s follows", (_, last) => {
    for (const [, doubt] of IN_DOUBT) expect(finalError("PATCH", doubt, last)).toBe(doubt);
  });

  test("a PATCH reports the last failure of unknown outcome", () => {
    expect(finalError("PATCH", TIMEOUT, LOST, answered(422))).toBe(LOST);
    expect(finalError("PATCH", TIMEOUT, answered(429), answered(401))).toBe(TIMEOUT);
  });

  test("a PATCH reports a later 404, because the secret is gone", () => {
    const gone = failed({ kind: "status", status: 404, message: "Words.", code: "not_found" });
    expect(finalError("PATCH", TIMEOUT, gone)).toBe(gone);
  });

  test("a PATCH doesn't report a later 404 that isn't from the API", () => {
    expect(finalError("PATCH", TIMEOUT, failed({ kind: "status", status: 404 }))).toBe(TIMEOUT);
    expect(finalError("PATCH", TIMEOUT, answered(404))).toBe(TIMEOUT);
  });

  test("a PATCH reports its last failure if no outcome is unknown", () => {
    const last = answered(401);
    expect(finalError("PATCH", answered(429), NEVER_SENT, last)).toBe(last);
  });

  test("a GET or DELETE reports its last failure", () => {
    const last = answered(401);
    expect(finalError("GET", TIMEOUT, last)).toBe(last);
    expect(finalError("DELETE", TIMEOUT, last)).toBe(last);
  });

  test("a POST reports the failure after which it isn't retried", () => {
    expect(finalError("POST", answered(429), TIMEOUT)).toBe(TIMEOUT);
  });

  test("an error that isn't a failed call is reported unchanged", () => {
    const bug = new TypeError("bug");
    expect(finalError("PATCH", TIMEOUT, bug)).toBe(bug);
  });
});

describe("the search for a secret that a POST may have created", () => {
  test("the search ends as soon as it finds a secret", async () => {
    const look = jest.fn<() => Promise<string | undefined>>();
    look.mockResolvedValueOnce(undefined).mockResolvedValueOnce("found");
    expect(await lookRepeatedly(look, [0, 0, 0])).toBe("found");
    expect(look).toHaveBeenCalledTimes(2);
  });

  test("the search runs at once and after each pause, and may find nothing", async () => {
    const look = jest.fn(async () => undefined);
    expect(await lookRepeatedly(look, [0, 0])).toBeUndefined();
    expect(look).toHaveBeenCalledTimes(3);
  });

  test("the search continues after a failed call", async () => {
    const look = jest.fn<() => Promise<string | undefined>>();
    look.mockRejectedValueOnce(answered(500)).mockResolvedValueOnce("found");
    expect(await lookRepeatedly(look, [0])).toBe("found");
  });

  test("an error that isn't a failed call ends the search", async () => {
    const bug = new TypeError("bug");
    await expect(lookRepeatedly(() => Promise.reject(bug), [0])).rejects.toBe(bug);
  });

  test("an aborted signal ends the search, even during a pause", async () => {
    const look = jest.fn(async () => undefined);
    expect(await lookRepeatedly(look, [60_000], AbortSignal.abort())).toBeUndefined();
    expect(look).not.toHaveBeenCalled();

    const stop = new AbortController();
    const lookAndStop = jest.fn(async () => stop.abort());
    expect(await lookRepeatedly(lookAndStop, [60_000], stop.signal)).toBeUndefined();
    expect(lookAndStop).toHaveBeenCalledTimes(1);
  });
});
