import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { expect, test } from "@jest/globals";
import type { Emulator, Fault, FaultKind } from "../../emulator/index";
import { type ElevenLabsApi, PAGED_KINDS, type Secret } from "../../provider/api/client";
import {
  clientOf,
  closedOrigin,
  emulate,
  failureOf,
  nextRequest,
  timeLimitUntil,
  trueGetters,
} from "../support/servers";

// Runs the rows of a table at the same time, because they mostly wait for a retry.
async function each<Row, Seen>(
  rows: Record<string, Row>,
  run: (row: Row) => Promise<Seen>,
): Promise<Record<string, Seen>> {
  const seen = Object.entries(rows).map(async ([title, row]) => [title, await run(row)] as const);
  return Object.fromEntries(await Promise.all(seen));
}

const always = (fault: FaultKind): Fault => ({ ...fault, times: Number.POSITIVE_INFINITY });
const status = (code: number, more: object = {}): FaultKind => ({ kind: "status", status: code, ...more });

const RETRIED = {
  "408": status(408),
  "429": status(429),
  "502": status(502),
  "503": status(503),
  "504": status(504),
  reset: { kind: "reset" },
  "truncated response": { kind: "truncated" },
} as const satisfies Record<string, FaultKind>;

const NOT_RETRIED = {
  "400": status(400),
  "401": status(401),
  "403": status(403),
  "404": status(404),
  "409": status(409),
  "422": status(422),
  "500": status(500),
  redirect: { kind: "redirect", location: "/v1/convai/secrets" },
  "HTML with 200": { kind: "malformed" },
} as const satisfies Record<string, FaultKind>;

const CALLS: Record<string, (api: ElevenLabsApi, id: string) => Promise<unknown>> = {
  get: (api, id) => api.getSecret(id),
  list: (api) => api.listSecrets(),
  dependencies: (api, id) => api.listDependents(id, PAGED_KINDS[0]),
  update: (api, id) => api.updateSecret(id, "A", "v"),
  delete: (api, id) => api.deleteSecret(id),
};

/** Counts the requests of each call if every request gets this fault. */
async function requestsAt(faults: Record<string, FaultKind>, maxRetries: number): Promise<Record<string, number>> {
  const rows = Object.entries(CALLS).flatMap(([operation, call]) =>
    Object.entries(faults).map(([title, fault]) => [`${operation}, ${title}`, { operation, call, fault }] as const),
  );
  return each(Object.fromEntries(rows), async ({ operation, call, fault }) => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("A");
    emulator.fault(always(fault));
    // With several concurrent calls, our own concurrency could be the cause of a 429.
    await failureOf(call(clientOf(emulator, { maxRetries, maxConcurrency: 1 }), id));
    return emulator.requests.filter((request) => request.operation === operation).length;
  });
}

const allOf = (seen: Record<string, number>, count: number) =>
  Object.fromEntries(Object.keys(seen).map((title) => [title, count]));

test.concurrent.each([
  ["a temporary failure of GET, PATCH and DELETE is retried maxRetries times", RETRIED, 1, 2],
  ["no other failure of GET, PATCH and DELETE is retried", NOT_RETRIED, 1, 1],
  ["no GET, PATCH or DELETE is retried if maxRetries is 0", RETRIED, 0, 1],
])("%s", async (_, faults, maxRetries, requests) => {
  const seen = await requestsAt(faults, maxRetries);
  expect(Object.keys(seen)).toHaveLength(Object.keys(CALLS).length * Object.keys(faults).length);
  expect(seen).toEqual(allOf(seen, requests));
});

test.concurrent("the caller never sees a failure that a retry fixes", async () => {
  const seen = await each(CALLS, async (call) => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("A");
    emulator.fault({ kind: "reset" });
    await call(clientOf(emulator, { maxRetries: 1 }), id);
    return emulator.requests.length;
  });
  expect(seen).toEqual(allOf(seen, 2));
});

/** Counts the requests to an origin, even if they never arrive. */
async function attemptsAt(origin: string, run: () => Promise<unknown>): Promise<number> {
  const { host } = new URL(origin);
  let attempts = 0;
  const count = (message: unknown) => {
    if ((message as { request: ClientRequest }).request.getHeader("host") === host) attempts++;
  };
  subscribe("http.client.request.start", count);
  await run().finally(() => unsubscribe("http.client.request.start", count));
  return attempts;
}

test.concurrent("a timeout is retried like any temporary failure", async () => {
  const attempts = await each(CALLS, async (call) => {
    const emulator = await emulate();
    emulator.fault(always({ kind: "hang" }));
    const api = clientOf(emulator, { maxRetries: 1, ...timeLimitUntil(() => nextRequest(emulator)) });
    return attemptsAt(emulator.url, () => failureOf(call(api, "1")));
  });
  expect(attempts).toEqual(allOf(attempts, 2));
});

test.concurrent("a refused connection is retried; a POST needs no search afterwards", async () => {
  const noLook = () => Promise.reject(new Error("Nothing may be looked up here"));
  const seen = await each(
    { ...CALLS, create: (api) => api.createSecret("A", "v", noLook) } as typeof CALLS,
    async (call) => {
      const url = await closedOrigin();
      const seen: unknown[] = [];
      const attempts = await attemptsAt(url, async () => {
        const error = await failureOf(call(clientOf({ url }, { maxRetries: 1 }), "1"));
        expect(error.failure).toMatchObject({ host: new URL(url).host });
        seen.push({ ...error.failure, host: "" }, ...trueGetters(error));
      });
      return [attempts, ...seen];
    },
  );
  const refused = [2, { kind: "no-connection", host: "", code: "ECONNREFUSED" }, "isTemporary"];
  expect(seen).toEqual(Object.fromEntries([...Object.keys(CALLS), "create"].map((title) => [title, refused])));
});

test.concurrent("a refused connection does no harm if the server starts in time", async () => {
  const url = await closedOrigin();
  const { host, port } = new URL(url);
  let up: Promise<Emulator> | undefined;
  const start = (message: unknown) => {
    if ((message as { request: ClientRequest }).request.getHeader("host") !== host) return;
    up ??= emulate({ port: Number(port) });
  };
  subscribe("http.client.request.error", start);
  try {
    expect(await clientOf({ url, apiKey: "sk_emulator" }, { maxRetries: 100 }).listSecrets()).toEqual([]);
  } finally {
    unsubscribe("http.client.request.error", start);
  }
  expect((await up)?.requests).toHaveLength(1);
});

interface Outcome {
  posts: number;
  looks: number;
  /** The number of secrets in the end. */
  created: number;
  /** The secret, or the getters that are true on the error that the caller got. */
  result: string[] | "the secret";
}

async function create(faults: Fault[], maxRetries = 2): Promise<Outcome> {
  const emulator = await emulate();
  for (const fault of faults) emulator.fault(fault);
  const timing = faults[0]?.kind === "hang" ? timeLimitUntil(() => nextRequest(emulator)) : {};
  let looks = 0;
  const api = clientOf(emulator, { maxRetries, maxConcurrency: 1, ...timing });
  const look = async () => {
    looks++;
    return (await clientOf(emulator).listSecrets({ search: "A" }))[0];
  };
  const result = await api.createSecret("A", "v", look).then(
    (secret) => {
      expect(emulator.workspace().secrets()).toMatchObject([{ ...secret, value: "v" }]);
      return "the secret" as const;
    },
    async (error: unknown) => trueGetters(await failureOf(Promise.reject(error))),
  );
  const posts = emulator.requests.filter(({ operation }) => operation === "create").length;
  return { posts, looks, created: emulator.workspace().secrets().length, result };
}

const on = (fault: FaultKind, times = 1): Fault[] => [{ ...fault, on: "create", times }];
const after = { when: "after" } as const;

test.concurrent.each<[string, Record<string, Fault[]>, Outcome]>([
  [
    "that took effect is found by one search, after any failure",
    {
      reset: on({ kind: "reset", ...after }),
      timeout: on({ kind: "hang", ...after }),
      truncated: on({ kind: "truncated" }),
      HTML: on({ kind: "malformed" }),
      "408": on(status(408, after)),
      "500": on(status(500, after)),
      "501": on(status(501, after)),
      "502": on(status(502, after)),
      "503": on(status(503, after)),
      "504": on(status(504, after)),
    },
    { posts: 1, looks: 1, created: 1, result: "the secret" },
  ],
  [
    "that isn't found is searched for again, but not retried",
    {
      reset: on({ kind: "reset" }),
      timeout: on({ kind: "hang" }),
      "408": on(status(408)),
      "502": on(status(502)),
      "503": on(status(503)),
      "504": on(status(504)),
    },
    { posts: 1, looks: 4, created: 0, result: ["isTemporary", "outcomeUnknown"] },
  ],
  [
    "that fails with another server error is also searched for",
    { "500": on(status(500)), "501": on(status(501)) },
    { posts: 1, looks: 4, created: 0, result: ["outcomeUnknown"] },
  ],
  [
    "that got a rate limit is retried without a search",
    { "429": on(status(429)) },
    { posts: 2, looks: 0, created: 1, result: "the secret" },
  ],
  [
    "that the API refused is neither searched for nor retried",
    { "400": on(status(400)), "409": on(status(409)), "422": on(status(422)) },
    { posts: 1, looks: 0, created: 0, result: ["isRefusal"] },
  ],
  [
    "that was redirected is neither searched for nor retried",
    { redirect: on({ kind: "redirect", location: "/v1/convai/secrets" }) },
    { posts: 1, looks: 0, created: 0, result: ["isNotFromApi"] },
  ],
])("a POST %s", async (_, faults, outcome) => {
  const seen = await each(faults, (queue) => create(queue));
  expect(seen).toEqual(Object.fromEntries(Object.keys(faults).map((title) => [title, outcome])));
});

test.concurrent("a POST that takes effect late is found by a later search", async () => {
  const emulator = await emulate();
  emulator.fault({ ...status(504), on: "create" });
  const looks: (Secret | undefined)[] = [];
  const look = async () => {
    if (looks.length === 1) emulator.workspace().add("A", "v");
    looks.push((await clientOf(emulator).listSecrets())[0]);
    return looks.at(-1);
  };

  const made = await clientOf(emulator, { maxRetries: 4 }).createSecret("A", "v", look);

  expect(looks).toEqual([undefined, made]);
  expect(emulator.requests.map(({ operation }) => operation)).toEqual(["create", "list", "list"]);
});

test.concurrent("with maxRetries 0, a search still follows a POST of unknown outcome", async () => {
  expect(await create(on({ kind: "reset", ...after }), 0)).toMatchObject({ posts: 1, looks: 1, result: "the secret" });
  const lost = await create(on({ kind: "reset" }), 0);
  expect(lost).toMatchObject({ posts: 1, looks: 2, result: ["isTemporary", "outcomeUnknown"] });
});

test.concurrent("if the searches after a POST fail, the caller gets the POST's error", async () => {
  const emulator = await emulate();
  emulator.fault({ kind: "reset", on: "create", when: "after" });
  emulator.fault({ ...always(status(500)), on: "list" });
  let looks = 0;
  const look = async (): Promise<Secret | undefined> => {
    looks++;
    return (await clientOf(emulator).listSecrets())[0];
  };

  const error = await failureOf(clientOf(emulator, { maxRetries: 1 }).createSecret("A", "v", look));

  expect(error.failure).toMatchObject({ kind: "connection-lost", code: "ECONNRESET" });
  expect(error.outcomeUnknown).toBe(true);
  expect(emulator.requests.filter(({ operation }) => operation === "create")).toHaveLength(1);
  expect(looks).toBeGreaterThan(0);
});

test.concurrent("a failed search after a POST is retried, but the POST is not", async () => {
  const faults: Record<string, FaultKind> = { reset: { kind: "reset", ...after }, "500": status(500, after) };
  const seen = await each(faults, async (fault) => {
    const emulator = await emulate();
    emulator.fault({ ...fault, on: "create" });
    emulator.fault({ ...status(503), on: "list" });
    const look = async () => (await clientOf(emulator).listSecrets())[0];

    const made = await clientOf(emulator, { maxRetries: 2 }).createSecret("A", "v", look);

    expect(emulator.workspace().secrets()).toMatchObject([made]);
    return emulator.requests.map(({ operation }) => operation);
  });
  const looked = ["create", "list", "list"];
  expect(seen).toEqual({ reset: looked, "500": looked });
});

test.concurrent("an error that the search callback throws reaches the caller", async () => {
  const emulator = await emulate();
  emulator.fault({ kind: "reset", on: "create" });
  const several = new Error("several with that name");

  const call = clientOf(emulator, { maxRetries: 2 }).createSecret("A", "v", () => Promise.reject(several));

  await expect(call).rejects.toBe(several);
  expect(emulator.requests).toHaveLength(1);
});

test.concurrent("Retry-After pauses all calls, and the retry goes first afterwards", async () => {
  const rows = {
    "429 in seconds": () => status(429, { retryAfter: 2 }),
    "503 in seconds": () => status(503, { retryAfter: 2 }),
  };
  const order = await each(rows, async (fault) => {
    const emulator = await emulate();
    const [a, b] = ["A", "B"].map((name) => emulator.workspace().add(name).id) as [string, string];
    const api = clientOf(emulator, { maxRetries: 1, maxConcurrency: 1 });
    emulator.fault(fault());

    // Without the pause of all calls, the second call would be sent before the retry of the first call.
    await Promise.all([api.getSecret(a), api.getSecret(b)]);

    return emulator.requests.map(({ path, status }) => [path.endsWith(a) ? "first" : "second", status]);
  });
  expect(order).toEqual({
    "429 in seconds": [
      ["first", 429],
      ["first", 200],
      ["second", 200],
    ],
    "503 in seconds": [
      ["first", 503],
      ["first", 200],
      ["second", 200],
    ],
  });
});

test.concurrent("Retry-After of more than a minute fails at once, and pauses nothing", async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
  // A test that waited for one of these would fail, because none may run for so long.
  const waits = { seconds: 3_600, "many seconds": 1e9, date: inAnHour };
  const seen = await each(waits, async (retryAfter) => {
    const emulator = await emulate();
    emulator.fault(status(429, { retryAfter }));
    const api = clientOf(emulator, { maxRetries: 4 });
    const error = await failureOf(api.listSecrets());
    expect(await api.listSecrets()).toEqual([]);
    return [trueGetters(error), emulator.requests.length];
  });
  const atOnce = [["isRateLimit", "isTemporary"], 2];
  expect(seen).toEqual({ seconds: atOnce, "many seconds": atOnce, date: atOnce });
});

test.concurrent("Retry-After of 61 seconds is more than a minute", async () => {
  const emulator = await emulate();
  emulator.fault(status(429, { retryAfter: 61 }));
  await failureOf(clientOf(emulator, { maxRetries: 4 }).listSecrets());
  expect(emulator.requests).toHaveLength(1);
});

test.concurrent("60 creates succeed in a workspace that allows two concurrent calls", async () => {
  const emulator = await emulate({ maxConcurrent: 2, latencyMs: 3, uniqueNames: false });
  const api = clientOf(emulator, { maxRetries: 4, maxConcurrency: 16 });
  const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
  let looks = 0;
  const look = async () => {
    looks++;
    return undefined;
  };

  const made = await Promise.all(names.map((name) => api.createSecret(name, `value of ${name}`, look)));

  const stored = emulator.workspace().secrets();
  expect(stored.map(({ name }) => name).sort()).toEqual([...names].sort());
  expect(stored.every(({ name, value }) => value === `value of ${name}`)).toBe(true);
  expect(new Set(made.map(({ id }) => id))).toEqual(new Set(stored.map(({ id }) => id)));
  expect(looks).toBe(0);
});

test.concurrent("a 429 that concurrency may have caused uses up no retry", async () => {
  const emulator = await emulate();
  emulator.fault(always(status(429)));

  await failureOf(clientOf(emulator, { maxRetries: 1, maxConcurrency: 8 }).listSecrets());

  // Three requests use up no retry (with 8, 4 and 2 concurrent calls allowed), then one request alone has its one
  // retry.
  expect(emulator.requests).toHaveLength(5);
});

test.concurrent("a PATCH of unknown outcome stays unknown after a later failure", async () => {
  const emulator = await emulate();
  const { id } = emulator.workspace().add("A");
  const api = clientOf(emulator, { maxRetries: 1 });
  for (const next of [status(401), status(429, { retryAfter: 3_600 }), status(422)]) {
    emulator.clearFaults();
    emulator.fault({ kind: "status", status: 503, when: "after" });
    emulator.fault(next);

    const error = await failureOf(api.updateSecret(id, "A", "v"));

    expect(trueGetters(error)).toContain("outcomeUnknown");
    expect(error.failure).toMatchObject({ kind: "status", status: 503 });
  }
});
