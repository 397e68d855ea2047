import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CREDENTIALS, ENDPOINT, TARGET } from "./behindProxy";
import type { ForwardProxy, ForwardProxyOptions } from "./forwardProxy";
import { gatewayTo } from "./gateway";
import { HOST, type HostName } from "./hosts";
import { environmentOf } from "./pulumiCli";
import { CERTIFICATES, serveTls, startProxy } from "./servers";
import { startStack, type TestStack } from "./testStack";

export interface StackBehindProxy {
  stack: TestStack;
  proxy: ForwardProxy;
  /** The API's URL without the proxy, for a machine that can resolve its host. */
  directUrl: string;
}

/** A stack whose API is reached through the proxy of `HTTPS_PROXY`. */
export async function startStackBehindProxy(
  options: Partial<ForwardProxyOptions> = {},
  host: HostName = HOST,
): Promise<StackBehindProxy> {
  const config = { "elevenlabs:baseUrl": ENDPOINT, "elevenlabs:maxRetries": "0" };
  // Node.js reads the certificates, and loads the DNS of the test, only when a process starts.
  const stack = await startStack({ config, host, inOwnProcess: true });
  const api = await serveTls(gatewayTo(stack.emulator, ""), { certificate: "gateway" });
  const proxy = await startProxy({ routes: { [TARGET]: api.url }, credentials: CREDENTIALS, ...options });
  // Writes both certificates to one file, because Node.js reads only one file.
  const certificates = join(stack.folder, "certificates.pem");
  const pems = await Promise.all(Object.values(CERTIFICATES).map((file) => readFile(file, "utf8")));
  await writeFile(certificates, pems.join(""));
  const { NODE_OPTIONS } = environmentOf(stack.folder);
  Object.assign(stack.env, {
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: certificates,
    NODE_OPTIONS: `${NODE_OPTIONS} --require "${join(import.meta.dirname, "fakeDns.cjs")}"`,
  });
  return { stack, proxy, directUrl: `${ENDPOINT}:${new URL(api.url).port}` };
}

/** The encodings of the proxy's password that must not be shown: unchanged, in a URL, and in the header. */
export const PASSWORD_FORMS = [
  "canary",
  ...CREDENTIALS.split(":").map((part) => encodeURIComponent(part)),
  Buffer.from(CREDENTIALS).toString("base64"),
];

/** Lists the outputs and the written files that contain the proxy's password. */
export async function leaksOfPassword(stack: TestStack, outputs: string[]): Promise<string[]> {
  const files = [...(await stack.writtenFiles())];
  const places = [...outputs.map((output, index) => [`output ${index}`, output] as const), ...files];
  return places.filter(([, text]) => PASSWORD_FORMS.some((form) => text.includes(form))).map(([place]) => place);
}
