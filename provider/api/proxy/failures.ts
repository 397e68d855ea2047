import type { ProxyInfo } from "./route.js";

/** A connection through a proxy failed before anything was sent to the host. */
export type ProxyFailure =
  /** The proxy returned this status instead of connecting to the host. */
  | { kind: "proxy-refused"; proxy: ProxyInfo; host: string; status: number }
  /** There is no connection to the proxy, or the connection ended before the proxy responded. */
  | { kind: "proxy-unreachable"; proxy: ProxyInfo; host: string; code: string }
  /** The proxy's certificate isn't trusted, or the proxy doesn't speak TLS. */
  | { kind: "proxy-untrusted"; proxy: ProxyInfo; host: string; code: string }
  /** The proxy connected to the host, but that connection ended before anything was sent. */
  | { kind: "tunnel-lost"; proxy: ProxyInfo; host: string; code: string };

export const PROXY_FAILURES: readonly string[] = [
  "proxy-refused",
  "proxy-unreachable",
  "proxy-untrusted",
  "tunnel-lost",
] satisfies ProxyFailure["kind"][];
