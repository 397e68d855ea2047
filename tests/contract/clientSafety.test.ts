import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import type { FaultKind } from "../../emulator/index";
import { everythingOf } from "../support/reachable";
import {
  clientOf,
  closedOrigin,
  emulate,
  failureOf,
  json,
  nextRequest,
  serve,
  timeLimitUntil,
  trueGetters,
} from "../support/servers";

const KEY = "sk_canary-key";
const VALUE = 'canary "value"\n\\ ünï/🔑';
// If only the key were removed from an error, the rest of this value would remain.
const VALUE_WITH_KEY = `${KEY}-and-canary-rest`;

const findsNothing = () => Promise.resolve(undefined);

/** Lists the encodings in which a response could echo a string. */
function formsOf(text: string): string[] {
  return [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), Buffer.from(text).toString("base64")];
}

describe("an error never contains API key, value, headers or body", () => {
  const html = `<html>${VALUE} ${KEY}</html>`;

  test.each<[string, FaultKind]>([
    ["HTML", { kind: "status", status: 400, body: html, contentType: "text/html" }],
    ["HTML with 200", { kind: "malformed" }],
    ["JSON of another format", { kind: "status", status: 400, body: { error: html } }],
    ["JSON of another format with 200", { kind: "malformed", body: JSON.stringify({ secret_id: { [VALUE]: KEY } }) }],
    ["a redirect", { kind: "redirect", location: `/${encodeURIComponent(VALUE)}` }],
    ["a reset", { kind: "reset" }],
    ["a truncated response", { kind: "truncated" }],
    ["a timeout", { kind: "hang" }],
    ["a rate limit", { kind: "status", status: 429, retryAfter: VALUE.replace(/\P{ASCII}|\n/gu, "") }],
  ])("an error after %s contains no key, value, header or body", async (_, fault) => {
    const emulator = await emulate({ keys: { [KEY]: {} } });
    const api = clientOf(emulator, fault.kind === "hang" ? timeLimitUntil(() => nextRequest(emulator)) : {});
    for (const call of [() => api.createSecret("A", VALUE, findsNothing), () => api.updateSecret("1", "A", VALUE)]) {
      emulator.fault(fault);
      const shown = everythingOf(await failureOf(call()));
      expect(shown).not.toMatch(/canary|xi-api-key|<html>/);
    }
  });

  test.each([
    ["a refused connection", closedOrigin],
    ["a server without TLS", async () => (await serve(json({}))).url.replace("http:", "https:")],
  ])("an error after %s contains neither key nor value", async (_, origin) => {
    const api = clientOf({ url: await origin(), apiKey: KEY });
    const shown = everythingOf(await failureOf(api.createSecret("A", VALUE, findsNothing)));
    expect(shown).not.toMatch(/canary|xi-api-key/);
  });

  test.each(
    [VALUE, VALUE_WITH_KEY, KEY].flatMap((secret) =>
      [...new Set(formsOf(secret))].map((form) => [form, secret] as const),
    ),
  )("a message of the API that echoes a secret as %j is redacted", async (form, secret) => {
    const emulator = await emulate({ keys: { [KEY]: {} } });
    const value = secret === KEY ? "other" : secret;
    const bodies = [
      { detail: { message: `bad: ${form}.`, code: `c_${form}`, status: form, request_id: form } },
      { detail: { status: `s_${form}` } },
      { detail: [{ loc: ["body", form], msg: `"${form}" is bad` }] },
      { detail: `bad: ${form}` },
    ];
    for (const body of bodies) {
      emulator.fault({ kind: "status", status: 422, body });
      const error = await failureOf(clientOf(emulator).updateSecret("1", "A", value));
      expect(error.failure).toMatchObject({ message: "[not shown: it contains a secret]" });
      const shown = everythingOf(error);
      for (const each of formsOf(secret)) expect(shown).not.toContain(each);
      expect(shown).not.toContain("canary");
    }
  });
});

describe("a malformed or missing API key", () => {
  test.each([
    ["a line break", "sk_canary\r\nx-injected: 1"],
    ["a space", "sk canary"],
    ["a letter outside ASCII", "sk_cänary"],
    ["a NUL", "sk_canary\u0000"],
  ])("an API key with %s is refused before sending, and is not shown", async (_, apiKey) => {
    const server = await serve(json({ secrets: [] }));

    const error = await failureOf(clientOf(server, { apiKey, maxRetries: 2 }).createSecret("A", "v", findsNothing));

    expect(error.failure).toEqual({ kind: "malformed-api-key" });
    expect(error.isApiKeyProblem).toBe(true);
    expect(everythingOf(error)).not.toMatch(/c[aä]nary|injected/);
    expect(trueGetters(error)).toEqual([]);
    expect(server.connections).toBe(0);
  });

  test.each([undefined, ""])("an API key that is %p is refused before anything is sent", async (apiKey) => {
    const server = await serve(json({ secrets: [] }));

    const error = await failureOf(clientOf({ url: server.url }, { apiKey }).listSecrets());

    expect(error.failure).toEqual({ kind: "no-api-key" });
    expect(error.isApiKeyProblem).toBe(true);
    expect(server.connections).toBe(0);
  });
});

describe("hostile responses", () => {
  test("characters that could disturb a terminal are escaped", async () => {
    const emulator = await emulate();
    const evil = "a\u001b[2Jb\u0007c\nd\re\u0000f\u009bg\u202eh\u2066i\u2028j\u200fk\u061cl\u007f";
    for (const body of [{ detail: evil }, { detail: { message: evil, code: evil, request_id: evil } }]) {
      emulator.fault({ kind: "status", status: 400, body });
      const error = await failureOf(clientOf(emulator).getSecret("1"));
      const shown = expect.stringContaining("a\\u001b[2Jb\\u0007c\\u000ad\\u000de\\u0000f\\u009bg\\u202eh");
      expect(error.failure).toMatchObject({ message: shown });
      expect(Object.values(error.failure).join() + error.message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    }
  });

  test("long messages are cut", async () => {
    const emulator = await emulate();
    emulator.fault({ kind: "status", status: 400, body: { detail: "x".repeat(1_000_000) } });
    const { failure } = await failureOf(clientOf(emulator).getSecret("1"));
    expect(failure).toMatchObject({ status: 400, message: `${"x".repeat(300)}…` });
  });

  test("__proto__ in a body has no effect", async () => {
    const polluting = '"__proto__":{"polluted":true,"isNotFound":true},"constructor":{"prototype":{"polluted":true}}';
    const emulator = await emulate();
    emulator.fault({ kind: "malformed", body: `{"secrets":[{"secret_id":"1","name":"A",${polluting}}],${polluting}}` });
    emulator.fault({ kind: "status", status: 400, body: `{"detail":{"message":"no",${polluting}},${polluting}}` });

    expect(await clientOf(emulator).listSecrets()).toEqual([{ id: "1", name: "A" }]);
    const error = await failureOf(clientOf(emulator).listSecrets());

    expect(trueGetters(error)).toEqual(["isRefusal"]);
    expect({}).not.toHaveProperty("polluted");
  });

  test.each([
    "a/b",
    "../agents",
    "..\\agents",
    "%2e%2e",
    "%2F",
    "a?b=c",
    "a#b",
    "a b\n",
    "ünï🔑",
    "//evil.example",
    "https://evil.example/",
    "...",
  ])("the id %j is a single segment of the path", async (id) => {
    const emulator = await emulate();
    emulator.workspace().add("A", "v", { id });
    const api = clientOf(emulator);

    expect(await api.getSecret(id)).toMatchObject({ id });
    await api.updateSecret(id, "B", "w");
    await api.listDependents(id, "tools");
    await api.deleteSecret(id);

    expect(emulator.requests.map(({ operation }) => operation)).toEqual(["get", "update", "dependencies", "delete"]);
    expect(emulator.workspace().secrets()).toEqual([]);
  });

  test.each(["", ".", ".."])("the id %j, which would change the path, is refused before sending", async (id) => {
    const emulator = await emulate();
    const api = clientOf(emulator);
    const calls = [
      () => api.getSecret(id),
      () => api.updateSecret(id, "A", "v"),
      () => api.deleteSecret(id),
      () => api.listDependents(id, "tools"),
    ];
    for (const call of calls) {
      const error = await failureOf(call());
      expect(error.failure).toEqual({ kind: "invalid-id", id });
      // If this were true, the provider would treat the secret as deleted.
      expect(error.isNotFound).toBe(false);
    }
    expect(emulator.requests).toEqual([]);
  });

  test("an id that is not a well-formed string is not found", async () => {
    const emulator = await emulate();
    expect(trueGetters(await failureOf(clientOf(emulator).getSecret("\ud800")))).toEqual(["isNotFound"]);
  });

  test("a repeated cursor ends the list at once, with an error", async () => {
    const server = await serve(json({ secrets: [{ secret_id: "1", name: "A" }], next_cursor: "again" }));
    const error = await failureOf(clientOf(server).listSecrets());
    expect(error.failure).toEqual({ kind: "endless-pages" });
    expect(server.requests).toHaveLength(2);
  });

  test("a list with endless pages ends with an error", async () => {
    const server = await serve((request, response) =>
      json({ dependencies: [], next_cursor: `c${server.requests.length}` })(request, response),
    );
    const error = await failureOf(clientOf(server).listDependents("1", "tools"));
    expect(error.failure).toEqual({ kind: "endless-pages" });
  });

  test.each([200, 500])("an endless body of status %d is not read to the end", async (status) => {
    const chunk = Buffer.alloc(1 << 20, " ");
    let sent = 0;
    const endless = () =>
      Readable.from(
        (function* () {
          for (;;) {
            sent++;
            yield chunk;
          }
        })(),
      );
    const server = await serve((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      endless().pipe(response);
    });

    const error = await failureOf(clientOf(server).listSecrets());

    expect(trueGetters(error)).toEqual(status === 200 ? ["isNotFromApi", "outcomeUnknown"] : ["outcomeUnknown"]);
    expect(sent).toBeLessThan(200);
  });
});
