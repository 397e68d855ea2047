import { join } from "node:path";
import { CREDENTIALS, ENDPOINT, TARGET } from "./behindProxy";
import type { ForwardProxy, ForwardProxyOptions } from "./forwardProxy";
import { gatewayTo } from "./gateway";
import { environmentOf } from "./pulumiCli";
import { CERTIFICATES, serveTls, startProxy } from "./servers";
import { startStack, type TestStack } from "./testStack";

export interface StackBehindProxy {
  stack: TestStack;
  proxy: ForwardProxy;
  /** The API without the proxy, for a machine that knows its host. */
  directUrl: string;
}

/** A stack whose API only the proxy of `HTTPS_PROXY` can reach, and which nothing but the direct URL's host is known to. */
export async function startStackBehindProxy(options: Partial<ForwardProxyOptions> = {}): Promise<StackBehindProxy> {
  const stack = await startStack({ config: { "elevenlabs:baseUrl": ENDPOINT, "elevenlabs:maxRetries": "0" } });
  const api = await serveTls(gatewayTo(stack.emulator, ""), { certificate: "gateway" });
  const proxy = await startProxy({ routes: { [TARGET]: api.url }, credentials: CREDENTIALS, ...options });
  const { NODE_OPTIONS } = environmentOf(stack.folder);
  Object.assign(stack.env, {
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: CERTIFICATES.gateway,
    NODE_OPTIONS: `${NODE_OPTIONS} --require "${join(import.meta.dirname, "fakeDns.cjs")}"`,
    FAKE_DNS: JSON.stringify({ "gateway.example": "127.0.0.1" }),
  });
  return { stack, proxy, directUrl: `${ENDPOINT}:${new URL(api.url).port}` };
}

/** The forms of the proxy's password that must not be shown: as it is, in a URL, and in the header. */
export const PASSWORD_FORMS = [
  "canary",
  ...CREDENTIALS.split(":").map((part) => encodeURIComponent(part)),
  Buffer.from(CREDENTIALS).toString("base64"),
];

/** What contains the proxy's password: the outputs, or files that the engine and we have written. */
export async function leaksOfPassword(stack: TestStack, outputs: string[]): Promise<string[]> {
  const files = [...(await stack.writtenFiles())];
  const places = [...outputs.map((output, index) => [`output ${index}`, output] as const), ...files];
  return places.filter(([, text]) => PASSWORD_FORMS.some((form) => text.includes(form))).map(([place]) => place);
}
