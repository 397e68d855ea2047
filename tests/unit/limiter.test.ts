import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { ApiError } from "../../provider/api/errors";
import { Limiter } from "../../provider/api/limiter";

const answered = (status: number, retryAfterMs?: number) =>
  new ApiError({ kind: "status", status, message: "words", retryAfterMs });

async function fail(limiter: Limiter, error: ApiError): Promise<ApiError> {
  await expect(limiter.run(() => Promise.reject(error), { isRetry: false })).rejects.toBe(error);
  return error;
}

async function succeed(limiter: Limiter, times = 1): Promise<void> {
  for (let call = 0; call < times; call++) await limiter.run(() => Promise.resolve(), { isRetry: false });
}

/** A workspace that allows `capacity` concurrent calls. Each call takes one turn of the event loop. */
class Workspace {
  running = 0;
  most = 0;

  constructor(public capacity: number) {}

  async call(): Promise<void> {
    if (this.running >= this.capacity) throw answered(429);
    this.most = Math.max(this.most, ++this.running);
    await turn();
    this.running--;
  }
}

/** Runs many concurrent calls, and retries each call until it succeeds. */
async function runAll(limiter: Limiter, workspace: Workspace, calls: number): Promise<number> {
  let refusals = 0;
  const one = async (isRetry = false): Promise<void> => {
    try {
      await limiter.run(() => workspace.call(), { isRetry });
    } catch (error) {
      if (!(error instanceof ApiError && error.isRateLimit)) throw error;
      if (++refusals > 10 * calls) throw new Error("The calls never succeed");
      await one(true);
    }
  };
  await Promise.all(Array.from({ length: calls }, () => one()));
  return refusals;
}

describe("a process that waits for Retry-After", () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const busy = (ms: number) => answered(429, ms);

  test("a process can end during Retry-After if no call waits", async () => {
    const limiter = new Limiter(1);
    const before = timers();
    await fail(limiter, busy(60_000));
    expect(timers()).toBe(before);
  });

  test("a process can't end while calls wait for Retry-After", async () => {
    const limiter = new Limiter(1);
    const before = timers();
    await fail(limiter, busy(20));
    const waiting = succeed(limiter);
    expect(timers()).toBe(before + 1);
    await waiting;
  });

  test("a process can't end while calls wait that started before the pause", async () => {
    const limiter = new Limiter(1);
    const before = timers();
    const refused = fail(limiter, busy(20));
    const waiting = succeed(limiter);
    await refused;
    expect(timers()).toBe(before + 1);
    await waiting;
  });
});

describe("the number of concurrent calls", () => {
  test("each 429 halves the number of concurrent calls, down to one", async () => {
    const limiter = new Limiter(16);
    const levels = [limiter.concurrency];
    for (let refusal = 0; refusal < 5; refusal++) {
      await fail(limiter, answered(429));
      levels.push(limiter.concurrency);
    }
    expect(levels).toEqual([16, 8, 4, 2, 1, 1]);
  });

  test("429s of calls that began together halve the number only once", async () => {
    const limiter = new Limiter(16);
    await Promise.all(Array.from({ length: 16 }, () => fail(limiter, answered(429))));
    expect(limiter.concurrency).toBe(8);
  });

  test.each([
    ["400", answered(400)],
    ["500", answered(500)],
    ["503", answered(503)],
    ["a reset", new ApiError({ kind: "connection-lost", host: "api.example", code: "ECONNRESET" })],
  ])("%s doesn't change the number of concurrent calls", async (_, error) => {
    const limiter = new Limiter(16);
    await fail(limiter, error);
    expect(limiter.concurrency).toBe(16);
  });

  test("each round of successes adds one call, below the refused number", async () => {
    const limiter = new Limiter(8);
    await fail(limiter, answered(429));
    expect(limiter.concurrency).toBe(4);
    await succeed(limiter, 5);
    expect(limiter.concurrency).toBe(5);
    await succeed(limiter, 6);
    expect(limiter.concurrency).toBe(6);
    await succeed(limiter, 80);
    expect(limiter.concurrency).toBe(7);
  });

  test("after 100 successes, the initial number of calls is allowed again", async () => {
    const limiter = new Limiter(8);
    await fail(limiter, answered(429));
    await succeed(limiter, 200);
    expect(limiter.concurrency).toBe(8);
    await succeed(limiter, 200);
    expect(limiter.concurrency).toBe(8);
  });

  test("the number of calls follows the limit of the workspace, down and up", async () => {
    const limiter = new Limiter(16);
    const workspace = new Workspace(2);

    const refusals = await runAll(limiter, workspace, 300);

    expect(limiter.concurrency).toBeLessThanOrEqual(3);
    expect(refusals).toBeLessThan(60);

    workspace.capacity = Number.POSITIVE_INFINITY;
    expect(await runAll(limiter, workspace, 600)).toBe(0);

    expect(limiter.concurrency).toBe(16);
    expect(workspace.most).toBe(16);
  });
});

describe("the order", () => {
  test("a retry runs before calls that already wait", async () => {
    const limiter = new Limiter(1);
    const order: string[] = [];
    const run = (name: string, isRetry: boolean) =>
      limiter.run(
        async () => {
          order.push(name);
          await turn();
        },
        { isRetry },
      );

    await Promise.all([run("first", false), run("second", false), run("third", false), run("retry", true)]);

    expect(order).toEqual(["first", "retry", "second", "third"]);
  });
});

describe("whether concurrency caused a 429", () => {
  test("concurrency can cause a 429 only if several calls were allowed", async () => {
    const limiter = new Limiter(2);
    const together = await fail(limiter, answered(429));
    const alone = await fail(limiter, answered(429));
    expect([limiter.isCausedByConcurrency(together), limiter.isCausedByConcurrency(alone)]).toEqual([true, false]);
  });

  test("concurrency causes no failure except a 429", async () => {
    const limiter = new Limiter(16);
    expect(limiter.isCausedByConcurrency(await fail(limiter, answered(503)))).toBe(false);
  });
});

test("Retry-After of an error that is not retried doesn't pause calls", async () => {
  const limiter = new Limiter(1);
  await fail(limiter, answered(404, 60_000));
  await succeed(limiter);
  expect(limiter.concurrency).toBe(1);
}, 5_000);
