import { describe, expect, jest, test } from "@jest/globals";
import { ApiError } from "../../provider/api/errors";
import { parseRetryAfter, retrying } from "../../provider/api/retry";

const NOW = Date.parse("Thu, 01 Jan 2026 00:00:00 GMT");

test.each<[string | null, number | undefined]>([
  [null, undefined],
  ["", undefined],
  ["soon", undefined],
  ["0", 0],
  ["1", 1_000],
  ["  2  ", 2_000],
  ["1.5", 1_500],
  ["0.0001", 1],
  ["86400", 86_400_000],
  ["Thu, 01 Jan 2026 00:00:10 GMT", 10_000],
  ["Wed, 31 Dec 2025 23:59:50 GMT", 0],
  ["Thursday, 01-Jan-26 00:00:10 GMT", 10_000],
  ["Thu Jan  1 00:00:10 2026", 10_000],
  ["Thu, 99 Jan 2026 00:00:10 GMT", undefined],
  ["-5", undefined],
  ["1,5", undefined],
  ["later 3", undefined],
  ["2026", 2_026_000],
])("Retry-After %j is %p milliseconds", (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});

describe("the pauses between attempts", () => {
  /** The pauses of a call that always fails, with the same random number each time. */
  async function pauses(chance: number): Promise<number[]> {
    const seen: number[] = [];
    const random = jest.spyOn(Math, "random").mockReturnValue(chance);
    const timer = jest.spyOn(globalThis, "setTimeout").mockImplementation(((then: () => void, ms = 0) => {
      seen.push(ms);
      queueMicrotask(then);
      return { unref() {} };
    }) as unknown as typeof setTimeout);
    const error = new ApiError({ kind: "no-connection", host: "api.example", code: "ECONNREFUSED" });
    const call = retrying(() => Promise.reject(error), {
      maxRetries: 7,
      mayRepeatAfter: () => true,
      isUncounted: () => false,
    });
    await expect(call).rejects.toBe(error);
    random.mockRestore();
    timer.mockRestore();
    return seen;
  }

  test("the pauses double from 0.3 s to 8 s", async () => {
    expect(await pauses(0)).toEqual([300, 600, 1_200, 2_400, 4_800, 8_000, 8_000]);
  });

  test("the pauses are up to twice as long at random, so that calls spread", async () => {
    expect(await pauses(0.5)).toEqual([450, 900, 1_800, 3_600, 7_200, 8_000, 8_000]);
  });
});
