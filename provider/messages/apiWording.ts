import type { ApiFailure } from "../api/errors.js";
import type { ShownProxy } from "../api/proxyRoute.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "../pulumi/configPath.js";
import { configPathText, ownCommand, pulumiRefresh, setConfig } from "./commands.js";
import { commandFor, type Reader, type Wording } from "./phrases.js";
import { quoted } from "./sanitize.js";

/** What is known of a call that failed. */
export interface FailedCall {
  failure: ApiFailure;
  workspace: CalledWorkspace;
  /** Whether the engine may have given the config of the last update, as in a refresh or destroy without the program. */
  configMayBeStale: boolean;
}

export interface CalledWorkspace {
  name: string;
  /** The base URL of the API, such as `https://api.elevenlabs.io`. */
  endpoint: string;
  /** Where its API key comes from. */
  keySource: "config" | "environment" | undefined;
}

/** Why a call failed, in words. */
export function failureText(failure: ApiFailure): string {
  switch (failure.kind) {
    case "answered": {
      const { status, words, requestId } = failure;
      if (words === undefined) return `something answered ${status}, but not in the API's form`;
      return `the API answered ${status}${requestId ? ` (request ${requestId})` : ""}: ${words}`;
    }
    case "timeout":
      return `${failure.host} did not answer within ${failure.seconds} s`;
    case "connection-lost":
      return `the connection to ${failure.host} was lost${failure.code ? ` (${failure.code})` : ""}`;
    case "cancelled":
      return failure.isOutOfTime ? "it took longer than the resource's customTimeouts allow" : "it was cancelled";
    case "request-failed":
      return `the request to ${failure.host} failed`;
    case "untrusted-tls":
      return `no trusted TLS connection to ${failure.host} (${failure.code})`;
    case "no-connection":
      return `no connection to ${failure.host}: ${connectionText(failure.code)}`;
    case "proxy-refused":
      return proxyAnswerText(failure);
    case "proxy-unreachable":
      return `no connection to the proxy ${failure.proxy.url}: ${connectionText(failure.code)}`;
    case "proxy-untrusted":
      return `no trusted TLS connection to the proxy ${failure.proxy.url} (${failure.code})`;
    case "tunnel-lost":
      return `no connection to ${failure.host} through the proxy ${failure.proxy.url}: ${connectionText(failure.code)}`;
    case "too-large":
      return `${failure.host} sent a larger answer than the API ever does`;
    case "not-json":
      return "the answer is not JSON";
    case "unexpected-shape":
      return `the answer does not have the API's form (at ${failure.place})`;
    case "endless-pages":
      return "the pages of the listing never end";
    case "invalid-id":
      return `${quoted(failure.id)} is not the id of a secret`;
    case "no-api-key":
      return "there is no API key";
    case "malformed-api-key":
      return "the API key contains characters that no key has, such as a space or a line break";
  }
}

const CONNECTION_TEXTS: Record<string, string | undefined> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host (DNS)",
  EAI_AGAIN: "the host name could not be looked up (DNS)",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no network",
  ECONNRESET: "the connection was closed",
  ETIMEDOUT: "no answer in time",
};

function connectionText(code: string): string {
  if (code.startsWith("HPE_")) return `the answer isn't that of an HTTP proxy (${code})`;
  return CONNECTION_TEXTS[code] ?? code;
}

type ProxyRefusal = ApiFailure & { kind: "proxy-refused" };

function proxyAnswerText({ proxy, host, status }: ProxyRefusal): string {
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
    ? `Check that the proxy, which ${proxy.variable} names, can reach ${host}.`
    : `Allow ${host} in the rules of the proxy, which ${proxy.variable} names.`;
}

function withoutProxy(host: string): string {
  return `If ${host} can be called directly, add it to NO_PROXY.`;
}

const missingKey: Wording<FailedCall> = ({ failure, workspace, configMayBeStale }, reader) => {
  const command = setKey(workspace.name, reader);
  const why = failureText(failure);
  if (workspace.name !== DEFAULT_WORKSPACE) {
    return { why, next: [`Set the API key: ${command}`, ...(configMayBeStale ? [`Then ${WITH_PROGRAM}.`] : [])] };
  }
  const next = configMayBeStale
    ? [`Set the API key: ${command}`, `Then ${WITH_PROGRAM}. Or set the environment variable ELEVENLABS_API_KEY.`]
    : [`Set the API key: ${command}`, "Or set the environment variable ELEVENLABS_API_KEY."];
  return { why, next };
};

const PRIVATE_AUTHORITY =
  "If its certificate is from a private authority, as behind many proxies, set NODE_EXTRA_CA_CERTS to that authority's file.";

function unreachableProxyAdvice(failure: ApiFailure & { proxy: ShownProxy }): string {
  const { variable } = failure.proxy;
  if (failure.kind === "proxy-untrusted") {
    return `Check ${variable}. For a certificate from a private authority, set NODE_EXTRA_CA_CERTS to that authority's file.`;
  }
  return `Check the proxy, which ${variable} names. Then run the same command again; what is already done is kept.`;
}

/** For a config that the engine may have taken from the state. */
export const WITH_PROGRAM = "run the same command with --run-program";

export const API_WORDING = {
  "no-api-key": missingKey,
  "malformed-api-key": missingKey,
  unauthorized: ({ failure, workspace, configMayBeStale }: FailedCall, reader: Reader) => {
    const { name, endpoint, keySource } = workspace;
    const why = failureText(failure);
    if (configMayBeStale && keySource === "config") {
      const next = [
        `The API key comes from the last update. If you changed it since then, ${WITH_PROGRAM}.`,
        `Otherwise, set a valid key: ${setKey(name, reader)}`,
      ];
      return { why, next };
    }
    if (keySource === "environment") {
      return { why, next: [`Set ELEVENLABS_API_KEY to an API key of a workspace at ${endpoint}.`] };
    }
    return { why, next: [`Set an API key of a workspace at ${endpoint}: ${setKey(name, reader)}`] };
  },
  "missing-permission": ({ failure }: FailedCall) => ({
    why: failureText(failure),
    next: ["In the settings of ElevenLabs, allow the API key to read and write ElevenLabs Agents (workspace secrets)."],
  }),
  "rate-limited": ({ failure, configMayBeStale }: FailedCall) => {
    const withProgram = configMayBeStale ? " and --run-program" : "";
    const next = [`Run the same command again later, or with a lower elevenlabs:maxConcurrency${withProgram}.`];
    return { why: failureText(failure), next };
  },
  "not-the-api": ({ failure, workspace }: FailedCall) => {
    const baseUrl = configPathText(workspaceSettingPath(workspace.name, "baseUrl"));
    const next = [
      `The API was expected at ${workspace.endpoint}. Check the region, ${baseUrl}, and any proxy in between.`,
    ];
    return { why: failureText(failure), next };
  },
  refused: ({ failure }: FailedCall) => ({
    why: failureText(failure),
    next: ["Correct what the API names, then run the same command again."],
  }),
  "not-found": ({ failure }: FailedCall, reader: Reader) => ({
    why: failureText(failure),
    next: [`Refresh the state, then run the same command again: ${commandFor(reader, pulumiRefresh())}`],
  }),
  "api-failure": ({ failure }: FailedCall) => ({
    why: failureText(failure),
    next: ["The API failed, probably for a short time. Run the same command again; what is already done is kept."],
  }),
  "proxy-refused": ({ failure }: FailedCall) => ({
    why: failureText(failure),
    next: failure.kind === "proxy-refused" ? [proxyAdvice(failure), withoutProxy(failure.host)] : [],
  }),
  "proxy-unreachable": ({ failure }: FailedCall) => ({
    why: failureText(failure),
    next: "proxy" in failure ? [unreachableProxyAdvice(failure), withoutProxy(failure.host)] : [],
  }),
  unreachable: ({ failure, workspace }: FailedCall) => ({
    why: failureText(failure),
    next: [
      ...(failure.kind === "untrusted-tls" ? [PRIVATE_AUTHORITY] : []),
      `Check that this machine can reach ${workspace.endpoint}. Then run the same command again; what is already done is kept.`,
    ],
  }),
  cancelled: ({ failure }: FailedCall) => {
    const isOutOfTime = failure.kind === "cancelled" && failure.isOutOfTime;
    const again = "Run the same command again; what is already done is kept.";
    return { why: failureText(failure), next: [isOutOfTime ? `Allow more time in customTimeouts. ${again}` : again] };
  },
  "invalid-id": ({ failure }: FailedCall, reader: Reader) => ({
    why: failureText(failure),
    next: [`Check the id of the secret. To list all secrets: ${commandFor(reader, ownCommand("list"))}`],
  }),
} satisfies Record<string, Wording<never>>;

function setKey(workspace: string, reader: Reader): string {
  return commandFor(reader, setConfig(workspaceSettingPath(workspace, "apiKey"), { secret: true }));
}
