import { expect, test } from "@jest/globals";
import { TARGET } from "../support/behindProxy";
import type { ProxyFault } from "../support/forwardProxy";
import { HOSTS, type HostName } from "../support/hosts";
import { closedOrigin } from "../support/servers";
import { expectError } from "../support/shownProblems";
import { leaksOfPassword, startStackBehindProxy } from "../support/stackBehindProxy";
import type { Run } from "../support/testStack";

const BOTH = Object.keys(HOSTS) as HostName[];
const ALWAYS = 100;

interface Failure {
  fault?: ProxyFault;
  env?: Record<string, string>;
  kind: string;
  facts: string[];
}

const FAILURES: Record<string, Failure> = {
  "a password is missing": { fault: { status: 407 }, kind: "proxy-refused", facts: ["HTTPS_PROXY", "(407)"] },
  "the host isn't allowed": { fault: { status: 403 }, kind: "proxy-refused", facts: ["gateway.example", "(403)"] },
  "the host is unreachable": { fault: { status: 502 }, kind: "proxy-refused", facts: ["gateway.example", "(502)"] },
  "it closes the connection": { fault: "close", kind: "proxy-unreachable", facts: ["HTTPS_PROXY"] },
  "it closes the tunnel": { fault: "close-tunnel", kind: "proxy-unreachable", facts: ["gateway.example"] },
  "it speaks another protocol": { fault: "no-http", kind: "proxy-unreachable", facts: ["HTTPS_PROXY"] },
  "it never answers": { fault: "hang", kind: "proxy-unreachable", facts: ["no response in time"] },
  "the tunnel has no TLS": { fault: "no-tls", kind: "unreachable", facts: ["NODE_EXTRA_CA_CERTS"] },
  "the certificate isn't known": { env: { NODE_EXTRA_CA_CERTS: "" }, kind: "unreachable", facts: ["CERT"] },
};

const errorsIn = ({ problems }: Run) => problems.filter(({ severity }) => severity === "error");

test.each(BOTH)("a failing proxy is one error in each step, and changes nothing: %s", async (host) => {
  const { stack, proxy } = await startStackBehindProxy({}, host);
  await stack.configure({ "elevenlabs:timeoutSeconds": "2" });
  await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
  const closed = (await closedOrigin()).replace("//", "//user:canary@");
  const failures: Record<string, Failure> = {
    ...FAILURES,
    "it isn't there": { env: { HTTPS_PROXY: closed }, kind: "proxy-unreachable", facts: ["connection refused"] },
    "it has TLS only": {
      env: { HTTPS_PROXY: proxy.url.replace("http:", "https:") },
      kind: "proxy-unreachable",
      facts: ["TLS"],
    },
  };
  const before = [stack.workspace.secrets(), await stack.secrets()];
  const env = { ...stack.env };
  const outputs: string[] = [];

  for (const { fault, env: changed = {}, kind, facts } of Object.values(failures)) {
    Object.assign(stack.env, env, changed);
    if (fault) proxy.fault(fault, ALWAYS);
    const sent = stack.emulator.requests.length;
    await stack.program('new WorkspaceSecret("A", { value: "other" });\nnew WorkspaceSecret("B", { value: "v" });');
    const up = await stack.up("--continue-on-error");
    const refresh = await stack.refresh();
    proxy.clearFaults();

    expectError(up, "A", { kind, facts: ["could not update", ...facts] });
    expectError(up, "B", { kind, facts: ["could not create", ...facts] });
    expectError(refresh, "A", { kind, facts: ["could not read", ...facts] });
    expect([errorsIn(up).length, errorsIn(refresh).length]).toEqual([2, 1]);
    outputs.push(up.output, refresh.output);
    expect(stack.emulator.requests).toHaveLength(sent);
  }

  expect(await leaksOfPassword(stack, outputs)).toEqual([]);
  expect(stack.workspace.secrets()).toEqual(before[0]);
  expect((await stack.secrets()).map(({ id }) => id)).toEqual(before[1]?.map(({ id }) => id));
  Object.assign(stack.env, env);
  expect((await stack.destroy()).code).toBe(0);
});

test.each(BOTH)("a proxy that can't be used fails at preview: %s", async (host) => {
  const { stack } = await startStackBehindProxy({}, host);
  await stack.program('new WorkspaceSecret("A", { value: "v" });');
  const outputs: string[] = [];

  for (const url of ["socks5://user:canary@proxy.example", "http://user:canary#@proxy.example"]) {
    stack.env.HTTPS_PROXY = url;
    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(errorsIn(run)).toHaveLength(1);
    expect(run.output).toContain("HTTPS_PROXY");
    outputs.push(run.output);
  }
  expect(await leaksOfPassword(stack, outputs)).toEqual([]);
});

test.each(BOTH)("https_proxy and no_proxy in lower case work: %s", async (host) => {
  const { stack, proxy } = await startStackBehindProxy({}, host);
  const { HTTPS_PROXY = "", ...env } = stack.env;
  delete stack.env.HTTPS_PROXY;
  Object.assign(stack.env, env, { https_proxy: HTTPS_PROXY, no_proxy: "127.0.0.1,localhost" });
  const program = 'new WorkspaceSecret("A", { value: "v", onInUse: "retain" });';
  await stack.deploy(program);
  const [{ id } = { id: "" }] = stack.workspace.secrets();
  stack.workspace.use(id, { agents: ["Support"] });
  // Pulumi's SDK would connect to the engine through the proxy; the plugin doesn't.
  if (host === "native") delete stack.env.no_proxy;

  const run = await stack.destroy();

  expect(run).toMatchObject({ code: 0, kinds: ["left-in-use"] });
  expect(proxy.asked.map(({ target }) => target)).toEqual([TARGET, TARGET]);
  expect(await leaksOfPassword(stack, [run.output])).toEqual([]);
});

test("an https proxy works with the engine if its certificate is known", async () => {
  const { stack, proxy } = await startStackBehindProxy({ isSecure: true });

  const run = await stack.deploy('new WorkspaceSecret("A", { value: "v" });');

  expect(run.calls).toEqual(["list", "create"]);
  expect(proxy.asked.map(({ target }) => target)).toEqual([TARGET]);
});
