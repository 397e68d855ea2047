import type { ApiFailure } from "../../provider/api/errors.js";
import type { DirectRule, ShownProxy } from "../../provider/api/proxy/route.js";
import { failureText } from "../../provider/messages/apiWording.js";
import { configPathText, setConfig } from "../../provider/messages/commands.js";
import { commandFor } from "../../provider/messages/phrases.js";
import type { Problem, Reader } from "../../provider/messages/problem.js";
import { removalText } from "../../provider/messages/programWording.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "../../provider/workspaces/names.js";
import type { Finding } from "./diagnosis.js";

/** The text of a finding, and the steps to fix it. */
export interface FindingWords {
  text: string;
  next: string[];
}

interface ProblemFinding {
  problem: Problem;
}

interface HostFinding {
  failure: ApiFailure;
  workspace: string;
  isVendors: boolean;
  hasProxy: boolean;
}

export const FINDING_WORDING = {
  problem: ({ problem }: ProblemFinding, reader: Reader) => labelled("", problem, reader),
  "api-host": ({ endpoint, region }: { endpoint: string; region: string | undefined }) =>
    fact(region === undefined ? endpoint : `${endpoint} (region ${region})`),
  proxy: ({ url, variable }: ShownProxy) => fact(`${url}, from ${variable}`),
  "no-proxy": ({ because }: { because: DirectRule }) => fact(`none: ${directText(because)}`),
  "key-from-environment": () => fact("from the environment variable ELEVENLABS_API_KEY"),
  "key-from-stack": ({ workspace, stack }: { workspace: string; stack: string }) =>
    fact(`from ${keyPath(workspace)} of stack ${sanitized(stack)}`),
  "key-in-plain-text": ({ workspace, isInProject }: { workspace: string; isInProject: boolean }, reader: Reader) => {
    const path = workspaceSettingPath(workspace, "apiKey");
    const others = path.steps.length > 0 ? "Set the other settings of this object for the stack too. " : "";
    return {
      text: `${keyPath(workspace)} is set in plain text; "pulumi up" refuses to use it`,
      next: [
        "Treat that key as compromised: create a new one in ElevenLabs.",
        `Then set it: ${commandFor(reader, setConfig(path, { secret: true }))}`,
        ...(isInProject ? [`${others}${removalText(path.key)}`] : []),
      ],
    };
  },
  "no-key-needed": () => fact("not set (needed only if a resource uses this workspace)"),
  "can-list": () => fact("can list secrets"),
  "can-write": () => fact("can write secrets (nothing was written)"),
  "missing-permission": ({ problem }: ProblemFinding, reader: Reader) =>
    labelled("missing permission: ", problem, reader),
  "write-unclear": ({ failure }: { failure: ApiFailure | undefined }) => {
    const why = failure ? failureText(failure) : "the API accepted a change to a secret that doesn't exist";
    return fact(`couldn't check whether the API key may write secrets: ${why}`);
  },
  "not-the-api": ({ problem }: ProblemFinding, reader: Reader) => labelled("not the API: ", problem, reader),
  "rate-limited": ({ problem }: ProblemFinding, reader: Reader) => labelled("too many requests: ", problem, reader),
  "wrong-key": ({ problem, triesRegions }: ProblemFinding & { triesRegions: boolean }, reader: Reader) => {
    const { text, next } = labelled("wrong API key: ", problem, reader);
    return { text: triesRegions ? `${text}; no other region accepts it either` : text, next };
  },
  "wrong-region": (facts: { workspace: string; endpoint: string; region: string }, reader: Reader) => {
    const { workspace, endpoint, region } = facts;
    const path = workspaceSettingPath(workspace, "region");
    const command = commandFor(reader, setConfig(path, { secret: false, value: region }));
    const variable = workspace === DEFAULT_WORKSPACE ? ` (or ELEVENLABS_REGION=${region})` : "";
    return {
      text: `wrong region: ${endpoint} doesn't accept the API key, but region ${region} does`,
      next: [`Set the region: ${command}${variable}`],
    };
  },
  "untrusted-connection": ({ failure }: HostFinding) => ({
    text: `no trusted connection: ${failureText(failure)}`,
    next: [
      "If a proxy decrypts the traffic, give Node.js its certificate: NODE_EXTRA_CA_CERTS=FILE. Check the clock too.",
    ],
  }),
  unreachable: ({ failure, workspace, isVendors, hasProxy }: HostFinding) => ({
    text: `unreachable: ${failureText(failure)}`,
    next: [
      ...(isVendors ? [] : [correctBaseUrl(workspace)]),
      hasProxy ? "Check the proxy." : "Check the network. If it requires a proxy, set HTTPS_PROXY.",
    ],
  }),
} satisfies Record<string, (facts: never, reader: Reader) => FindingWords>;

export function findingWords({ kind, facts }: Finding, reader: Reader = {}): FindingWords {
  const wording = FINDING_WORDING[kind] as (facts: object, reader: Reader) => FindingWords;
  return wording(facts, reader);
}

function fact(text: string): FindingWords {
  return { text, next: [] };
}

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

function labelled(label: string, problem: Problem, reader: Reader): FindingWords {
  const { why, next } = problem.explain(reader);
  return { text: `${label}${why}`, next };
}

function keyPath(workspace: string): string {
  return configPathText(workspaceSettingPath(workspace, "apiKey"));
}

function correctBaseUrl(workspace: string): string {
  const path = configPathText(workspaceSettingPath(workspace, "baseUrl"));
  const variable = workspace === DEFAULT_WORKSPACE ? " (or ELEVENLABS_BASE_URL)" : "";
  return `Correct ${path}${variable}, or remove it to use the region's base URL.`;
}
