import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/** The facts about a proxy that may be shown: no user name and no password. */
export interface ProxyInfo {
  /** For example `http://proxy.example:3128`. */
  url: string;
  /** The environment variable that contains the proxy's URL. */
  variable: string;
  /** Whether the variable contains a user name or a password. */
  hasCredentials: boolean;
}

/** An HTTP proxy. The credentials are in a closure, so logging or inspecting this object can't print them. */
export class HttpProxy {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  readonly shown: ProxyInfo;
  /** The header `Proxy-Authorization`, if the proxy needs one. */
  readonly authorization: () => string | undefined;

  constructor(url: URL, variable: string) {
    this.isSecure = url.protocol === "https:";
    this.host = withoutBrackets(url.hostname);
    this.port = Number(url.port || (this.isSecure ? 443 : 80));
    const hasCredentials = url.username !== "" || url.password !== "";
    this.shown = { url: url.origin, variable, hasCredentials };
    const credentials = [url.username, url.password].map((part) => decodeURIComponent(part)).join(":");
    const header = hasCredentials ? `Basic ${Buffer.from(credentials).toString("base64")}` : undefined;
    this.authorization = () => header;
  }
}

/** The route of requests to an endpoint, and the reason for it. */
export type Route =
  | { kind: "proxy"; proxy: HttpProxy }
  | { kind: "direct"; because: DirectRule }
  | { kind: "invalid"; variable: string; fault: ProxyFault };

/** The reason that no proxy is used. */
export type DirectRule =
  | { kind: "not-set"; httpVariable: string | undefined }
  | { kind: "loopback" }
  | { kind: "exempt"; variable: string; entry: string };

/** The reason that the URL of a proxy can't be used. */
export type ProxyFault = "malformed" | "not-http";

type Variables = Record<string, string | undefined>;

/** The environment variables that select the proxy. */
export const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY"];

/**
 * Follows the rules of Go's `httpproxy`, because Pulumi and its other providers use it. If a variable is set in lower case and
 * in upper case, the lower-case variable applies, as in curl, in Node.js and in current Go. A loopback address is never called
 * through a proxy. Plain http is allowed only for loopback addresses, so `HTTP_PROXY` is ignored.
 */
export function routeTo(endpoint: string, env: Variables): Route {
  const { hostname, port } = new URL(endpoint);
  const target = { host: withoutBrackets(hostname), port: port || "443" };
  if (isLoopback(target.host)) return { kind: "direct", because: { kind: "loopback" } };
  const set = variableOf("https_proxy", env);
  if (!set) {
    return { kind: "direct", because: { kind: "not-set", httpVariable: variableOf("http_proxy", env)?.variable } };
  }
  const exceptions = variableOf("no_proxy", env);
  const entries = exceptions?.text.split(",").map((entry) => entry.trim()) ?? [];
  const entry = entries.find((entry) => matches(entry.toLowerCase(), target));
  if (exceptions && entry !== undefined) {
    return { kind: "direct", because: { kind: "exempt", variable: exceptions.variable, entry } };
  }
  const { variable, text } = set;
  const proxy = parsedProxy(text, variable);
  return proxy instanceof HttpProxy ? { kind: "proxy", proxy } : { kind: "invalid", variable, fault: proxy };
}

function variableOf(name: string, env: Variables): { variable: string; text: string } | undefined {
  const variable = [name, name.toUpperCase()].find((spelling) => env[spelling]?.trim());
  return variable === undefined ? undefined : { variable, text: env[variable]?.trim() ?? "" };
}

function parsedProxy(text: string, variable: string): HttpProxy | ProxyFault {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\//i.test(text) ? text : `http://${text}`);
  } catch {
    return "malformed";
  }
  if (!["http:", "https:"].includes(url.protocol)) return "not-http";
  // A "/", "?" or "#" in a password ends the host too early, so that part of the password would be treated as the host.
  if ((url.pathname + url.search + url.hash).includes("@")) return "malformed";
  try {
    return new HttpProxy(url, variable);
  } catch {
    return "malformed";
  }
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8);
LOOPBACK.addAddress("::1", "ipv6");

function isLoopback(host: string): boolean {
  return host === "localhost" || isIn(LOOPBACK, host);
}

/** Whether a `NO_PROXY` entry matches this host. */
function matches(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === "*") return true;
  const [, network = "", bits] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  if (isIP(network)) return isInNetwork(host, network, Number(bits));
  const [, bracketed, plain, ofPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d*))?$/.exec(entry) ?? [];
  const given = bracketed ?? plain ?? entry;
  if (given === "" || (ofPort && ofPort !== port)) return false;
  if (isIP(given)) return isInNetwork(host, given, isIP(given) === 4 ? 32 : 128);
  return isIP(host) === 0 && isInDomain(host, given);
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (bits > (family === 4 ? 32 : 128)) return false;
  const addresses = new BlockList();
  addresses.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
  // `BlockList` also matches IPv4 addresses against IPv6 ranges (IPv4-mapped), so compare families first.
  return (family === 4 || isIP(host) === 6) && isIn(addresses, host);
}

/** `example.com` also matches its subdomains. `.example.com` and `*.example.com` match only the subdomains. */
function isInDomain(host: string, given: string): boolean {
  const domain = domainToASCII(given.replace(/^\*?\./, ""));
  const isDomainItself = /^\*?\./.test(given) ? false : host === domain;
  return domain !== "" && (isDomainItself || host.endsWith(`.${domain}`));
}

function isIn(addresses: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && addresses.check(host, family === 4 ? "ipv4" : "ipv6");
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
