import type { ApiFailure } from "../../provider/api/errors.js";
import type { DirectRule, ProxyInfo } from "../../provider/api/proxy/route.js";
import { failureText, settingPlaceText } from "../../provider/messages/api.js";
import { configPathText, setConfig } from "../../provider/messages/commands.js";
import type { Explanation, Problem, Reader } from "../../provider/messages/problem.js";
import { removalText } from "../../provider/messages/projectFile.js";
import { commandFor } from "../../provider/messages/text.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import type { CalledWorkspace } from "../../provider/workspaces/callProblems.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "../../provider/workspaces/names.js";
import { finding } from "./finding.js";

/** A workspace of the stack's config, or of an explicit provider. */
type Place = Pick<CalledWorkspace, "name" | "provider">;

interface ProblemFinding {
  problem: Problem;
}

interface HostFinding {
  failure: ApiFailure;
  workspace: Place;
  isVendors: boolean;
  hasProxy: boolean;
}

export const problemFound = finding("problem", "failed", ({ problem }: ProblemFinding, reader) =>
  labelled("", problem, reader),
);

export const apiHost = finding(
  "api-host",
  "fact",
  ({ endpoint, region }: { endpoint: string; region: string | undefined }) => [
    region === undefined ? endpoint : `${endpoint} (region ${region})`,
  ],
);

export const proxy = finding("proxy", "fact", ({ url, variable }: ProxyInfo) => [`${url}, from ${variable}`]);

export const noProxy = finding("no-proxy", "fact", ({ because }: { because: DirectRule }) => [
  `none: ${directText(because)}`,
]);

export const keyFromEnvironment = finding("key-from-environment", "fact", () => [
  "from the environment variable ELEVENLABS_API_KEY",
]);

export const keyFromStack = finding(
  "key-from-stack",
  "fact",
  ({ workspace, stack }: { workspace: string; stack: string }) => [
    `from ${keyPath(workspace)} of stack ${sanitized(stack)}`,
  ],
);

export const keyFromProvider = finding(
  "key-from-provider",
  "fact",
  ({ workspace, stack }: { workspace: Place; stack: string }) => [
    `from ${settingPlaceText(workspace, "apiKey")}, as of the last update of stack ${sanitized(stack)}`,
  ],
);

export const keyInPlainText = finding(
  "key-in-plain-text",
  "failed",
  ({ workspace, isInProject }: { workspace: string; isInProject: boolean }, reader) => {
    const path = workspaceSettingPath(workspace, "apiKey");
    const others = path.steps.length > 0 ? "Set the other settings of this object for the stack too. " : "";
    return [
      `${keyPath(workspace)} is set in plain text; "pulumi up" refuses to use it`,
      "Treat that key as compromised: create a new one in ElevenLabs.",
      `Then set it: ${commandFor(reader, setConfig(path, { secret: true }))}`,
      ...(isInProject ? [`${others}${removalText(path.key)}`] : []),
    ];
  },
);

export const noKeyNeeded = finding("no-key-needed", "fact", () => [
  "not set (needed only if a resource uses this workspace)",
]);

export const canList = finding("can-list", "ok", () => ["can list secrets"]);

export const canWrite = finding("can-write", "ok", () => ["can write secrets (nothing was written)"]);

export const missingPermission = finding("missing-permission", "failed", ({ problem }: ProblemFinding, reader) =>
  labelled("missing permission: ", problem, reader),
);

export const writeUnclear = finding("write-unclear", "warning", ({ failure }: { failure: ApiFailure | undefined }) => {
  const why = failure ? failureText(failure) : "the API accepted a change to a secret that doesn't exist";
  return [`couldn't check whether the API key may write secrets: ${why}`];
});

export const notTheApi = finding("not-the-api", "failed", ({ problem }: ProblemFinding, reader) =>
  labelled("not the API: ", problem, reader),
);

export const rateLimited = finding("rate-limited", "failed", ({ problem }: ProblemFinding, reader) =>
  labelled("too many requests: ", problem, reader),
);

export const wrongKey = finding(
  "wrong-key",
  "failed",
  ({ problem, triesRegions }: ProblemFinding & { triesRegions: boolean }, reader) => {
    const [why, ...next] = labelled("wrong API key: ", problem, reader);
    return [triesRegions ? `${why}; no other region accepts it either` : why, ...next];
  },
);

export const wrongRegion = finding(
  "wrong-region",
  "failed",
  (facts: { workspace: Place; endpoint: string; region: string }, reader) => {
    const { workspace, endpoint, region } = facts;
    const path = workspaceSettingPath(workspace.name, "region");
    const command = commandFor(reader, setConfig(path, { secret: false, value: region }));
    const variable = workspace.name === DEFAULT_WORKSPACE ? ` (or ELEVENLABS_REGION=${region})` : "";
    return [
      `wrong region: ${endpoint} doesn't accept the API key, but region ${region} does`,
      workspace.provider === undefined
        ? `Set the region: ${command}${variable}`
        : `Set ${settingPlaceText(workspace, "region")} to ${region}.`,
    ];
  },
);

export const untrustedConnection = finding("untrusted-connection", "failed", ({ failure }: HostFinding) => [
  `no trusted connection: ${failureText(failure)}`,
  "If a proxy decrypts the traffic, give Node.js its certificate: NODE_EXTRA_CA_CERTS=FILE. Check the clock too.",
]);

export const unreachable = finding(
  "unreachable",
  "failed",
  ({ failure, workspace, isVendors, hasProxy }: HostFinding) => [
    `unreachable: ${failureText(failure)}`,
    ...(isVendors ? [] : [correctBaseUrl(workspace)]),
    hasProxy ? "Check the proxy." : "Check the network. If it requires a proxy, set HTTPS_PROXY.",
  ],
);

function directText(rule: DirectRule): string {
  switch (rule.kind) {
    case "not-set":
      return rule.httpVariable === undefined
        ? "HTTPS_PROXY is not set"
        : `HTTPS_PROXY is not set (${rule.httpVariable} is for plain http only)`;
    case "loopback":
      return "loopback addresses never use the proxy";
    case "exempt":
      return `${rule.variable} has ${quoted(rule.entry)}`;
  }
}

function labelled(label: string, problem: Problem, reader: Reader): Explanation {
  const [why, ...next] = problem.explain(reader);
  return [`${label}${why}`, ...next];
}

function keyPath(workspace: string): string {
  return configPathText(workspaceSettingPath(workspace, "apiKey"));
}

function correctBaseUrl(workspace: Place): string {
  const variable = workspace.name === DEFAULT_WORKSPACE ? " (or ELEVENLABS_BASE_URL)" : "";
  return `Correct ${settingPlaceText(workspace, "baseUrl")}${variable}, or remove it to use the region's base URL.`;
}
