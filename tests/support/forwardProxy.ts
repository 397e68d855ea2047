import { EventEmitter, once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";

export interface ForwardProxyOptions {
  /** The server to which the tunnels of a host lead, such as `{ "gateway.example:443": "https://127.0.0.1:49152" }`. */
  routes: Record<string, string>;
  /** The required user and password, with a colon between them. Default: none. */
  credentials?: string;
  /** Whether the proxy uses TLS, with the certificate for 127.0.0.1. */
  isSecure?: boolean;
}

/** A fault in the proxy's reply to a request for a tunnel. */
export type ProxyFault =
  /** Returns this status and a page. */
  | { status: number }
  /** Ends the connection without a response. */
  | "close"
  /** Never responds. */
  | "hang"
  /** Responds in another protocol. */
  | "no-http"
  /** Opens the tunnel, and closes it as soon as data arrives. */
  | "close-tunnel"
  /** Opens the tunnel, and never forwards data. */
  | "hang-tunnel"
  /** Opens the tunnel, and responds in place of the host. */
  | "no-tls";

export interface ForwardProxy {
  /** The proxy's URL, with user and password if it requires them. */
  url: string;
  /** The proxy's URL without user and password. */
  shownUrl: string;
  /** The requests for a tunnel. */
  asked: { target: string; headers: IncomingHttpHeaders }[];
  /** Waits until a client waits in vain, because of "hang" or "hang-tunnel". */
  stuck(): Promise<unknown>;
  /** Waits until no connection to it is open. */
  closed(): Promise<void>;
  /** Sets a fault for the next request for a tunnel. */
  fault(fault: ProxyFault, times?: number): void;
  clearFaults(): void;
  /** Breaks all tunnels. */
  cut(): void;
  close(): Promise<void>;
}

/** A real forward proxy, which opens tunnels on request. */
export async function startForwardProxy({
  routes,
  credentials,
  isSecure = false,
}: ForwardProxyOptions): Promise<ForwardProxy> {
  const pem = await readFile(join(import.meta.dirname, "loopback.pem"), "utf8");
  const server = isSecure ? createTlsServer({ key: pem, cert: pem }) : createServer();
  const open = new Set<Socket>();
  const faults: ProxyFault[] = [];
  const events = new EventEmitter();
  const meet = (fault: ProxyFault, client: Duplex) => meetFault(fault, client, () => events.emit("stuck"));
  const expected = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;

  server.on("connection", (socket: Socket) => {
    open.add(socket.on("error", () => undefined).once("close", () => open.delete(socket)));
  });
  // A request for a page, instead of a tunnel, is refused.
  server.on("request", (_request, response) => response.writeHead(405).end());
  server.on("connect", (request: IncomingMessage, client: Duplex) => {
    const { url: target = "", headers } = request;
    proxy.asked.push({ target, headers });
    client.on("error", () => undefined);
    const fault = faults.shift();
    if (fault !== undefined) return meet(fault, client);
    if (expected && headers["proxy-authorization"] !== expected) return meet({ status: 407 }, client);
    const route = routes[target];
    if (route === undefined) return meet({ status: 502 }, client);
    const upstream = connect(Number(new URL(route).port), "127.0.0.1");
    upstream.on("error", () => client.destroy()).once("close", () => client.destroy());
    client.once("close", () => upstream.destroy());
    upstream.once("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(upstream).pipe(client);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const shownUrl = `http${isSecure ? "s" : ""}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const userInfo = credentials?.split(":").map(encodeURIComponent).join(":");
  const proxy: ForwardProxy = {
    shownUrl,
    url: userInfo === undefined ? shownUrl : shownUrl.replace("//", `//${userInfo}@`),
    asked: [],
    stuck: () => once(events, "stuck"),
    async closed() {
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    },
    fault: (fault, times = 1) => faults.push(...Array<ProxyFault>(times).fill(fault)),
    clearFaults: () => void faults.splice(0),
    cut: () => {
      for (const socket of open) socket.destroy();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      proxy.cut();
      await closed;
    },
  };
  return proxy;
}

function meetFault(fault: ProxyFault, client: Duplex, isStuck: () => void): void {
  const opened = "HTTP/1.1 200 Connection established\r\n\r\n";
  if (typeof fault === "object") {
    client.end(`HTTP/1.1 ${fault.status} No\r\ncontent-type: text/html\r\ncontent-length: 15\r\n\r\n<html>No</html>`);
  } else if (fault === "close") {
    client.destroy();
  } else if (fault === "no-http") {
    client.end("SSH-2.0-server\r\n");
  } else {
    // Otherwise, the proxy wouldn't detect that the client has closed the connection.
    client.resume().once("end", () => client.destroy());
    if (fault === "hang") isStuck();
    else client.write(opened);
    if (fault === "hang-tunnel") client.once("data", isStuck);
    if (fault === "close-tunnel") client.once("data", () => client.destroy());
    if (fault === "no-tls") client.once("data", () => client.write("HTTP/1.1 400 No TLS here\r\n\r\n"));
  }
}
