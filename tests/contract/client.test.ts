import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { describe, expect, test } from "@jest/globals";
import type { DependentSeeds, Emulator, Fault } from "../../emulator/index";
import { version } from "../../package.json";
import { PAGED_KINDS } from "../../provider/api/client";
import { gatewayTo } from "../support/gateway";
import { clientOf, emulate, failureOf, json, serve, serveTls, timeLimitUntil, trueGetters } from "../support/servers";

const PREFIX = "/v1/convai/secrets";
const VALUE = 'ünïcode 🔑 "quotes" \\ and\nlines\u0000';

const noLook = () => Promise.reject(new Error("Nothing may be looked up here"));
const sent = ({ requests }: Emulator) => requests.map(({ method, path, query }) => ({ method, path, query }));
/** The host of a server in these tests. */
const LOOPBACK = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe("the six calls", () => {
  test("a create sends name and value once, unchanged, and returns the id", async () => {
    const emulator = await emulate();

    const made = await clientOf(emulator).createSecret("crm/ü token", VALUE, noLook);

    expect(emulator.workspace().secrets()).toMatchObject([{ id: made.id, name: "crm/ü token", value: VALUE }]);
    expect(made.name).toBe("crm/ü token");
    expect(sent(emulator)).toEqual([{ method: "POST", path: PREFIX, query: {} }]);
  });

  test("a GET returns dependents of every kind, and which kinds have more", async () => {
    const emulator = await emulate();
    const phone = { phone_number_id: "p1", phone_number: "+1555", label: "", provider: "twilio" } as const;
    const { id } = emulator.workspace().add("A", "v", {
      dependents: {
        agents: many(11),
        tools: [{ type: "unknown", id: "t1" }],
        phone_numbers: [phone, { ...phone, phone_number_id: "p2", label: "Desk" }],
        mcp_servers: ["Files"],
        others: ["conversation_initiation_webhook"],
      },
    });

    const { dependents, ...secret } = await clientOf(emulator).getSecret(id);

    expect(secret).toEqual({ id, name: "A", kindsWithMore: ["agents"] });
    expect(dependents).toEqual([
      ...many(10).map((name) => ({ kind: "agents", id: expect.any(String), name })),
      { kind: "tools", id: "t1" },
      { kind: "phone_numbers", id: "p1", name: "+1555" },
      { kind: "phone_numbers", id: "p2", name: "Desk" },
      { kind: "mcp_servers", id: expect.any(String), name: "Files" },
      { kind: "others", name: "conversation_initiation_webhook" },
    ]);
    expect(sent(emulator)).toEqual([{ method: "GET", path: `${PREFIX}/${id}`, query: {} }]);
  });

  test("an update sets name and value with one PATCH", async () => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("A", "old");

    expect(await clientOf(emulator).updateSecret(id, "B", VALUE)).toEqual({ id, name: "B" });

    expect(emulator.workspace().secrets()).toMatchObject([{ id, name: "B", value: VALUE }]);
    expect(sent(emulator)).toEqual([{ method: "PATCH", path: `${PREFIX}/${id}`, query: {} }]);
  });

  test("a delete removes only its secret, with one DELETE", async () => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("A");
    const other = emulator.workspace().add("B");

    expect(await clientOf(emulator).deleteSecret(id)).toBeUndefined();

    expect(emulator.workspace().secrets()).toEqual([other]);
    expect(sent(emulator)).toEqual([{ method: "DELETE", path: `${PREFIX}/${id}`, query: {} }]);
  });

  test("a list sends no page_size, so that 150 secrets are one request", async () => {
    const emulator = await emulate();
    const added = many(150).map((name) => emulator.workspace().add(name));

    expect(await clientOf(emulator).listSecrets()).toEqual(added.map(({ id, name }) => ({ id, name })));

    expect(sent(emulator)).toEqual([{ method: "GET", path: PREFIX, query: { dependency_limit: "1" } }]);
  });

  test("a list follows every cursor, and keeps its search", async () => {
    const emulator = await emulate({ forcePageSize: 3 });
    for (const name of ["other", ...many(8)]) emulator.workspace().add(name);

    const listed = await clientOf(emulator).listSecrets({ search: "n" });

    expect(listed.map(({ name }) => name)).toEqual(many(8));
    const query = { dependency_limit: "1", search: "n" };
    const next = { ...query, cursor: expect.any(String) };
    expect(emulator.requests.map((request) => request.query)).toEqual([query, next, next]);
  });

  test("a search reaches the API unchanged", async () => {
    const emulator = await emulate();
    const search = "a&b=c?d#e%20+f/ü";
    const { id, name } = emulator.workspace().add(`${search}1`);

    expect(await clientOf(emulator).listSecrets({ search })).toEqual([{ id, name }]);

    expect(emulator.requests[0]?.query.search).toBe(search);
  });

  test.each(PAGED_KINDS)("dependents of kind %s are read from all pages", async (kind) => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("A", "v", { dependents: { [kind]: many(250) } });

    const dependents = await clientOf(emulator).listDependents(id, kind);

    expect(dependents).toEqual(many(250).map((name) => ({ kind, id: expect.any(String), name })));
    const query = { page_size: "100" };
    const next = { ...query, cursor: expect.any(String) };
    expect(sent(emulator)).toEqual(
      [query, next, next].map((one) => ({ method: "GET", path: `${PREFIX}/${id}/dependencies/${kind}`, query: one })),
    );
  });

  test("one list request counts the dependents, if the API returns them", async () => {
    const emulator = await emulate();
    const add = (name: string, dependents: DependentSeeds) => emulator.workspace().add(name, "v", { dependents }).id;
    const few = add("few", { agents: many(20), tools: ["t"], phone_numbers: ["p"], mcp_servers: ["m"], others: ["o"] });
    const none = add("none", {});
    const over100 = add("over 100", { tools: many(101) });

    expect(await clientOf(emulator).countDependents()).toEqual([
      { id: few, name: "few", dependentCount: 24, hasMore: false },
      { id: none, name: "none", dependentCount: 0, hasMore: false },
      { id: over100, name: "over 100", dependentCount: 100, hasMore: true },
    ]);
    expect(sent(emulator)).toEqual([{ method: "GET", path: PREFIX, query: { dependency_limit: "100" } }]);

    const malformed = await serve(
      json({ secrets: [{ secret_id: "1", name: "A", used_by: { tools: "odd" } }], next_cursor: null }),
    );
    expect(await clientOf(malformed).countDependents()).toEqual([
      { id: "1", name: "A", dependentCount: undefined, hasMore: false },
    ]);
  });

  test("all calls keep the path of the base URL", async () => {
    const emulator = await emulate();
    const gateway = await serve(gatewayTo(emulator, "/team/elevenlabs"));
    const api = clientOf({ ...emulator, url: `${gateway.url}/team/elevenlabs` });

    const { id } = await api.createSecret("A", "v", noLook);
    await api.updateSecret(id, "B", "v");
    expect(await api.getSecret(id)).toMatchObject({ id, name: "B" });
    expect(await api.listSecrets({ search: "B" })).toEqual([{ id, name: "B" }]);
    await api.listDependents(id, "tools");
    await api.deleteSecret(id);

    const calls = ["create", "update", "get", "list", "dependencies", "delete"];
    expect(emulator.requests.map(({ operation }) => operation)).toEqual(calls);
    expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("properties that the API may add later are ignored", async () => {
    const later = { added_later: { deep: [1] } };
    const server = await serve(json({ type: "stored", secret_id: "1", name: "A", ...later }));

    expect(await clientOf(server).updateSecret("1", "A", "v")).toEqual({ id: "1", name: "A" });
  });
});

describe("the connection", () => {
  test("calls share one TCP connection, even after failures", async () => {
    const answers = [json({ detail: "Not Found" }, 404), json({ detail: "Down" }, 500), json({ secrets: [] })];
    const server = await serve((request, response) => answers[server.requests.length % 3]?.(request, response));
    const api = clientOf(server);

    for (let call = 0; call < 9; call++) await api.listSecrets().catch(() => undefined);

    expect(server.requests).toHaveLength(9);
    expect(server.connections).toBe(1);
  });

  test("no more than maxConcurrency calls run at the same time", async () => {
    const waiting: (() => void)[] = [];
    const seen: number[] = [];
    const server = await serve((request, response) => {
      waiting.push(() => json({ secrets: [] })(request, response));
      if (waiting.length < 3) return;
      // When a later connection has arrived, all requests that were sent at the same time have arrived.
      void other.listSecrets({ search: "later" });
    });
    const other = clientOf(
      await serve((request, response) => {
        seen.push(waiting.length);
        for (const answer of waiting.splice(0)) answer();
        json({ secrets: [] })(request, response);
      }),
    );
    const api = clientOf(server, { maxConcurrency: 3 });

    await Promise.all(many(12).map((search) => api.listSecrets({ search })));

    expect(seen).toEqual([3, 3, 3, 3]);
  });

  test("the API key is sent only in its header", async () => {
    const server = await serve(json({ secret_id: "1", name: "A" }));

    await clientOf(server, { apiKey: "sk_canary" }).updateSecret("1", "A", "v");

    const [request] = server.requests;
    const { "xi-api-key": key, ...others } = request?.headers ?? {};
    expect(key).toBe("sk_canary");
    expect(others["content-type"]).toBe("application/json");
    expect(JSON.stringify([request?.url, others])).not.toContain("canary");
  });

  test("each call sends the version of the package and of Node.js", async () => {
    const server = await serve(json({ secret_id: "1", name: "A", secrets: [], dependencies: [] }));
    const api = clientOf(server);

    await api.listSecrets();
    await api.countDependents();
    await api.getSecret("1");
    await api.createSecret("A", "v", noLook);
    await api.updateSecret("1", "A", "v");
    await api.listDependents("1", "tools");
    await api.deleteSecret("1");

    const agents = server.requests.map(({ headers }) => headers["user-agent"]);
    expect(agents).toEqual(Array(7).fill(`pulumi-elevenlabs/${version} (node ${process.version})`));
  });

  test("a call without a response fails after the timeout", async () => {
    const emulator = await emulate();
    emulator.fault({ kind: "hang" });

    const error = await failureOf(clientOf(emulator, { timeoutMs: 50 }).getSecret("1"));

    expect(error.failure).toEqual({ kind: "timeout", host: new URL(emulator.url).host, seconds: 0.05 });
    expect(trueGetters(error)).toEqual(["isTemporary", "outcomeUnknown"]);
  });

  test.each([200, 500])("the timeout also covers the body of a %d", async (status) => {
    const server = await serve((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.write('{"secrets":');
    });

    const begun = new Promise<void>((resolve) => {
      const note = (message: unknown) => {
        if ((message as { request: ClientRequest }).request.getHeader("host") !== new URL(server.url).host) return;
        unsubscribe("http.client.response.finish", note);
        setImmediate(resolve);
      };
      subscribe("http.client.response.finish", note);
    });

    const error = await failureOf(
      clientOf(
        server,
        timeLimitUntil(() => begun),
      ).listSecrets(),
    );

    expect(trueGetters(error)).toContain("outcomeUnknown");
  });

  describe("a body that is larger than any response of the API", () => {
    const tooLarge = 64 * 1024 * 1024 + 1;
    const failure = { kind: "too-large", host: LOOPBACK };

    test("a large body is refused by its declared length, before it arrives", async () => {
      const server = await serve((_request, response) => {
        response.writeHead(200, { "content-length": tooLarge });
        response.flushHeaders();
      });

      const error = await failureOf(clientOf(server).listSecrets());

      expect(error.failure).toEqual(failure);
      expect(trueGetters(error)).toEqual(["isNotFromApi", "outcomeUnknown"]);
    });

    test("a large body is refused while it arrives, if no length is declared", async () => {
      const server = await serve((_request, response) => {
        response.write(Buffer.alloc(tooLarge, " "));
      });

      const error = await failureOf(clientOf(server, { timeoutMs: 60_000 }).listSecrets());

      expect(error.failure).toEqual(failure);
      expect(trueGetters(error)).toEqual(["isNotFromApi", "outcomeUnknown"]);
    });

    test("a large body is not read if the status is an error", async () => {
      const server = await serve((_request, response) => {
        response.writeHead(503, { "content-length": tooLarge });
        response.flushHeaders();
      });

      const error = await failureOf(clientOf(server).listSecrets());

      expect(error.failure).toMatchObject({ kind: "status", status: 503 });
    });

    test("a large body leaves no connection open", async () => {
      const closed = Promise.withResolvers<void>();
      const server = await serve((request, response) => {
        request.socket.once("close", () => closed.resolve());
        response.writeHead(200, { "content-length": tooLarge });
        response.flushHeaders();
      });

      await failureOf(clientOf(server, { timeoutMs: 600_000 }).listSecrets());

      await expect(closed.promise).resolves.toBeUndefined();
    });
  });

  test("a response that ends too early is a temporary failure", async () => {
    const emulator = await emulate();
    emulator.fault({ kind: "truncated" });

    const error = await failureOf(clientOf(emulator).listSecrets());

    expect(error.failure).toMatchObject({ kind: "connection-lost", host: LOOPBACK });
    expect(trueGetters(error)).toEqual(["isTemporary", "outcomeUnknown"]);
  });

  test.each([301, 302, 303, 307, 308])(
    "a redirect (%d) is not followed, so that nobody else gets the key",
    async (status) => {
      const elsewhere = await serve(json({ secrets: [] }));
      const server = await serve((_request, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/v1/convai/secrets` });
        response.end();
      });
      const api = clientOf(server, { maxRetries: 2 });

      const errors = [
        await failureOf(api.listSecrets()),
        await failureOf(api.createSecret("A", "v", noLook)),
        await failureOf(api.deleteSecret("1")),
      ];

      expect(errors.map(trueGetters)).toEqual([["isNotFromApi"], ["isNotFromApi"], ["isNotFromApi"]]);
      expect(server.requests).toHaveLength(3);
      expect(elsewhere.connections).toBe(0);
    },
  );
});

describe("the getters of an error that are true", () => {
  const structured = (code: string, message: string) => ({
    detail: { type: "t", code, status: code, message, request_id: "r1", param: null },
  });
  const short = (status: string, message: string) => ({ detail: { status, message } });
  const html = "<html><body>404 Not Found</body></html>";
  const fault = (status: number, body: string | object): Fault => ({ kind: "status", status, body });

  test.each<[string, Fault, string[]]>([
    ["a structured 404", fault(404, structured("secret_not_found", "No such secret")), ["isNotFound"]],
    ["a short 404", fault(404, short("not_found", "No such secret")), ["isNotFound"]],
    ["a plain 404", fault(404, { detail: "Not Found" }), ["mayBeNotFound", "isNotFromApi"]],
    ["a 404 in HTML", fault(404, html), ["isNotFromApi"]],
    ["a 404 with JSON of another format", fault(404, { error: "Not Found" }), ["isNotFromApi"]],
    ["a 404 without a body", fault(404, ""), ["isNotFromApi"]],
    ["a short 401", fault(401, short("invalid_api_key", "Invalid API key")), ["isUnauthorized"]],
    ["a structured 401", fault(401, structured("invalid_api_key", "Invalid API key")), ["isUnauthorized"]],
    ["a 401 for a missing permission", fault(401, short("missing_permissions", "Not yours")), ["lacksPermission"]],
    [
      "a structured 401 for a missing permission",
      fault(401, structured("missing_permissions", "Not yours")),
      ["lacksPermission"],
    ],
    ["a 403", fault(403, structured("forbidden", "Not yours")), ["lacksPermission", "isRefusal"]],
    ["a 403 in HTML", fault(403, html), ["isNotFromApi"]],
    ["a 400", fault(400, structured("bad_request", "No")), ["isRefusal"]],
    ["a 405 of the API", fault(405, { detail: "Method Not Allowed" }), ["isRefusal"]],
    ["a 409", fault(409, structured("conflict", "Taken")), ["isRefusal"]],
    ["a 422 list", fault(422, { detail: [{ loc: ["body", "name"], msg: "No", type: "t" }] }), ["isRefusal"]],
    ["a 400 in HTML", fault(400, html), ["isNotFromApi"]],
    ["a 408", fault(408, short("timeout", "Late")), ["isTemporary", "outcomeUnknown"]],
    ["rate_limit_exceeded", fault(429, structured("rate_limit_exceeded", "Slow")), ["isRateLimit", "isTemporary"]],
    ["system_busy", fault(429, short("system_busy", "Busy")), ["isRateLimit", "isTemporary"]],
    ["a 429 in HTML", fault(429, html), ["isRateLimit", "isTemporary"]],
    ["a 500", fault(500, structured("internal", "Oops")), ["outcomeUnknown"]],
    ["a 500 in HTML", fault(500, html), ["outcomeUnknown"]],
    ["a 502 in HTML", fault(502, html), ["isTemporary", "outcomeUnknown"]],
    ["a 503", fault(503, short("unavailable", "Later")), ["isTemporary", "outcomeUnknown"]],
    ["a 504", fault(504, html), ["isTemporary", "outcomeUnknown"]],
    ["a 200 in HTML", { kind: "malformed" }, ["isNotFromApi", "outcomeUnknown"]],
    ["a 200 with half of a JSON", { kind: "malformed", body: '{"secret_id":' }, ["isNotFromApi", "outcomeUnknown"]],
    ["a 200 without an id", { kind: "malformed", body: '{"name":"A"}' }, ["isNotFromApi", "outcomeUnknown"]],
    [
      "a 200 with an empty id",
      { kind: "malformed", body: '{"secret_id":"","name":"A"}' },
      ["isNotFromApi", "outcomeUnknown"],
    ],
  ])("%s makes the expected getters true", async (_, met, yes) => {
    const emulator = await emulate();
    emulator.fault(met);

    const error = await failureOf(clientOf(emulator).updateSecret("1", "A", "v"));

    expect(trueGetters(error)).toEqual(yes);
    // A second request would get a 404, because the emulator has no secret 1.
    expect(emulator.requests.map((request) => request.fault)).toEqual([met.kind]);
  });

  test.each<[string, object | string, object]>([
    [
      "structured",
      structured("conflict", "The name is taken"),
      { message: "The name is taken", code: "conflict", requestId: "r1" },
    ],
    ["short", short("conflict", "The name is taken"), { message: "The name is taken", code: "conflict" }],
    ["without a message", { detail: { code: "conflict" } }, { message: "conflict", code: "conflict" }],
    [
      "a list",
      { detail: [{ loc: ["body", 0, "name"], msg: "Too long" }, { msg: "And odd" }] },
      { message: "body.0.name: Too long; And odd" },
    ],
    ["plain", { detail: "Conflict" }, { message: "Conflict" }],
    ["not of the API", html, {}],
  ])("the error has the status, the request id and the API's message: %s", async (_, body, facts) => {
    const emulator = await emulate();
    emulator.fault(fault(409, body));

    const { failure } = await failureOf(clientOf(emulator).getSecret("1"));

    expect(failure).toEqual({ kind: "status", status: 409, ...facts });
  });

  test("a proxy's page with status 200 does not confirm a DELETE", async () => {
    const emulator = await emulate();
    const { id } = emulator.workspace().add("A");
    emulator.fault({ kind: "malformed" });

    expect(trueGetters(await failureOf(clientOf(emulator).deleteSecret(id)))).toEqual([
      "isNotFromApi",
      "outcomeUnknown",
    ]);
  });

  test("a server without TLS is not a temporary failure, and gets no request", async () => {
    const server = await serve(json({}));
    const api = clientOf({ url: server.url.replace("http:", "https:") }, { maxRetries: 2 });

    const error = await failureOf(api.createSecret("A", "v", noLook));

    expect(error.failure).toEqual({ kind: "untrusted-tls", host: LOOPBACK, code: expect.stringMatching(/./) });
    expect(trueGetters(error)).toEqual([]);
    expect(server.connections).toBe(1);
  });

  test("if TLS breaks after the request was sent, the outcome is unknown", async () => {
    const server = await serveTls((request) => {
      request.resume().on("end", () => (request.socket as TLSSocket & { _parent: Socket })._parent.write("no TLS"));
    });
    let looks = 0;

    const error = await failureOf(
      clientOf(server).createSecret("A", "v", async () => {
        looks++;
        return undefined;
      }),
    );

    expect(error.failure).toEqual({ kind: "connection-lost", host: LOOPBACK, code: expect.stringMatching(/./) });
    expect(trueGetters(error)).toEqual(["isTemporary", "outcomeUnknown"]);
    expect({ looks, posts: server.requests.length }).toEqual({ looks: 2, posts: 1 });
  });
});
