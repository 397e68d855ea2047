import type { Emulator } from "../../emulator/index";
import type { ElevenLabsApi } from "../../provider/api/client";
import { routeTo } from "../../provider/api/proxy/route";
import type { TransportOptions } from "../../provider/api/transport";
import type { ForwardProxy, ForwardProxyOptions } from "./forwardProxy";
import { gatewayTo } from "./gateway";
import { clientOf, emulate, type PlainServer, serveTls, startProxy } from "./servers";

// The API is at gateway.example, which only the proxy can find.
export const HOST = "gateway.example";
export const TARGET = `${HOST}:443`;
export const ENDPOINT = `https://${HOST}`;
export const CREDENTIALS = "us@er:canary/#:%ünï";

interface Setup {
  emulator: Emulator;
  api: PlainServer;
  proxy: ForwardProxy;
  client: (options?: Partial<TransportOptions>) => ElevenLabsApi;
}

/** A client of an API behind a proxy. */
export async function throughProxy(options: Partial<ForwardProxyOptions> = {}): Promise<Setup> {
  const emulator = await emulate();
  const api = await serveTls(gatewayTo(emulator, ""), { certificate: "gateway" });
  const proxy = await startProxy({ routes: { [TARGET]: api.url }, credentials: CREDENTIALS, ...options });
  return { emulator, api, proxy, client: (more) => clientThrough(proxy.url, { apiKey: emulator.apiKey, ...more }) };
}

export function clientThrough(proxyUrl: string, options: Partial<TransportOptions> = {}): ElevenLabsApi {
  const env = { HTTPS_PROXY: proxyUrl };
  return clientOf({ url: ENDPOINT }, { routeTo: (endpoint) => routeTo(endpoint, env), ...options });
}
