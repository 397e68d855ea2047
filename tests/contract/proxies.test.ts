import { expect, test } from "@jest/globals";
import { version } from "../../package.json";
import { routeTo } from "../../provider/api/proxy/route";
import { CREDENTIALS, clientThrough, ENDPOINT, HOST, TARGET, throughProxy } from "../support/behindProxy";
import type { ProxyFault } from "../support/forwardProxy";
import { gatewayTo } from "../support/gateway";
import {
  clientOf,
  emulate,
  failureOf,
  nextRequest,
  serveTls,
  startProxy,
  timeLimitUntil,
  trueGetters,
  trusting,
} from "../support/servers";

const noLook = () => Promise.reject(new Error("Nothing may be looked up here"));

test.each([
  ["http", false],
  ["https", true],
])("all calls share one tunnel through an %s proxy, which sees no request", async (_, isSecure) => {
  const { emulator, api, proxy, client } = await throughProxy({ isSecure });

  await trusting("loopback", async () => {
    const calls = client();
    const { id } = await calls.createSecret("A", "v", noLook);
    await calls.updateSecret(id, "B", "v");
    await calls.getSecret(id);
    await calls.listSecrets();
    await calls.deleteSecret(id);
  });

  expect(emulator.requests.map(({ operation }) => operation)).toEqual(["create", "update", "get", "list", "delete"]);
  expect(api.connections).toBe(1);
  expect(proxy.asked).toEqual([
    {
      target: TARGET,
      headers: {
        host: TARGET,
        "user-agent": `pulumi-elevenlabs/${version} (node ${process.version})`,
        "proxy-authorization": `Basic ${Buffer.from(CREDENTIALS).toString("base64")}`,
      },
    },
  ]);
  const sent = api.requests.map(({ headers }) => Object.keys(headers).filter((name) => name.includes("proxy")));
  expect(sent).toEqual(sent.map(() => []));
});

test("concurrent calls have a tunnel each, and later calls reuse them", async () => {
  const { proxy, client } = await throughProxy();
  const calls = client({ maxConcurrency: 3 });

  await Promise.all(["a", "b", "c", "d", "e", "f"].map((search) => calls.listSecrets({ search })));
  await calls.listSecrets();

  expect(proxy.asked.map(({ target }) => target)).toEqual([TARGET, TARGET, TARGET]);
});

test("an endpoint in NO_PROXY is called directly", async () => {
  const { api, proxy } = await throughProxy();
  const env = { HTTPS_PROXY: proxy.url, NO_PROXY: HOST };

  const error = await failureOf(
    clientOf({ url: ENDPOINT }, { routeTo: (endpoint) => routeTo(endpoint, env) }).listSecrets(),
  );

  expect(error.failure).toMatchObject({ kind: "no-connection", host: HOST });
  expect([proxy.asked, api.connections]).toEqual([[], 0]);
});

test("an untrusted certificate is refused, even through a tunnel", async () => {
  const { proxy } = await throughProxy();
  const other = await serveTls((_request, response) => response.end(), { certificate: "loopback" });
  const impostor = await startProxy({ routes: { [TARGET]: other.url } });

  const error = await failureOf(clientThrough(impostor.url).createSecret("A", "v", noLook));

  expect(error.failure).toEqual({ kind: "untrusted-tls", host: HOST, code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  expect(trueGetters(error)).toEqual([]);
  expect([other.requests, impostor.asked.length, proxy.asked]).toEqual([[], 1, []]);
});

test("a POST is sent once the proxy works, and no search follows", async () => {
  const { emulator, proxy, client } = await throughProxy();
  proxy.fault({ status: 502 });
  proxy.fault("close-tunnel");

  await client({ maxRetries: 2 }).createSecret("A", "v", noLook);

  expect(emulator.requests.map(({ operation }) => operation)).toEqual(["create"]);
  expect(proxy.asked).toHaveLength(3);
});

/** An API behind a proxy that breaks the tunnel when a request arrives: before or after the API handles the request. */
async function throughBreakingProxy(when: "before" | "after", times = 1) {
  const emulator = await emulate();
  let left = times;
  const passOn = gatewayTo(emulator, "");
  const api = await serveTls(
    (request, response) => {
      if (left-- <= 0) return passOn(request, response);
      if (when === "before") return request.resume().on("end", () => proxy.cut());
      const arrived = nextRequest(emulator);
      passOn(request, response);
      return arrived.then(() => proxy.cut());
    },
    { certificate: "gateway" },
  );
  const proxy = await startProxy({ routes: { [TARGET]: api.url } });
  const client = clientThrough(proxy.url, { apiKey: emulator.apiKey, maxRetries: 1 });
  return { emulator, api, proxy, client };
}

test.each([
  ["before", 0],
  ["after", 1],
] as const)("a POST whose tunnel breaks %s it took effect is not retried", async (when, created) => {
  const { emulator, api, client } = await throughBreakingProxy(when);
  let looks = 0;
  const look = async () => {
    looks++;
    return emulator.workspace().secrets()[0];
  };

  const result = await client.createSecret("A", "v", look).catch((error: unknown) => failureOf(Promise.reject(error)));

  if (result instanceof Error) {
    expect(trueGetters(result)).toEqual(["isTemporary", "outcomeUnknown"]);
    expect(result.failure).toMatchObject({ kind: "connection-lost", host: HOST });
  }
  expect(result instanceof Error).toBe(created === 0);
  expect(looks).toBe(created === 0 ? 3 : 1);
  expect(api.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  expect(emulator.workspace().secrets()).toHaveLength(created);
});

test("a GET, PATCH or DELETE is retried through a new tunnel", async () => {
  for (const call of ["getSecret", "updateSecret", "deleteSecret"] as const) {
    const { emulator, api, proxy, client } = await throughBreakingProxy("before");
    const { id } = emulator.workspace().add("A", "v");

    await client[call](id, "A", "v2");

    expect(api.requests).toHaveLength(2);
    expect(proxy.asked).toHaveLength(2);
  }
});

test("a timeout after the request was sent is not blamed on the proxy", async () => {
  const { emulator, client } = await throughProxy();
  const hung = () => emulator.waitForRequest(({ operation }) => operation === "update");
  const calls = client({ timeoutMs: 500, ...timeLimitUntil(hung) });
  await calls.listSecrets();
  emulator.fault({ kind: "hang" });

  const error = await failureOf(calls.updateSecret("1", "A", "v"));

  expect(error.failure).toEqual({ kind: "timeout", host: HOST, seconds: 0.5 });
  expect(trueGetters(error)).toEqual(["isTemporary", "outcomeUnknown"]);
});

test.each<ProxyFault>(["hang", "hang-tunnel"])("a stop ends an unfinished connection: %s", async (fault) => {
  const { proxy, client } = await throughProxy();
  proxy.fault(fault);
  const stop = new AbortController();

  const stuck = proxy.stuck();
  const call = failureOf(client({ signal: () => stop.signal }).createSecret("A", "v", noLook));
  await stuck;
  stop.abort();

  expect((await call).failure).toMatchObject({ kind: "cancelled", host: HOST });
  await expect(proxy.closed()).resolves.toBeUndefined();
});

test("redirects and large responses are refused, even through a proxy", async () => {
  const answers = [
    { status: 307, headers: { location: "https://elsewhere.example/" } },
    { status: 200, headers: { "content-length": 64 * 1024 * 1024 + 1 } },
  ];
  const api = await serveTls(
    (_request, response) => {
      const { status, headers } = answers.shift() ?? { status: 500, headers: {} };
      response.writeHead(status, headers as Record<string, string>).flushHeaders();
      if (status === 307) response.end();
    },
    { certificate: "gateway" },
  );
  const proxy = await startProxy({ routes: { [TARGET]: api.url } });
  const client = clientThrough(proxy.url);

  const [redirected, large] = [await failureOf(client.listSecrets()), await failureOf(client.listSecrets())];

  expect(trueGetters(redirected)).toEqual(["isNotFromApi"]);
  expect(large.failure).toEqual({ kind: "too-large", host: HOST });
  expect(proxy.asked.map(({ target }) => target)).toEqual(proxy.asked.map(() => TARGET));
});
