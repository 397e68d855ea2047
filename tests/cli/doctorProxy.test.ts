import { expect, test } from "@jest/globals";
import { CREDENTIALS, ENDPOINT, TARGET, throughProxy } from "../support/behindProxy";
import { type CliResult, cli, envOf, newKey } from "../support/commandRun";
import { CERTIFICATES } from "../support/servers";

type Found = { check: string; status: string; text: string; next: string | null }[];

function findingsIn({ out }: CliResult): Found {
  return JSON.parse(out).workspaces[0].findings;
}

test("doctor shows the proxy and its variable, and makes every check", async () => {
  const { emulator, proxy } = await throughProxy();
  const env = {
    ...envOf({ url: ENDPOINT, apiKey: emulator.apiKey }),
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: CERTIFICATES.gateway,
  };

  // Turns on every section of Node.js's debug output.
  const { code, out, err } = await cli(["doctor"], { env: { ...env, NODE_DEBUG: "*" } });

  expect(code).toBe(0);
  expect(out).toContain(`  -        host     ${ENDPOINT}\n  -        proxy    ${proxy.shownUrl}, from HTTPS_PROXY\n`);
  expect(out.match(/^ {2}ok +(\w+)/gm)?.map((line) => line.split(/ +/).at(-1))).toEqual(["list", "write"]);
  expect(proxy.asked.map(({ target }) => target)).toEqual([TARGET]);
  expect(emulator.requests.map(({ method }) => method)).toEqual(["GET", "PATCH"]);
  expect(err).toMatch(/HTTP \d+: AGENT socket keep-alive/);
  const inHeader = Buffer.from(CREDENTIALS).toString("base64");
  for (const secret of ["canary", "us%40er", "us@er", inHeader]) expect(out + err).not.toContain(secret);
});

test.each([
  [{ status: 407 }, "(407)", "HTTPS_PROXY=http://USER:PASSWORD@127.0.0.1:"],
  [{ status: 403 }, "(403)", "HTTPS_PROXY"],
  [{ status: 502 }, "(502)", "gateway.example"],
  ["close" as const, "no connection to the proxy", "HTTPS_PROXY"],
])("a proxy that fails with %j is the only failed check", async (fault, text, next) => {
  const { emulator, proxy } = await throughProxy();
  proxy.fault(fault);

  const env = { ...envOf({ url: ENDPOINT, apiKey: emulator.apiKey }), HTTPS_PROXY: proxy.url };
  const run = await cli(["doctor", "--json"], { env });

  expect(run.code).toBe(1);
  const findings = findingsIn(run);
  expect(findings.map(({ check, status }) => `${check} ${status}`)).toEqual(["host fact", "key fact", "proxy failed"]);
  expect(findings[2]?.text).toContain(text);
  expect(findings[2]?.text).toContain(proxy.shownUrl);
  expect(findings[2]?.next).toContain(next);
  expect(run.out).not.toMatch(/canary|us(@|%40)er/);
});

test.each<[string, Record<string, string>, string]>([
  ["no variable", {}, "none: HTTPS_PROXY is not set"],
  ["HTTP_PROXY", { http_proxy: "http://p" }, "none: HTTPS_PROXY is not set (http_proxy is for plain http only)"],
  ["NO_PROXY", { HTTPS_PROXY: "http://p", NO_PROXY: "a,.Example" }, 'none: NO_PROXY has ".Example"'],
  ["a loopback endpoint", { HTTPS_PROXY: "http://p", url: "http://localhost:1" }, "none: loopback addresses"],
  ["both spellings", { HTTPS_PROXY: "http://p", https_proxy: "user:canary@q" }, "http://q, from https_proxy"],
])("doctor shows the rule that chose the proxy: %s", async (_, { url = ENDPOINT, ...env }, text) => {
  // Without an API key, the command sends no request.
  const run = await cli(["doctor", "--json"], { env: { ELEVENLABS_BASE_URL: url, ...env } });

  const [, proxy] = findingsIn(run);
  expect(proxy).toEqual({ check: "proxy", status: "fact", text: expect.stringContaining(text), next: null });
  expect(run.out).not.toContain("canary");
});

test.each(["http://user:canary#@proxy", "socks5://user:canary@proxy"])(
  "a proxy URL that can't be used is a wrong config: %s",
  async (url) => {
    const env = { ...envOf({ url: ENDPOINT, apiKey: newKey() }), HTTPS_PROXY: url };

    const run = await cli(["doctor", "--json"], { env });

    expect(run.code).toBe(1);
    const text = expect.stringMatching(/^HTTPS_PROXY /);
    expect(findingsIn(run)).toEqual([{ check: "config", status: "failed", text, next: expect.any(String) }]);
    expect(run.out).not.toContain("canary");
  },
);
