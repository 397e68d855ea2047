import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { FaultKind } from "../../emulator/index";
import { getSecretDependents, getWorkspaceSecret, listWorkspaceSecrets } from "../../sdk/nodejs/index";
import { canary } from "../support/canary";
import { kindIn } from "../support/problems";
import { everythingOf } from "../support/reachable";
import { closedOrigin, emulate, json, serve } from "../support/servers";

const key = canary('sk_"/%+');
const body = canary('"<html>');

const FUNCTIONS: [string, () => Promise<unknown>][] = [
  ["getWorkspaceSecret by name", () => getWorkspaceSecret({ name: "A" })],
  ["getWorkspaceSecret by id", () => getWorkspaceSecret({ secretId: "1" })],
  ["listWorkspaceSecrets", () => listWorkspaceSecrets()],
  ["getSecretDependents", () => getSecretDependents({ secretId: "1" })],
];

const environment = { ...process.env };
beforeAll(() => {
  pulumi.runtime.setConfig("elevenlabs:maxRetries", "0");
  pulumi.runtime.setConfig("elevenlabs:timeoutSeconds", "0.3");
});
afterAll(() => {
  process.env = environment;
});

/** Calls a function with this origin, and returns the error that a program would catch. */
async function caught(call: () => Promise<unknown>, origin: string, apiKey = key.text): Promise<unknown> {
  Object.assign(process.env, { ELEVENLABS_BASE_URL: origin, ELEVENLABS_API_KEY: apiKey });
  return await call().then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Fails unless the error is readable, and contains no part of the request or the response. */
function expectSafe(error: unknown): void {
  expect(error).toBeInstanceOf(pulumi.RunError);
  expect(String(error)).toMatch(/could not (look up|list)/);
  const shown = everythingOf(error);
  expect([...key.foundIn(shown), ...body.foundIn(shown)]).toEqual([]);
  expect(shown).not.toMatch(/xi-api-key|content-type|keep-alive|<html>|FetchError|ValiError|ClientRequest|Socket/i);
}

describe.each(FUNCTIONS)("errors of %s contain no API key, header or body", (_, call) => {
  const words = `${body.text} ${key.text}`;
  test.each<[string, FaultKind]>([
    ["HTML", { kind: "status", status: 400, body: words, contentType: "text/html" }],
    ["JSON of another format", { kind: "status", status: 500, body: { error: words } }],
    [
      "JSON of another format with 200",
      { kind: "malformed", body: JSON.stringify({ secrets: { [body.text]: key.text } }) },
    ],
    ["200 without JSON", { kind: "malformed", body: words }],
    ["the API's message, with the key", { kind: "status", status: 401, body: { detail: `bad key ${key.text}` } }],
    ["a redirect", { kind: "redirect", location: `/${encodeURIComponent(words)}` }],
    ["a rate limit", { kind: "status", status: 429, retryAfter: key.text }],
    ["a reset", { kind: "reset" }],
    ["a truncated response", { kind: "truncated" }],
    ["a timeout", { kind: "hang" }],
  ])("an error after %s contains no API key, header or body", async (_, fault) => {
    const emulator = await emulate({ keys: { [key.text]: {} } });
    emulator.workspace().add("A", "v", { id: "1" });
    emulator.fault({ ...fault, times: Number.POSITIVE_INFINITY });
    expectSafe(await caught(call, emulator.url));
  });

  test("an error without a server, or without TLS, contains no API key", async () => {
    expectSafe(await caught(call, await closedOrigin()));
    expectSafe(await caught(call, (await serve(json({}))).url.replace("http:", "https:")));
  });

  test("an error about a malformed API key doesn't contain the key", async () => {
    expectSafe(await caught(call, (await serve(json({}))).url, `${key.text}\r\nx-injected: 1`));
  });
});

test("the tests find a secret in every part of an error", () => {
  const { text, foundIn } = canary("");
  const hidden: Record<string, () => unknown> = {
    message: () => new Error(text),
    "cause of a cause": () => new Error("a", { cause: new Error("b", { cause: { headers: { "xi-api-key": text } } }) }),
    "one of several": () => new AggregateError([new Error("a"), new Error(text)]),
    "hidden property": () => Object.defineProperty(new Error("a"), "request", { value: [text], enumerable: false }),
    "property of a symbol": () => Object.assign(new Error("a"), { [Symbol("internals")]: { text } }),
    getter: () =>
      new (class extends Error {
        get body() {
          return text;
        }
      })("a"),
    name: () => Object.assign(new Error("a"), { issues: [{ input: { [text]: 1 } }] }),
    map: () => Object.assign(new Error("a"), { headers: new Map([["xi-api-key", text]]) }),
    "end of a long buffer": () => Object.assign(new Error("a"), { body: Buffer.from(`${"x".repeat(1000)}${text}`) }),
    "end of a long text": () => Object.assign(new Error("a"), { body: `${"x".repeat(100_000)}${text}` }),
    circle: () => {
      const error = Object.assign(new Error("a"), { self: {} });
      error.self = { error, text };
      return error;
    },
  };
  const unseen = Object.entries(hidden).filter(([, make]) => foundIn(everythingOf(make())).length === 0);
  expect(unseen.map(([where]) => where)).toEqual([]);
});

test("a function uses the current proxy variables, and shows no password", async () => {
  const password = canary("");
  const closed = (await closedOrigin()).replace("//", `//user:${password.text}@`);

  const kinds: (string | undefined)[] = [];
  for (const [variable, text] of Object.entries({ HTTPS_PROXY: closed, no_proxy: "gateway.example" })) {
    process.env[variable] = text;
    const error = await caught(() => listWorkspaceSecrets(), "https://gateway.example");
    expectSafe(error);
    expect(password.foundIn(everythingOf(error))).toEqual([]);
    kinds.push(kindIn(String(error)));
  }

  expect(kinds).toEqual(["proxy-unreachable", "unreachable"]);
});
