import { expect, test } from "@jest/globals";
import type { ApiFailure } from "../../provider/api/errors";
import { clientThrough, HOST, throughProxy } from "../support/behindProxy";
import type { ForwardProxy, ForwardProxyOptions, ProxyFault } from "../support/forwardProxy";
import { everythingOf } from "../support/reachable";
import { closedOrigin, failureOf, timeLimitUntil, trueGetters } from "../support/servers";

const noLook = () => Promise.reject(new Error("Nothing may be looked up here"));

interface Case {
  /** The proxy's response to each request for a tunnel. */
  fault?: ProxyFault;
  /** The value of HTTPS_PROXY. Default: the proxy's URL. */
  url?: (proxy: ForwardProxy) => Promise<string> | string;
  failure: { kind: ApiFailure["kind"]; host: string; code?: unknown; status?: number };
  /** The number of requests for a tunnel, with one retry. */
  asked: number;
  isTemporary?: boolean;
  options?: Partial<ForwardProxyOptions>;
}

const unreachable = (code: unknown) => ({ kind: "proxy-unreachable", host: HOST, code }) as const;
const refused = (status: number) => ({ kind: "proxy-refused", host: HOST, status }) as const;
const lost = (code: unknown) => ({ kind: "tunnel-lost", host: HOST, code }) as const;

// The rows run at the same time, because they mostly wait for a retry.
test.concurrent.each<[string, Case]>([
  ["requires a password", { url: ({ shownUrl }) => shownUrl, failure: refused(407), asked: 1 }],
  [
    "has another password",
    { url: ({ url }) => url.replace("canary", "wrong-canary"), failure: refused(407), asked: 1 },
  ],
  ["returns 403", { fault: { status: 403 }, failure: refused(403), asked: 1 }],
  ["returns 500", { fault: { status: 500 }, failure: refused(500), asked: 1 }],
  ["returns a redirect", { fault: { status: 302 }, failure: refused(302), asked: 1 }],
  ["returns 404", { fault: { status: 404 }, failure: refused(404), asked: 1 }],
  ["returns 429", { fault: { status: 429 }, failure: refused(429), asked: 2, isTemporary: true }],
  ["returns 502", { fault: { status: 502 }, failure: refused(502), asked: 2, isTemporary: true }],
  ["returns 503", { fault: { status: 503 }, failure: refused(503), asked: 2, isTemporary: true }],
  ["closes the connection", { fault: "close", failure: unreachable("ECONNRESET"), asked: 2, isTemporary: true }],
  ["never responds", { fault: "hang", failure: unreachable("ETIMEDOUT"), asked: 2, isTemporary: true }],
  [
    "speaks another protocol",
    { fault: "no-http", failure: unreachable(expect.stringMatching(/^HPE_/)), asked: 2, isTemporary: true },
  ],
  ["closes the tunnel", { fault: "close-tunnel", failure: lost("ECONNRESET"), asked: 2, isTemporary: true }],
  ["never uses the tunnel", { fault: "hang-tunnel", failure: lost("ETIMEDOUT"), asked: 2, isTemporary: true }],
  [
    "isn't a TLS server in the tunnel",
    { fault: "no-tls", failure: { kind: "untrusted-tls", host: HOST, code: expect.any(String) }, asked: 1 },
  ],
  [
    "isn't running",
    {
      url: async () => (await closedOrigin()).replace("//", "//user:canary@"),
      failure: unreachable("ECONNREFUSED"),
      asked: 0,
      isTemporary: true,
    },
  ],
  [
    "has a certificate that isn't trusted",
    {
      options: { isSecure: true },
      failure: { kind: "proxy-untrusted", host: HOST, code: expect.stringMatching(/CERT/) },
      asked: 0,
    },
  ],
  [
    "speaks no TLS",
    {
      url: ({ url }) => url.replace("http:", "https:"),
      failure: { kind: "proxy-untrusted", host: HOST, code: expect.stringMatching(/SSL|EPROTO/) },
      asked: 0,
    },
  ],
  [
    "speaks TLS, but the variable says http",
    {
      options: { isSecure: true },
      url: ({ url }) => url.replace("https:", "http:"),
      failure: unreachable(expect.stringMatching(/^(HPE_|ECONNRESET)/)),
      asked: 0,
      isTemporary: true,
    },
  ],
])("if a proxy %s, nothing is sent, and the error hides the password", async (_, row) => {
  const { fault, url = (proxy) => proxy.url, failure, asked, isTemporary = false, options } = row;
  const { api, proxy } = await throughProxy(options);
  if (fault) proxy.fault(fault, 2);
  const proxyUrl = await url(proxy);
  const timeLimit = timeLimitUntil(() => proxy.stuck());
  const client = clientThrough(proxyUrl, { apiKey: "sk_canary", maxRetries: 1, ...timeLimit });

  const error = await failureOf(client.createSecret("A", "canary-value", noLook));

  const { origin, username } = new URL(proxyUrl);
  const proxyShown = { url: origin, variable: "HTTPS_PROXY", hasCredentials: username !== "" };
  expect(error.failure).toEqual({ ...failure, ...(failure.kind === "untrusted-tls" ? {} : { proxy: proxyShown }) });
  expect(trueGetters(error)).toEqual(isTemporary ? ["isTemporary"] : []);
  expect(proxy.asked).toHaveLength(asked);
  expect(api.requests).toEqual([]);
  expect(everythingOf(error)).not.toMatch(/canary|us(@|%40)er|xi-api-key/);
  expect(everythingOf(error)).not.toContain(Buffer.from("canary").toString("base64").slice(0, 6));
});
