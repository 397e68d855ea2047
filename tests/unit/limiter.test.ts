import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { AnsweredError, ApiError, UnreachableError } from "../../provider/api/errors";
import { Limiter } from "../../provider/api/limiter";

const answered = (status: number) => new AnsweredError(status, "words", undefined, undefined, undefined);

async function fail<E extends ApiError>(limiter: Limiter, error: E): Promise<E> {
  await expect(limiter.run(() => Promise.reject(error), { isRetry: false })).rejects.toBe(error);
  return error;
}

async function succeed(limiter: Limiter, times = 1): Promise<void> {
  for (let call = 0; call < times; call++) await limiter.run(() => Promise.resolve(), { isRetry: false });
}

/** A workspace that bears `capacity` calls at a time; each takes a turn of the event loop. */
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

/** Many calls at once, each repeated until it goes through. */
async function runAll(limiter: Limiter, workspace: Workspace, calls: number): Promise<number> {
  let refusals = 0;
  const one = async (isRetry = false): Promise<void> => {
    try {
      await limiter.run(() => workspace.call(), { isRetry });
    } catch (error) {
      if (!(error instanceof ApiError && error.isRateLimit)) throw error;
      if (++refusals > 10 * calls) throw new Error("It asks again and again");
      await one(true);
    }
  };
  await Promise.all(Array.from({ length: calls }, () => one()));
  return refusals;
}

describe("a process that waits for Retry-After", () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const busy = (ms: number) => new AnsweredError(429, "words", undefined, undefined, ms);

  test("may end where no call waits", async () => {
    const limiter = new Limiter(1);
    const before = timers();
    await fail(limiter, busy(60_000));
    expect(timers()).toBe(before);
  });

  test("may not end before the calls that wait", async () => {
    const limiter = new Limiter(1);
    const before = timers();
    await fail(limiter, busy(20));
    const waiting = succeed(limiter);
    expect(timers()).toBe(before + 1);
    await waiting;
  });

  test("may not end before calls that were waiting already", async () => {
    const limiter = new Limiter(1);
    const before = timers();
    const refused = fail(limiter, busy(20));
    const waiting = succeed(limiter);
    await refused;
    expect(timers()).toBe(before + 1);
    await waiting;
  });
});

describe("how many calls run at a time", () => {
  test("is halved by each 429, down to one", async () => {
    const limiter = new Limiter(16);
    const levels = [limiter.concurrency];
    for (let refusal = 0; refusal < 5; refusal++) {
      await fail(limiter, answered(429));
      levels.push(limiter.concurrency);
    }
    expect(levels).toEqual([16, 8, 4, 2, 1, 1]);
  });

  test("is halved once by the 429s of calls that began together", async () => {
    const limiter = new Limiter(16);
    await Promise.all(Array.from({ length: 16 }, () => fail(limiter, answered(429))));
    expect(limiter.concurrency).toBe(8);
  });

  test.each([
    ["400", answered(400)],
    ["500", answered(500)],
    ["503", answered(503)],
    ["a reset", new UnreachableError("broke", true, { transient: true })],
  ])("is not changed by %s", async (_, error) => {
    const limiter = new Limiter(16);
    await fail(limiter, error);
    expect(limiter.concurrency).toBe(16);
  });

  test("grows by one for each full round of successes, and stays under what was too many", async () => {
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

  test("is tried higher after a hundred successes, and never goes above its start", async () => {
    const limiter = new Limiter(8);
    await fail(limiter, answered(429));
    await succeed(limiter, 200);
    expect(limiter.concurrency).toBe(8);
    await succeed(limiter, 200);
    expect(limiter.concurrency).toBe(8);
  });

  test("falls to what the workspace bears, and recovers when it bears more", async () => {
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
  test("a retry goes before what waits already", async () => {
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

describe("whether a 429 is of our own doing", () => {
  test("it is as long as several calls were allowed at a time", async () => {
    const limiter = new Limiter(2);
    const together = await fail(limiter, answered(429));
    const alone = await fail(limiter, answered(429));
    expect([limiter.isOwnDoing(together), limiter.isOwnDoing(alone)]).toEqual([true, false]);
  });

  test("no other fault is", async () => {
    const limiter = new Limiter(16);
    expect(limiter.isOwnDoing(await fail(limiter, answered(503)))).toBe(false);
  });
});

test("Retry-After of an error that is not repeated holds nobody back", async () => {
  const limiter = new Limiter(1);
  await fail(limiter, new AnsweredError(404, "words", undefined, undefined, 60_000));
  await succeed(limiter);
  expect(limiter.concurrency).toBe(1);
}, 5_000);
