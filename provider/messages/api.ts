import type { ApiFailure } from "../api/errors.js";
import type { ProxyInfo } from "../api/proxy/route.js";
import { quoted } from "../text/sanitize.js";
import type { CalledWorkspace, FailedCall } from "../workspaces/callProblems.js";
import type { WorkspaceSetting } from "../workspaces/declaredSettings.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "../workspaces/names.js";
import { configPathText, ownCommand, pulumiRefresh, setConfig, WITH_PROGRAM } from "./commands.js";
import { problem, type Reader, type Wording } from "./problem.js";
import { capitalized, commandFor } from "./text.js";
/** Returns the reason why a call failed. */
export function failureText(failure: ApiFailure): string {
  switch (failure.kind) {
    case "status": {
      const { status, message, requestId } = failure;
      if (message === undefined) return `received status ${status}, but not from the ElevenLabs API`;
      return `the API returned ${status}${requestId ? ` (request ${requestId})` : ""}: ${message}`;
    }
    case "timeout":
      return `${failure.host} did not respond within ${failure.seconds} s`;
    case "connection-lost":
      return `the connection to ${failure.host} was lost${failure.code ? ` (${failure.code})` : ""}`;
    case "cancelled":
      return failure.isOutOfTime ? "the time limit in customTimeouts was reached" : "it was cancelled";
    case "request-failed":
      return `the request to ${failure.host} failed`;
    case "untrusted-tls":
      return `no trusted TLS connection to ${failure.host} (${failure.code})`;
    case "no-connection":
      return `no connection to ${failure.host}: ${connectionText(failure.code)}`;
    case "proxy-refused":
      return proxyResponseText(failure);
    case "proxy-unreachable":
      return `no connection to the proxy ${failure.proxy.url}: ${connectionText(failure.code)}`;
    case "proxy-untrusted":
      return `no trusted TLS connection to the proxy ${failure.proxy.url} (${failure.code})`;
    case "tunnel-lost":
      return `no connection to ${failure.host} through the proxy ${failure.proxy.url}: ${connectionText(failure.code)}`;
    case "too-large":
      return `${failure.host} sent a response of more than 64 MB, which isn't from the API`;
    case "not-json":
      return "the response is not JSON";
    case "unexpected-shape":
      return `the response doesn't match the API's documented format (at ${failure.place})`;
    case "endless-pages":
      return "the list has more than 1,000 pages or repeats one";
    case "invalid-id":
      return `${quoted(failure.id)} is not the id of a secret`;
    case "no-api-key":
      return "there is no API key";
    case "malformed-api-key":
      return "the API key contains a character that isn't allowed in an API key, such as a space or a line break";
  }
}

const CONNECTION_TEXTS: Record<string, string | undefined> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host (DNS)",
  EAI_AGAIN: "the host name could not be looked up (DNS)",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no network",
  ECONNRESET: "the connection was closed",
  ETIMEDOUT: "no response in time",
};

function connectionText(code: string): string {
  if (code.startsWith("HPE_")) return `the server at this address isn't an HTTP proxy (${code})`;
  return CONNECTION_TEXTS[code] ?? code;
}

type ProxyRefusal = ApiFailure & { kind: "proxy-refused" };

function proxyResponseText({ proxy, host, status }: ProxyRefusal): string {
  if (status === 407) {
    return proxy.hasCredentials
      ? `the proxy ${proxy.url} does not accept its user name or password (407)`
      : `the proxy ${proxy.url} requires a user name and a password (407)`;
  }
  const verb = status >= 500 ? "could not" : "refuses to";
  return `the proxy ${proxy.url} ${verb} connect to ${host} (${status})`;
}

function proxyAdvice({ proxy, host, status }: ProxyRefusal): string {
  const url = new URL(proxy.url);
  if (status === 407) return `Set ${proxy.variable}=${url.protocol}//USER:PASSWORD@${url.host}`;
  return status >= 500
    ? `Check that the proxy in ${proxy.variable} can reach ${host}.`
    : `Allow ${host} in the rules of the proxy in ${proxy.variable}.`;
}

function withoutProxy(host: string): string {
  return `If ${host} can be called directly, add it to NO_PROXY.`;
}

const missingKey: Wording<FailedCall> = ({ failure, workspace, configMayBeStale }, reader) => {
  const set = `Set ${settingText("the API key", workspace, reader)}`;
  const why = failureText(failure);
  if (workspace.name !== DEFAULT_WORKSPACE) {
    return [why, set, ...(configMayBeStale ? [`Then ${WITH_PROGRAM}.`] : [])];
  }
  const next = configMayBeStale
    ? [set, `Then ${WITH_PROGRAM}. Or set the environment variable ELEVENLABS_API_KEY.`]
    : [set, "Or set the environment variable ELEVENLABS_API_KEY."];
  return [why, ...next];
};

const PRIVATE_AUTHORITY =
  "If the certificate is from a private certificate authority (common behind corporate proxies), set NODE_EXTRA_CA_CERTS to the authority's file.";

function unreachableProxyAdvice(failure: ApiFailure & { proxy: ProxyInfo }): string {
  const { variable } = failure.proxy;
  if (failure.kind === "proxy-untrusted") {
    return `Check ${variable}. If the certificate is from a private certificate authority, set NODE_EXTRA_CA_CERTS to the authority's file.`;
  }
  return `Check the proxy in ${variable}, then ${AGAIN}`;
}

const AGAIN = "run the command again. Finished changes are kept.";

/**
 * A `refresh` or `destroy` uses the config of the last update. If you have set the key in the config since then, add
 * `--run-program`.
 */
export const noApiKey = problem("no-api-key", missingKey);

/** Often, a space or a line break was copied with the key. */
export const malformedApiKey = problem("malformed-api-key", missingKey);

/**
 * The key is wrong, revoked, or belongs to another region. After a rotation, a `refresh` or `destroy` still uses the
 * old key. `pulumi-elevenlabs doctor` distinguishes a wrong key from a wrong region.
 */
export const unauthorized = problem("unauthorized", ({ failure, workspace, configMayBeStale }: FailedCall, reader) => {
  const { endpoint, keySource } = workspace;
  const why = failureText(failure);
  if (configMayBeStale && keySource === "config") {
    const next = [
      `This command used the API key of the last update. If you have changed the key since then, ${WITH_PROGRAM}.`,
      `Otherwise, set ${settingText("a valid key", workspace, reader)}`,
    ];
    return [why, ...next];
  }
  if (keySource === "environment") {
    return [why, `Set ELEVENLABS_API_KEY to the key of a workspace at ${endpoint}.`];
  }
  return [why, `Set ${settingText(`the key of a workspace at ${endpoint}`, workspace, reader)}`];
});

export const missingPermission = problem("missing-permission", ({ failure }: FailedCall) => [
  failureText(failure),
  "In the settings of ElevenLabs, allow the API key to read and write ElevenLabs Agents (workspace secrets).",
]);

/** The API still returned 429 (too many requests) after all retries. */
export const rateLimited = problem("rate-limited", ({ failure, configMayBeStale }: FailedCall) => {
  const withProgram = configMayBeStale ? " and --run-program" : "";
  const next = [`Run the command again later, or with a lower elevenlabs:maxConcurrency${withProgram}.`];
  return [failureText(failure), ...next];
});

/** Another server responded, for example a proxy or a login page. Or the region or base URL is wrong. */
export const notTheApi = problem("not-the-api", ({ failure, workspace }: FailedCall) => {
  const baseUrl = settingPlaceText(workspace, "baseUrl");
  const next = [
    `The provider expects the API at ${workspace.endpoint}. Check the region, ${baseUrl}, and any proxy on the way to the API.`,
  ];
  return [failureText(failure), ...next];
});

export const refused = problem("refused", ({ failure }: FailedCall) => [
  failureText(failure),
  "Fix the problem that the API reports, then run the command again.",
]);

export const notFound = problem("not-found", ({ failure }: FailedCall, reader) => [
  failureText(failure),
  ...refreshAdvice(reader),
]);

/** The API still returned this error after all retries. */
export const apiFailure = problem("api-failure", ({ failure }: FailedCall) => [
  failureText(failure),
  `The API reported an internal error, which is usually temporary. ${capitalized(AGAIN)}`,
]);

/**
 * The proxy returned 407 (user name or password missing or wrong), 403 (its rules don't allow the host), or 502 to 504
 * (it can't reach the host). Nothing was sent to the API. See [proxies](network.md#proxies).
 */
export const proxyRefused = problem("proxy-refused", ({ failure }: FailedCall) => [
  failureText(failure),
  ...(failure.kind === "proxy-refused" ? [proxyAdvice(failure), withoutProxy(failure.host)] : []),
]);

/**
 * If your company has its own certificate authority, set
 * [`NODE_EXTRA_CA_CERTS`](network.md#private-certificate-authorities).
 */
export const proxyUnreachable = problem("proxy-unreachable", ({ failure }: FailedCall) => [
  failureText(failure),
  ...("proxy" in failure ? [unreachableProxyAdvice(failure), withoutProxy(failure.host)] : []),
]);

/**
 * In a company's network, you may need a [proxy](network.md#proxies) or its [certificate
 * authority](network.md#private-certificate-authorities).
 */
export const unreachable = problem("unreachable", ({ failure, workspace }: FailedCall) => [
  failureText(failure),
  ...(failure.kind === "untrusted-tls" ? [PRIVATE_AUTHORITY] : []),
  `Check that this machine can reach ${workspace.endpoint}, then ${AGAIN}`,
]);

/** With the native plugin, you interrupted the command, or the resource's `customTimeouts` ended the call. */
export const cancelled = problem("cancelled", ({ failure }: FailedCall) => {
  const isOutOfTime = failure.kind === "cancelled" && failure.isOutOfTime;
  const again = capitalized(AGAIN);
  return [failureText(failure), isOutOfTime ? `Allow more time in customTimeouts. ${again}` : again];
});

export const invalidId = problem("invalid-id", ({ failure }: FailedCall, reader) => [
  failureText(failure),
  `Check the id of the secret. To list all secrets: ${commandFor(reader, ownCommand("list"))}`,
]);

/** The advice for a state that has a secret which the workspace lacks. */
export function refreshAdvice(reader: Reader): string[] {
  return [`Refresh the state: ${commandFor(reader, pulumiRefresh())}`, "Then run the command again."];
}

/** The place of a workspace's setting: the config, or the arguments of an explicit provider. */
export function settingPlaceText(
  { name, provider }: Pick<CalledWorkspace, "name" | "provider">,
  setting: WorkspaceSetting,
): string {
  const path = configPathText(workspaceSettingPath(name, setting));
  return provider === undefined
    ? path
    : `${path.replace("elevenlabs:", "")} of provider ${quoted(provider)} in the program`;
}

/** The end of an advice to set a setting: a command for the stack's config, or the argument of an explicit provider. */
export function settingText(
  what: string,
  { name, provider }: Pick<CalledWorkspace, "name" | "provider">,
  reader: Reader,
  baseUrl?: string,
): string {
  const setting = baseUrl === undefined ? "apiKey" : "baseUrl";
  if (provider !== undefined) return `${settingPlaceText({ name, provider }, setting)} to ${what}.`;
  const given = baseUrl === undefined ? { secret: true } : { secret: false, value: baseUrl };
  return `${what}: ${commandFor(reader, setConfig(workspaceSettingPath(name, setting), given))}`;
}
