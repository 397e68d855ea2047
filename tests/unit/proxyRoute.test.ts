import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { type HttpProxy, type Route, routeTo } from "../../provider/api/proxy/route";

const API = "https://api.example";
const PROXY = "http://proxy.example:3128";

function proxyOf(route: Route): HttpProxy {
  if (route.kind !== "proxy") throw new Error(`The route is ${JSON.stringify(route)}`);
  return route.proxy;
}

describe("the variable", () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ["HTTPS_PROXY", { HTTPS_PROXY: PROXY }, "HTTPS_PROXY"],
    ["https_proxy", { https_proxy: PROXY }, "https_proxy"],
    ["the lower case before the upper case", { https_proxy: PROXY, HTTPS_PROXY: "http://other" }, "https_proxy"],
    ["the upper case if the lower case is blank", { https_proxy: " ", HTTPS_PROXY: PROXY }, "HTTPS_PROXY"],
  ])("the variable of the proxy is %s", (_, env, variable) => {
    expect(proxyOf(routeTo(API, env)).shown).toEqual({ url: PROXY, variable, hasCredentials: false });
  });

  test.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ HTTPS_PROXY: "" }, undefined],
    [{ HTTP_PROXY: PROXY }, "HTTP_PROXY"],
    [{ http_proxy: PROXY }, "http_proxy"],
    [{ ALL_PROXY: PROXY }, undefined],
  ])("no variable of a proxy is used in %j", (env, httpVariable) => {
    expect(routeTo(API, env)).toEqual({ kind: "direct", because: { kind: "not-set", httpVariable } });
  });
});

describe("the URL of a proxy", () => {
  test.each<[string, { url: string; host: string; port: number; isSecure: boolean }]>([
    ["http://proxy.example:3128/", { url: PROXY, host: "proxy.example", port: 3128, isSecure: false }],
    ["proxy.example:3128", { url: PROXY, host: "proxy.example", port: 3128, isSecure: false }],
    ["proxy.example", { url: "http://proxy.example", host: "proxy.example", port: 80, isSecure: false }],
    ["https://proxy.example", { url: "https://proxy.example", host: "proxy.example", port: 443, isSecure: true }],
    ["10.0.0.1:80", { url: "http://10.0.0.1", host: "10.0.0.1", port: 80, isSecure: false }],
    ["http://[2001:db8::1]:1", { url: "http://[2001:db8::1]:1", host: "2001:db8::1", port: 1, isSecure: false }],
  ])("the URL of a proxy can be %s", (text, { url, ...expected }) => {
    const proxy = proxyOf(routeTo(API, { HTTPS_PROXY: text }));
    expect(proxy).toMatchObject({ ...expected, shown: { url, hasCredentials: false } });
    expect(proxy.authorization()).toBeUndefined();
  });

  test.each([
    ["http://user:canary@proxy.example:3128", "user:canary"],
    ["user:canary@proxy.example:3128", "user:canary"],
    ["http://us%40er:ca%3Anary%23%F0%9F%94%91@proxy.example:3128", "us@er:ca:nary#🔑"],
    ["http://user:can@ary@proxy.example:3128", "user:can@ary"],
    ["http://user@proxy.example:3128", "user:"],
  ])("%s has credentials, which are never shown", (text, credentials) => {
    const route = routeTo(API, { HTTPS_PROXY: text });

    const proxy = proxyOf(route);
    expect(proxy.authorization()).toBe(`Basic ${Buffer.from(credentials).toString("base64")}`);
    expect(proxy.shown).toEqual({ url: PROXY, variable: "HTTPS_PROXY", hasCredentials: true });
    const all = inspect(route, { depth: null, showHidden: true }) + JSON.stringify(route);
    for (const secret of ["canary", "can@ary", Buffer.from(credentials).toString("base64")]) {
      expect(all).not.toContain(secret);
    }
  });

  test.each([
    ["http://", "malformed"],
    ["http://:3128", "malformed"],
    ["http://proxy.example:port", "malformed"],
    ["http://user:canary%@proxy.example", "malformed"],
    // These are refused, because a part of the password would be treated as the host.
    ["http://user:123/canary@proxy.example", "malformed"],
    ["http://user:123#canary@proxy.example", "malformed"],
    ["http://user:can@123?ary@proxy.example", "malformed"],
    ["socks5://user:canary@proxy.example:1080", "not-http"],
    ["socks5h://proxy.example:1080", "not-http"],
    ["ftp://proxy.example", "not-http"],
  ])("%s is refused, and the result doesn't contain it", (text, fault) => {
    const route = routeTo(API, { HTTPS_PROXY: text });
    expect(route).toEqual({ kind: "invalid", variable: "HTTPS_PROXY", fault });
  });

  test("a malformed proxy does no harm if it isn't used", () => {
    const env = { HTTPS_PROXY: "socks5://proxy", NO_PROXY: "api.example" };
    expect(routeTo(API, env).kind).toBe("direct");
    expect(routeTo("http://localhost:8787", env).kind).toBe("direct");
  });
});

test.each([
  "http://localhost:8787",
  "http://127.0.0.1:8787",
  "https://127.1.2.3",
  "https://[::1]",
  "https://localhost",
])("%s is on this machine, so it is called directly", (endpoint) => {
  const route = routeTo(endpoint, { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY });
  expect(route).toEqual({ kind: "direct", because: { kind: "loopback" } });
});

describe("NO_PROXY", () => {
  const exempts = (entries: string, endpoint: string) =>
    routeTo(endpoint, { HTTPS_PROXY: PROXY, NO_PROXY: entries }).kind === "direct";

  test.each([
    ["*", API],
    ["other.example,*", API],
    ["api.example", API],
    ["API.Example", API],
    [" api.example ", `${API}/path`],
    ["other.example, api.example", API],
    ["example", API],
    [".example", API],
    ["*.example", API],
    ["api.example:443", API],
    ["api.example:", API],
    [".example:8443", "https://api.example:8443"],
    ["bücher.example", "https://xn--bcher-kva.example"],
    ["10.1.2.3", "https://10.1.2.3"],
    ["10.1.2.3:8443", "https://10.1.2.3:8443"],
    ["10.0.0.0/8", "https://10.1.2.3"],
    ["10.1.2.3/32", "https://10.1.2.3"],
    ["0.0.0.0/0", "https://10.1.2.3"],
    ["2001:db8::/32", "https://[2001:db8::1]"],
    ["2001:0db8:0::1", "https://[2001:db8::1]"],
    ["[2001:db8::1]:443", "https://[2001:db8::1]"],
  ])("%j exempts %s", (entries, endpoint) => {
    expect(exempts(entries, endpoint)).toBe(true);
  });

  test.each([
    ["", API],
    [",", API],
    ["other.example", API],
    [".api.example", API],
    ["*.api.example", API],
    ["pi.example", API],
    ["api.example.com", API],
    ["api.*", API],
    ["https://api.example", API],
    ["api.example:8443", API],
    ["api.example:port", API],
    [":443", API],
    ["*:443", API],
    ["localhost", API],
    ["10.1.2.4", "https://10.1.2.3"],
    ["10.1.2.3:8443", "https://10.1.2.3"],
    ["10.0.0.0/16", "https://10.1.2.3"],
    ["10.0.0.0/33", "https://10.1.2.3"],
    ["0.0.0.0/0", API],
    [".3", "https://10.1.2.3"],
    ["2001:db8::/32", "https://[2001:db9::1]"],
    ["::/0", "https://10.1.2.3"],
  ])("%j does not exempt %s", (entries, endpoint) => {
    expect(exempts(entries, endpoint)).toBe(false);
  });

  test("no_proxy comes before NO_PROXY, and the route has its entry", () => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: "a.example", no_proxy: "b.example,.example" };
    expect(routeTo("https://a.example", env)).toEqual({
      kind: "direct",
      because: { kind: "exempt", variable: "no_proxy", entry: ".example" },
    });
  });
});
