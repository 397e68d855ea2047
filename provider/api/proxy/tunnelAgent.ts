import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { sanitized } from "../../text/sanitize.js";
import { type ApiFailure, isTlsCode } from "../errors.js";
import { USER_AGENT } from "../userAgent.js";
import type { HttpProxy } from "./route.js";

/** A request that may need a new connection. */
export interface TunnelUse {
  /** Ends the attempt to connect. */
  signal: AbortSignal;
  /** The reason that there is no connection, so that nothing was sent. Undefined once there is a connection. */
  failure?: ApiFailure;
}

/** The request that needs a new connection. */
const uses = new AsyncLocalStorage<TunnelUse>();

/** Runs `send`, which uses a `TunnelAgent`, and records in `use.failure` why no connection could be made. */
export function usingTunnel<T>(use: TunnelUse, send: () => T): T {
  return uses.run(use, send);
}

/**
 * Keeps TLS connections to one host through a proxy. Each is a tunnel: the proxy gets the host's name, but neither the
 * requests nor the API key.
 */
export class TunnelAgent extends https.Agent {
  private readonly authority: string;
  private readonly host: string;

  constructor(
    private readonly proxy: HttpProxy,
    endpoint: string,
  ) {
    super({ keepAlive: true });
    const { hostname, port, host } = new URL(endpoint);
    this.authority = `${hostname}:${port || 443}`;
    this.host = host;
  }

  override createConnection(
    { headers: _, ...options }: http.ClientRequestArgs,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const use = uses.getStore();
    const failed = (failure: ApiFailure) => {
      if (use) use.failure = failure;
      // If there is an error, Node.js ignores the socket.
      callback?.(new Error(failure.kind), undefined as unknown as Duplex);
    };
    const secureWith = (socket: Duplex) => super.createConnection({ ...options, socket } as never) as TLSSocket;
    this.open({ secureWith, signal: use?.signal, opened: (socket) => callback?.(null, socket), failed });
  }

  private open({ secureWith, signal, opened, failed }: Opening): void {
    let failureOf = (code: string): ApiFailure => this.proxyFailure(code);
    let socket: TLSSocket | undefined;
    let hasEnded = false;
    const request = this.connectRequest();
    const end = (failure: ApiFailure | undefined) => {
      if (hasEnded) return;
      hasEnded = true;
      signal?.removeEventListener("abort", abort);
      if (failure) {
        request.destroy();
        socket?.destroy();
        failed(failure);
      } else if (socket) opened(socket);
    };
    const fail = ({ code }: NodeJS.ErrnoException) => end(failureOf(sanitized(code ?? "")));
    const abort = () => end(failureOf("ETIMEDOUT"));
    const close = () => end(failureOf("ECONNRESET"));

    signal?.addEventListener("abort", abort, { once: true });
    // Don't remove the listeners: an error without a listener would end the process.
    request.on("error", fail).once("connect", ({ statusCode: status = 0 }, tunnel: Duplex, head: Buffer) => {
      tunnel.on("error", fail);
      if (hasEnded || status < 200 || status > 299) {
        tunnel.destroy();
        end({ kind: "proxy-refused", proxy: this.proxy.shown, host: this.host, status });
        return;
      }
      if (head.length > 0) tunnel.unshift(head);
      failureOf = (code) => this.targetFailure(code);
      socket = secureWith(tunnel).on("error", fail).on("close", close);
      socket.once("secureConnect", () => end(undefined));
    });
    request.end();
  }

  private connectRequest(): http.ClientRequest {
    const { host, port, isSecure } = this.proxy;
    const target = { host, port, method: "CONNECT", path: this.authority, agent: false as const, setHost: false };
    const request = (isSecure ? https : http).request(target);
    // Set the headers here, not in the options: NODE_DEBUG prints the options.
    request.setHeader("host", this.authority);
    request.setHeader("user-agent", USER_AGENT);
    const authorization = this.proxy.authorization();
    if (authorization !== undefined) request.setHeader("proxy-authorization", authorization);
    // Node.js would send `connection: close`, but the tunnel stays open.
    request.removeHeader("connection");
    return request;
  }

  private proxyFailure(code: string): ApiFailure {
    const { shown: proxy, isSecure } = this.proxy;
    const isUntrusted = isSecure && isTlsCode(code);
    return { kind: isUntrusted ? "proxy-untrusted" : "proxy-unreachable", proxy, host: this.host, code };
  }

  private targetFailure(code: string): ApiFailure {
    const { host } = this;
    if (isTlsCode(code)) return { kind: "untrusted-tls", host, code };
    return { kind: "tunnel-lost", proxy: this.proxy.shown, host, code };
  }
}

interface Opening {
  secureWith: (socket: Duplex) => TLSSocket;
  signal: AbortSignal | undefined;
  opened: (socket: TLSSocket) => void;
  failed: (failure: ApiFailure) => void;
}
