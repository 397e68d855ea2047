import { expect, test } from "@jest/globals";
import { parseRetryAfter } from "../../provider/api/retry";

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
  ["Thu, 99 Jan 2026 00:00:10 GMT", undefined],
])("Retry-After %j is %p milliseconds", (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});
