import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll } from "@jest/globals";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index";
import { ElevenLabsApi } from "../../provider/api/client";
import { ApiError } from "../../provider/api/errors";
import type { TransportOptions } from "../../provider/api/transport";

import { type ForwardProxy, type ForwardProxyOptions, startForwardProxy } from "./forwardProxy";

const started: { close(): Promise<unknown> }[] = [];

// Not after each test, because the tests of a file may run in parallel.
afterAll(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

/** An emulator that closes after the tests of the file. */
export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  started.push(emulator);
  return emulator;
}

export interface PlainServer {
  url: string;
  requests: IncomingMessage[];
  /** The number of TCP connections that were made to the server. */
  connections: number;
  close(): Promise<void>;
}

/** A server for responses that the emulator never returns. It closes after the tests of the file. */
export function serve(listener: RequestListener): Promise<PlainServer> {
  return listen(createServer(), listener, "http:");
}

/** The files of the certificates: for 127.0.0.1, and for gateway.example. */
export const CERTIFICATES = {
  loopback: join(import.meta.dirname, "loopback.pem"),
  gateway: join(import.meta.dirname, "gateway.pem"),
};
type Certificate = keyof typeof CERTIFICATES;

/** The certificates that Node.js trusts by default. Other test files run in this process, before and after this file. */
const TRUSTED = getCACertificates("default");
/** The certificates of the servers in this file. */
const trustedHere: string[] = [];

/** A server with TLS. This process trusts its certificate until the tests of the file end. */
export async function serveTls(
  listener: RequestListener,
  { certificate = "loopback" }: { certificate?: Certificate } = {},
): Promise<PlainServer> {
  const pem = await readFile(CERTIFICATES[certificate], "utf8");
  trustedHere.push(pem);
  setDefaultCACertificates([...TRUSTED, ...trustedHere]);
  started.push({ close: async () => setDefaultCACertificates(TRUSTED) });
  return listen(createTlsServer({ key: pem, cert: pem }), listener, "https:");
}

/** This process trusts a certificate while `run` runs. */
export async function trusting<T>(certificate: Certificate, run: () => Promise<T>): Promise<T> {
  setDefaultCACertificates([...TRUSTED, ...trustedHere, await readFile(CERTIFICATES[certificate], "utf8")]);
  return run().finally(() => setDefaultCACertificates([...TRUSTED, ...trustedHere]));
}

/** A forward proxy that closes after the tests of the file. */
export async function startProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const proxy = await startForwardProxy(options);
  started.push(proxy);
  return proxy;
}

async function listen(
  http: Server | TlsServer,
  listener: RequestListener,
  protocol: "http:" | "https:",
): Promise<PlainServer> {
  http.on("request", (request: IncomingMessage, response: ServerResponse) => {
    server.requests.push(request);
    listener(request, response as Parameters<RequestListener>[1]);
  });
  http.on("connection", () => server.connections++);
  http.keepAliveTimeout = 0;
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const server: PlainServer = {
    url: `${protocol}//127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    connections: 0,
    async close() {
      const closed = once(http, "close");
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
  started.push(server);
  return server;
}

/** Responds to every request with this JSON. */
export function json(body: unknown, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

/**
 * An origin on which nothing listens. Its port is below the range of ports that systems assign, so no server or connection
 * gets it by chance.
 */
export async function closedOrigin(): Promise<string> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const probe = createServer().listen(port, "127.0.0.1");
    const isFree = await once(probe, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, "close");
    return `http://127.0.0.1:${port}`;
  }
}

/** No test runs this long. So this timeout ends a test only if an event is missing, and doesn't measure the machine's speed. */
const NEVER_MS = 600_000;

/** Waits until the emulator has received one more request. */
export function nextRequest(emulator: Emulator): Promise<unknown> {
  const before = emulator.requests.length;
  return emulator.waitForRequest((request) => emulator.requests.indexOf(request) >= before, NEVER_MS);
}

/** The time limit of each attempt ends with an event that is awaited from its start, and not after some milliseconds. */
export function timeLimitUntil(event: () => Promise<unknown>): Pick<TransportOptions, "startTimeLimit"> {
  return {
    startTimeLimit: () => {
      const limit = new AbortController();
      // If the server closes first, the event never comes.
      event().then(
        () => limit.abort(),
        () => undefined,
      );
      return limit.signal;
    },
  };
}

/** A client that does not retry by default, and whose attempts have no time limit. */
export function clientOf(
  server: { url: string; apiKey?: string },
  options: Partial<TransportOptions> = {},
): ElevenLabsApi {
  const { url: endpoint, apiKey = "sk_test" } = server;
  return new ElevenLabsApi({ endpoint, apiKey, timeoutMs: NEVER_MS, maxRetries: 0, maxConcurrency: 16, ...options });
}

export async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApiError) return error;
  throw new Error("The call did not fail with an ApiError", { cause: error });
}

const GETTERS = [
  "isNotFound",
  "mayBeNotFound",
  "isUnauthorized",
  "lacksPermission",
  "isRateLimit",
  "isRefusal",
  "isNotFromApi",
  "isTemporary",
  "outcomeUnknown",
] as const;

/** The getters of an error that are true. */
export function trueGetters(error: ApiError): (typeof GETTERS)[number][] {
  return GETTERS.filter((name) => error[name]);
}
