import * as render from "../../cli/render/wording";
import * as commandLine from "../../cli/wording";
import type { Dependent } from "../../provider/api/client";
import type { ApiFailure, StatusFailure } from "../../provider/api/errors";
import * as component from "../../provider/component/wording";
import * as remote from "../../provider/hosts/plugin/component/wording";
import * as api from "../../provider/messages/api";
import * as check from "../../provider/messages/check";
import * as config from "../../provider/messages/config";
import * as environment from "../../provider/messages/environment";
import type { Action, CheckFailure, Message, Problem, Reader } from "../../provider/messages/problem";
import * as secret from "../../provider/messages/secret";
import type { OwnedFacts } from "../../provider/ownership/ownership";
import { configPath } from "../../provider/pulumi/configPath";
import type { FailedCall } from "../../provider/workspaces/callProblems";
import { workspaceSettingPath } from "../../provider/workspaces/names";
import type { ConfigFault } from "../../provider/workspaces/settings";
import * as program from "../../sdk/nodejs/wording";

/** The modules that declare the kinds of messages. */
const ROOMS = [api, check, commandLine, component, config, environment, program, remote, render, secret];
const KINDS = {
  ...api,
  ...check,
  ...commandLine,
  ...component,
  ...config,
  ...environment,
  ...program,
  ...remote,
  ...render,
  ...secret,
};
type Kinds = typeof KINDS;

/** A function that creates the messages of one kind. */
type Create = { kind: string } & ((...args: unknown[]) => Message);

/** All of these functions, with their names. */
export const ALL_KINDS = ROOMS.flatMap((room) => Object.entries<unknown>(room)).filter(
  (entry): entry is [string, Create] => "kind" in Object(entry[1]),
);

/** The names of the functions that create a message of this class. */
type NamesOf<Created> = {
  [Name in keyof Kinds]: Kinds[Name] extends { kind: string } & ((...args: never[]) => Created) ? Name : never;
}[keyof Kinds];
type ProblemName = NamesOf<Problem>;
type CheckFailureName = NamesOf<CheckFailure>;
type WarningName = Exclude<NamesOf<Message>, CheckFailureName>;

interface ProblemExample<Facts = object> {
  facts: Facts;
  action: Action;
  reader?: Reader;
}

// Examples by kind, and then by the branch of the wording that the example covers.
type ProblemExamples = { [Name in ProblemName]: Record<string, ProblemExample<Parameters<Kinds[Name]>[0]>> };
type CheckFailureExamples = { [Name in CheckFailureName]: Record<string, Parameters<Kinds[Name]>[1]> };
type WarningExamples = { [Name in WarningName]: Record<string, Parameters<Kinds[Name]>[0]> };

const ENDPOINT = "https://api.example";
/** A reader who has named a stack. */
const OF_PROD: Reader = { stackArguments: ["--stack", "prod"] };

const CREATE: Action = { step: "create secret", name: "CRM", workspace: "default" };
const READ: Action = { step: "read secret", name: "CRM", id: "sec_1", workspace: "default" };
const UPDATE: Action = { step: "update secret", name: "CRM", id: "sec_1", workspace: "default" };
const DELETE: Action = { step: "delete secret", name: "CRM", id: "sec_1", workspace: "eu" };
const LOOK_UP: Action = { step: "look up secret", name: "CRM", workspace: "default" };
const USE_CONFIG: Action = { step: "use the config" };
const START: Action = { step: "start pulumi-elevenlabs" };

const DEPENDENTS: Dependent[] = [
  { kind: "agents", id: "agent_1", name: "Support" },
  { kind: "tools", id: "tool_1" },
  { kind: "others", name: "conversation_initiation_webhook" },
];
const TWO_SECRETS = [
  { id: "sec_1", name: "CRM" },
  { id: "sec_2", name: "CRM" },
];

const IN_STATE: OwnedFacts = {
  id: "sec_1",
  resource: "crm",
  urn: "urn:pulumi:prod::app::elevenlabs:index:WorkspaceSecret::crm",
  where: "state",
};
const OF_STRANGER: OwnedFacts = {
  ...IN_STATE,
  urn: "urn:pulumi:prod::app::pulumi-nodejs:dynamic:Resource::crm",
  strangerType: "pulumi-nodejs:dynamic:Resource",
};

function answered(status: number): StatusFailure {
  return { kind: "status", status, message: "The message of the API." };
}

/** A response that isn't in the API's format. */
function foreign(status: number): StatusFailure {
  return { kind: "status", status };
}

interface CallOptions {
  workspace?: string;
  provider?: string;
  keySource?: "config" | "environment";
  configMayBeStale?: boolean;
  reader?: Reader;
}

/** A call that failed, as the facts of a problem. */
function failedCall(
  failure: ApiFailure,
  { workspace = "default", provider, keySource = "config", configMayBeStale = false, reader }: CallOptions = {},
): { facts: FailedCall; action: Action; reader?: Reader } {
  return {
    facts: { failure, workspace: { name: workspace, provider, endpoint: ENDPOINT, keySource }, configMayBeStale },
    action: { ...UPDATE, workspace },
    ...(reader && { reader }),
  };
}

function missingKeyExamples(kind: "no-api-key" | "malformed-api-key") {
  return {
    "in the current config": failedCall({ kind }),
    "in a config that may be stale": failedCall({ kind }, { configMayBeStale: true }),
    "in a named workspace": failedCall({ kind }, { workspace: "eu" }),
    "in a named workspace of a config that may be stale": failedCall(
      { kind },
      { workspace: "eu", configMayBeStale: true },
    ),
    "for a reader with a stack": failedCall({ kind }, { reader: OF_PROD }),
  };
}

const UNREACHABLE: Record<string, ApiFailure> = {
  timeout: { kind: "timeout", host: "api.example", seconds: 30 },
  "lost connection": { kind: "connection-lost", host: "api.example", code: "ECONNRESET" },
  "lost connection without a code": { kind: "connection-lost", host: "api.example" },
  "failed request": { kind: "request-failed", host: "api.example" },
  "untrusted TLS": { kind: "untrusted-tls", host: "api.example", code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
  "refused connection": { kind: "no-connection", host: "api.example", code: "ECONNREFUSED" },
  "unknown host": { kind: "no-connection", host: "api.example", code: "ENOTFOUND" },
  "failed DNS": { kind: "no-connection", host: "api.example", code: "EAI_AGAIN" },
  "no route": { kind: "no-connection", host: "api.example", code: "EHOSTUNREACH" },
  "no network": { kind: "no-connection", host: "api.example", code: "ENETUNREACH" },
  "another code": { kind: "no-connection", host: "api.example", code: "EACCES" },
};

const PROXY = { url: "http://proxy.example:3128", variable: "HTTPS_PROXY", hasCredentials: false };
const refusedByProxy = (status: number, proxy = PROXY): ApiFailure => ({
  kind: "proxy-refused",
  proxy,
  host: "api.example",
  status,
});

const PROXY_REFUSED: Record<string, ApiFailure> = {
  "no password": refusedByProxy(407),
  "a wrong password": refusedByProxy(407, { ...PROXY, variable: "https_proxy", hasCredentials: true }),
  "a rule": refusedByProxy(403),
  "an unreachable host": refusedByProxy(502),
};

const NO_PROXY_CONNECTION: Record<string, ApiFailure> = {
  "a refused connection": { kind: "proxy-unreachable", proxy: PROXY, host: "api.example", code: "ECONNREFUSED" },
  "an unknown host": { kind: "proxy-unreachable", proxy: PROXY, host: "api.example", code: "ENOTFOUND" },
  "a closed connection": { kind: "proxy-unreachable", proxy: PROXY, host: "api.example", code: "ECONNRESET" },
  "a timeout": { kind: "proxy-unreachable", proxy: PROXY, host: "api.example", code: "ETIMEDOUT" },
  "a server that isn't a proxy": { kind: "proxy-unreachable", proxy: PROXY, host: "api.example", code: "HPE_INVALID" },
  "untrusted TLS": { kind: "proxy-untrusted", proxy: PROXY, host: "api.example", code: "SELF_SIGNED_CERT_IN_CHAIN" },
  "a lost tunnel": { kind: "tunnel-lost", proxy: PROXY, host: "api.example", code: "ECONNRESET" },
};

const NOT_THE_API: Record<string, ApiFailure> = {
  "an error in another format": foreign(404),
  "a large response": { kind: "too-large", host: "api.example" },
  "a response without JSON": { kind: "not-json" },
  "a response in another format": { kind: "unexpected-shape", place: "secrets.0.secret_id" },
  "endless pages": { kind: "endless-pages" },
};

const AT_CONFIG = { config: configPath("elevenlabs:region") };
const AT_EU = { config: workspaceSettingPath("eu", "region") };
const KNOWN_REGIONS = ["global", "us", "eu"];
const AT_BASE_URL = { config: configPath("elevenlabs:baseUrl") };

const CONFIG_FAULTS: Record<string, ConfigFault> = {
  "a number above 0": {
    kind: "number-out-of-range",
    key: "timeoutSeconds",
    given: "soon",
    isWhole: false,
    isZeroAllowed: false,
    default: 30,
  },
  "a whole number": {
    kind: "number-out-of-range",
    key: "maxRetries",
    given: "\u001b[2J",
    isWhole: true,
    isZeroAllowed: true,
    default: 4,
  },
  "a whole number above 0": {
    kind: "number-out-of-range",
    key: "maxConcurrency",
    given: "0.5",
    isWhole: true,
    isZeroAllowed: false,
    default: 16,
  },
  "the default workspace among the named ones": { kind: "default-workspace-described" },
  "an unknown workspace": { kind: "workspace-unknown", name: "us", known: ["default", "eu"] },
  "an unknown workspace with special characters": { kind: "workspace-unknown", name: "it's\n", known: ["default"] },
  "malformed workspaces": { kind: "workspaces-malformed" },
  "one malformed workspace": { kind: "workspaces-malformed", place: "eu.apiKey" },
  "a base URL that only the environment has": { kind: "base-url-of-environment", workspace: "eu" },
  "an unknown region": { kind: "region-unknown", place: AT_CONFIG, given: "mars", known: KNOWN_REGIONS },
  "an unknown region of a workspace": { kind: "region-unknown", place: AT_EU, given: "mars", known: KNOWN_REGIONS },
  "an unknown region of a workspace with a dot": {
    kind: "region-unknown",
    place: { config: workspaceSettingPath("a.b", "region") },
    given: "mars",
    known: KNOWN_REGIONS,
  },
  "an unknown region of a workspace with a quote": {
    kind: "region-unknown",
    place: { config: workspaceSettingPath("it's", "region") },
    given: "mars",
    known: KNOWN_REGIONS,
  },
  "an unknown region of the environment": {
    kind: "region-unknown",
    place: { variable: "ELEVENLABS_REGION" },
    given: "mars",
    known: KNOWN_REGIONS,
  },
  "a base URL that isn't a URL": { kind: "base-url-invalid", place: AT_BASE_URL, fault: "not-a-url" },
  "a base URL with a password": { kind: "base-url-invalid", place: AT_BASE_URL, fault: "has-credentials" },
  "a base URL with a query": { kind: "base-url-invalid", place: AT_BASE_URL, fault: "has-query" },
  "a base URL of ElevenLabs with a path": { kind: "base-url-invalid", place: AT_BASE_URL, fault: "has-path-of-vendor" },
  "a base URL with the path of the API": { kind: "base-url-invalid", place: AT_BASE_URL, fault: "has-path-of-api" },
  "a base URL with http": { kind: "base-url-invalid", place: AT_BASE_URL, fault: "not-https" },
  "a base URL of a workspace": {
    kind: "base-url-invalid",
    place: { config: workspaceSettingPath("eu", "baseUrl") },
    fault: "has-credentials",
  },
  "a malformed proxy": { kind: "proxy-invalid", variable: "HTTPS_PROXY", fault: "malformed" },
  "a proxy of another kind": { kind: "proxy-invalid", variable: "https_proxy", fault: "not-http" },
  "a base URL of the environment": {
    kind: "base-url-invalid",
    place: { variable: "ELEVENLABS_BASE_URL" },
    fault: "not-a-url",
  },
  "a misspelled setting": { kind: "setting-unknown", key: "regoin", known: ["apiKey", "region"] },
  "a setting that resembles none": { kind: "setting-unknown", key: "colour", known: ["apiKey", "region"] },
};
const [FIRST_FAULT, SECOND_FAULT] = Object.values(CONFIG_FAULTS) as [ConfigFault, ConfigFault];
const TWO_LINES_OF_ADVICE = CONFIG_FAULTS["a base URL that only the environment has"] as ConfigFault;

function mapped<T, U>(examples: Record<string, T>, change: (example: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(examples).map(([title, example]) => [title, change(example)]));
}

const HELP = "pulumi-elevenlabs list --help";
const RENDER: Action = { step: "render", name: "agents" };
const NAME_FAULT = {
  name: "CRM",
  ids: [],
  places: [{ file: "tool_configs/crm.json", place: "/api_schema/request_headers/Authorization/secret_id" }],
};
const RUN_COMMAND: Action = { step: "run pulumi-elevenlabs list" };

const PROBLEMS: ProblemExamples = {
  // The life of a secret.
  nameTaken: {
    "without dependents": { facts: { id: "sec_1", dependents: [] }, action: CREATE },
    "by another spelling": { facts: { id: "sec_1", dependents: [], spelling: "crm" }, action: CREATE },
    "with dependents": { facts: { id: "sec_1", dependents: DEPENDENTS }, action: CREATE },
    "with dependents that could not be read": { facts: { id: "sec_1", dependents: undefined }, action: CREATE },
    "by the secret of the resource itself": { facts: { id: "sec_1", dependents: [], isOwn: true }, action: CREATE },
    "by the secret of the resource itself, in a WorkspaceSecrets": {
      facts: { id: "sec_1", dependents: [], isOwn: true, isInComponent: true },
      action: CREATE,
    },
    "in a WorkspaceSecrets": { facts: { id: "sec_1", dependents: [], isInComponent: true }, action: CREATE },
  },
  severalWithThisName: {
    "at create": { facts: { secrets: TWO_SECRETS, chooseBy: "existingId" }, action: CREATE },
    "in a function": { facts: { secrets: TWO_SECRETS, chooseBy: "secretId" }, action: LOOK_UP },
    "on the command line": { facts: { secrets: TWO_SECRETS, chooseBy: "--id" }, action: LOOK_UP },
    "at import": {
      facts: { secrets: TWO_SECRETS, chooseBy: "import" },
      action: { step: "import secret", name: "CRM" },
    },
  },
  existingIdNotFound: {
    "in the default workspace": { facts: { id: "sec_1", workspace: "default" }, action: CREATE },
    "for a reader with a stack": { facts: { id: "sec_1", workspace: "eu" }, action: CREATE, reader: OF_PROD },
  },
  idNotFound: { always: { facts: { workspace: "default" }, action: { step: "read secret", name: "sec_1" } } },
  keptValueHasOtherName: { always: { facts: { id: "sec_1", liveName: "CRM_OLD" }, action: CREATE } },
  ownedByOther: {
    "in the state": { facts: IN_STATE, action: CREATE },
    "in the state, for a WorkspaceSecrets": { facts: { ...IN_STATE, isInComponent: true }, action: CREATE },
    "in the state, for a reader with a stack": { facts: IN_STATE, action: CREATE, reader: OF_PROD },
    "of another provider": { facts: OF_STRANGER, action: CREATE },
    "of another provider, for a reader with a stack": { facts: OF_STRANGER, action: CREATE, reader: OF_PROD },
    "of a command": { facts: { ...OF_STRANGER, strangerType: "command:local:Command" }, action: CREATE },
    "in this program": { facts: { id: "sec_1", resource: "crm", where: "program" }, action: CREATE },
    "if both already own the secret": { facts: { id: "sec_1", resource: "crm", where: "both" }, action: UPDATE },
    "if another resource didn't get it": { facts: { id: "sec_1", resource: "crm", where: "refused" }, action: DELETE },
  },
  mayHaveBeenCreated: {
    "after an error": { facts: { failure: answered(503), spellings: [] }, action: CREATE },
    "after a timeout": { facts: { failure: UNREACHABLE.timeout as ApiFailure, spellings: [] }, action: CREATE },
    "with a secret in another spelling": {
      facts: { failure: answered(503), spellings: [{ id: "sec_1", name: "crm" }] },
      action: CREATE,
    },
  },
  mayHaveBeenUpdated: {
    "after an error": { facts: { failure: answered(503), id: "sec_1" }, action: CREATE },
    "after a lost connection": {
      facts: { failure: UNREACHABLE["lost connection"] as ApiFailure, id: "sec_1" },
      action: CREATE,
    },
  },
  secretGone: {
    always: { facts: {}, action: UPDATE },
    "for a reader with a stack": { facts: {}, action: UPDATE, reader: OF_PROD },
  },
  newNameTaken: { always: { facts: { name: "PAYMENT", secrets: TWO_SECRETS }, action: UPDATE } },
  inUse: {
    "in a named workspace": { facts: { dependents: DEPENDENTS }, action: DELETE },
    "for a reader with a stack": { facts: { dependents: DEPENDENTS }, action: DELETE, reader: OF_PROD },
  },
  keptValueAtRisk: {
    "by another name": { facts: { input: "name", live: { name: "CRM" } }, action: UPDATE },
    "by another workspace": { facts: { input: "workspace", live: { workspace: "eu" } }, action: UPDATE },
    "by another existingId": { facts: { input: "existingId" }, action: UPDATE },
    "by a replacement": { facts: { input: "replacement" }, action: DELETE },
    "after an import": {
      facts: { input: "name", live: { name: "CRM", workspace: "eu" }, isImport: true },
      action: UPDATE,
    },
    "after an import, for a reader with a stack": {
      facts: { input: "name", live: { name: "CRM" }, isImport: true },
      action: UPDATE,
      reader: OF_PROD,
    },
  },
  wrongAccount: {
    "at another URL": {
      facts: {
        workspace: "default",
        endpoint: ENDPOINT,
        keySource: "environment",
        storedEndpoint: "https://api.us.example",
      },
      action: READ,
    },
    "with another key": {
      facts: { workspace: "eu", endpoint: ENDPOINT, keySource: "config", storedEndpoint: undefined },
      action: READ,
    },
    "with another key in the environment": {
      facts: {
        workspace: "default",
        endpoint: ENDPOINT,
        keySource: "environment",
        storedEndpoint: undefined,
        urn: "urn:pulumi:prod::app::elevenlabs:index:WorkspaceSecret::crm",
      },
      action: READ,
      reader: OF_PROD,
    },
    "with another key of an explicit provider": {
      facts: {
        workspace: "default",
        provider: "eu",
        endpoint: ENDPOINT,
        keySource: "config",
        storedEndpoint: undefined,
      },
      action: READ,
    },
    "with the config of the last update": {
      facts: {
        workspace: "default",
        endpoint: ENDPOINT,
        keySource: "config",
        storedEndpoint: undefined,
        configMayBeStale: true,
      },
      action: DELETE,
    },
  },
  changedMeanwhile: {
    "and has another name": { facts: { id: "sec_1", name: "CRM", liveName: "CRM_OLD" }, action: CREATE },
    "and is gone": { facts: { id: "sec_1", name: "CRM", liveName: undefined }, action: CREATE },
  },
  nameIgnored: { always: { facts: { name: "CRM_NEW", liveName: "CRM" }, action: UPDATE } },
  secretNotFound: {
    "in a function": { facts: { endpoint: ENDPOINT, listedBy: "function" }, action: LOOK_UP },
    "on the command line": { facts: { endpoint: ENDPOINT, listedBy: "command" }, action: LOOK_UP },
    "for a reader with a stack": {
      facts: { endpoint: ENDPOINT, listedBy: "command" },
      action: { step: "list the dependents of secret", name: "sec_1" },
      reader: OF_PROD,
    },
  },
  importNotFound: {
    always: { facts: { reference: "CRM", endpoint: ENDPOINT }, action: { step: "import secret", name: "CRM" } },
  },
  valueMissing: { always: { facts: {}, action: CREATE } },
  nameMismatch: { always: { facts: { name: "CRM" }, action: { step: "look up secret", name: "sec_1" } } },
  noSecretGiven: { always: { facts: {}, action: LOOK_UP } },

  // Failed API calls.
  noApiKey: missingKeyExamples("no-api-key"),
  malformedApiKey: missingKeyExamples("malformed-api-key"),
  unauthorized: {
    "with the key of the config": failedCall(answered(401)),
    "with the key of a named workspace": failedCall(answered(401), { workspace: "eu" }),
    "with the key of an explicit provider": failedCall(answered(401), { provider: "second" }),
    "with the key of an explicit provider's named workspace": failedCall(answered(401), {
      workspace: "eu",
      provider: "second",
    }),
    "with the key of the environment": failedCall(answered(401), { keySource: "environment", configMayBeStale: true }),
    "with a key that may be stale": failedCall(answered(401), { configMayBeStale: true }),
    "with a key of a named workspace that may be stale": failedCall(answered(401), {
      workspace: "eu",
      configMayBeStale: true,
    }),
    "for a reader with a stack": failedCall(answered(401), { reader: OF_PROD }),
  },
  missingPermission: { always: failedCall(answered(403)) },
  rateLimited: {
    "in the current config": failedCall(answered(429)),
    "in a config that may be stale": failedCall(answered(429), { configMayBeStale: true }),
  },
  notTheApi: {
    ...mapped(NOT_THE_API, (failure) => failedCall(failure)),
    "in a named workspace": failedCall(foreign(404), { workspace: "eu" }),
  },
  refused: {
    always: failedCall(answered(422)),
    "with a request id": failedCall({ ...answered(422), requestId: "req_1" }),
  },
  notFound: {
    always: failedCall(answered(404)),
    "for a reader with a stack": failedCall(answered(404), { reader: OF_PROD }),
  },
  apiFailure: { "with status 500": failedCall(answered(500)), "with status 503": failedCall(answered(503)) },
  proxyRefused: mapped(PROXY_REFUSED, (failure) => failedCall(failure)),
  proxyUnreachable: mapped(NO_PROXY_CONNECTION, (failure) => failedCall(failure)),
  unreachable: mapped(UNREACHABLE, (failure) => failedCall(failure)),
  cancelled: {
    "by the caller": failedCall({ kind: "cancelled", host: "api.example", isOutOfTime: false, wasSent: false }),
    "by customTimeouts": failedCall({ kind: "cancelled", host: "api.example", isOutOfTime: true, wasSent: true }),
  },
  invalidId: {
    "before the call": failedCall({ kind: "invalid-id", id: ".." }),
    "by the API": failedCall(answered(422)),
    "for a reader with a stack": failedCall(answered(422), { reader: OF_PROD }),
  },

  // Config.
  invalidConfig: {
    ...mapped(CONFIG_FAULTS, (fault) => ({ facts: { faults: [fault] }, action: USE_CONFIG })),
    "several faults": { facts: { faults: [FIRST_FAULT, SECOND_FAULT] }, action: USE_CONFIG },
    "one fault in a config that may be stale": {
      facts: { faults: [FIRST_FAULT], configMayBeStale: true },
      action: READ,
    },
    "advice of two lines in a config that may be stale": {
      facts: { faults: [TWO_LINES_OF_ADVICE], configMayBeStale: true },
      action: DELETE,
    },
    "several faults in a config that may be stale": {
      facts: { faults: [FIRST_FAULT, SECOND_FAULT], configMayBeStale: true },
      action: READ,
    },
    "for a reader with a stack": { facts: { faults: [FIRST_FAULT] }, action: USE_CONFIG, reader: OF_PROD },
    "of an explicit provider": { facts: { faults: [FIRST_FAULT], provider: "second" }, action: USE_CONFIG },
  },

  // The program.
  importUnsupported: {
    always: { facts: { id: "sec_1" }, action: { step: "declare WorkspaceSecret", name: "crm" } },
  },
  plainApiKey: {
    "also in the state": {
      facts: { path: configPath("elevenlabs:apiKey"), isInState: true },
      action: { step: "run the program" },
    },
    "in Pulumi.yaml": {
      facts: { path: configPath("elevenlabs:apiKey"), isInState: true, isInProject: true },
      action: { step: "run the program" },
    },
    "only in the stack's file": {
      facts: { path: workspaceSettingPath("eu", "apiKey"), isInState: false },
      action: { step: "run the program" },
    },
  },
  plainApiKeys: {
    "in the stack's file": { facts: {}, action: { step: "run the program" } },
    "in Pulumi.yaml": { facts: { isInProject: true }, action: { step: "run the program" } },
  },
  configMissing: {
    always: { facts: { key: "app:secrets" }, action: { step: "read config app:secrets" } },
    "with the key of another project": {
      facts: { key: "secrets", otherKey: "old:secrets" },
      action: { step: "read config secrets" },
    },
  },
  configNotAnObject: {
    "in the stack's file": { facts: { key: "app:secrets" }, action: { step: "read config app:secrets" } },
    "in Pulumi.yaml": {
      facts: { key: "app:secrets", isInProject: true },
      action: { step: "read config app:secrets" },
    },
  },
  configEntriesInvalid: {
    "with empty values only": {
      facts: {
        key: "app:secrets",
        faults: [
          { name: "CRM", fault: "empty" },
          { name: "PAY", fault: "blank" },
        ],
      },
      action: { step: "read config app:secrets" },
    },
    "in Pulumi.yaml": {
      facts: { key: "app:secrets", faults: [{ name: "CRM", fault: "empty" }], isInProject: true },
      action: { step: "read config app:secrets" },
    },
    "with other values": {
      facts: {
        key: "app:secrets",
        faults: [
          { name: " ", fault: "blank-name" },
          { name: "CRM", fault: "not-a-string", given: "a number" },
        ],
      },
      action: { step: "read config app:secrets" },
    },
  },
  environmentUnknown: {
    "the API key": {
      facts: { variable: "ELEVENLABS_API_KEY", path: configPath("elevenlabs:apiKey") },
      action: { step: "call the API" },
    },
    "another setting": {
      facts: { variable: "ELEVENLABS_REGION", path: configPath("elevenlabs:region") },
      action: { step: "call the API" },
    },
  },
  notADependency: {
    always: { facts: { folder: "/app", packageJson: "/app/package.json" }, action: { step: "run the program" } },
  },
  componentRequiresPlugin: {
    always: { facts: { folder: "/app" }, action: { step: "declare WorkspaceSecret", name: "token" } },
  },
  triggersLost: {
    always: {
      facts: {
        lost: [
          { place: "triggers[0]", given: { number: "NaN" } },
          { place: "triggers[1].run", given: { type: "function" } },
          { place: "triggers[2]", given: { className: "Date" } },
          { place: "triggers[3]", given: { className: undefined } },
          { place: "triggers[4]", given: { isEmptied: true } },
        ],
      },
      action: { step: "declare WorkspaceSecret", name: "crm" },
    },
  },
  prefixNotPlain: { always: { facts: {}, action: { step: "declare WorkspaceSecrets", name: "keys" } } },
  secretsNotPlain: { always: { facts: {}, action: { step: "declare WorkspaceSecrets" } } },
  componentInputsInvalid: {
    "for an unknown input": {
      facts: { faults: [{ kind: "unknown", property: "prefx" }], known: ["secrets", "prefix"] },
      action: { step: "declare WorkspaceSecrets", name: "keys" },
    },
    "for wrong types": {
      facts: {
        faults: [
          { kind: "wrong-type", property: "prefix", expected: "a string", given: "a number" },
          { kind: "wrong-type", property: "secrets", expected: "an object that maps keys to values", given: "a list" },
        ],
        known: ["secrets", "prefix"],
      },
      action: { step: "declare WorkspaceSecrets", name: "keys" },
    },
    "for wrong entries": {
      facts: {
        faults: [
          { kind: "entry", property: "secrets", entry: { name: "CRM", fault: "not-a-string", given: "a number" } },
          { kind: "entry", property: "secrets", entry: { name: "PAY", fault: "empty" } },
        ],
        known: ["secrets", "prefix"],
      },
      action: { step: "declare WorkspaceSecrets", name: "keys" },
    },
  },
  secretsUnknown: { always: { facts: {}, action: { step: "declare WorkspaceSecrets", name: "keys" } } },
  mockWithoutList: {
    always: {
      facts: { property: "secrets" },
      action: { step: "call the mock of", name: "elevenlabs:index:listWorkspaceSecrets" },
    },
  },

  // The command line.
  noProject: { always: { facts: {}, action: { step: "read the stack" } } },
  noPulumi: { always: { facts: {}, action: { step: "read the stack" } } },
  noStackSelected: { always: { facts: {}, action: { step: "read the stack" } } },
  unknownProvider: {
    "with others": {
      facts: { provider: "us", known: ["eu", "asia"] },
      action: { step: "read the state of stack", name: "prod" },
    },
    "without any": { facts: { provider: "us", known: [] }, action: { step: "read the state of stack", name: "prod" } },
  },
  pulumiFailed: {
    "with another way": {
      facts: { reason: "no stack named 'prod' found", hasAlternative: true },
      action: { step: "read stack", name: "prod" },
    },
    "without another way": {
      facts: { reason: "no stack named 'prod' found", hasAlternative: false },
      action: { step: "read the state of stack", name: "prod" },
    },
  },
  previewFailed: {
    always: { facts: { reason: "the program failed" }, action: { step: "preview stack", name: "prod" } },
    "for a reader with a stack": {
      facts: { reason: "the program failed" },
      action: { step: "preview stack", name: "prod" },
      reader: OF_PROD,
    },
  },
  pulumiGone: { always: { facts: {}, action: { step: "read the state of stack", name: "prod" } } },
  pulumiUnreadable: {
    always: { facts: { command: "pulumi stack export" }, action: { step: "read the state of stack", name: "prod" } },
  },
  noKeyInEnvironment: { always: { facts: {}, action: { step: "call the API" } } },
  noTerminal: { always: { facts: {}, action: { step: "ask for values" } } },
  configInProject: {
    always: { facts: { key: "secrets" }, action: { step: "adopt the secrets", workspace: "default" } },
  },
  noStackForValues: { always: { facts: {}, action: { step: "ask for values" } } },
  interrupted: { always: { facts: {}, action: { step: "set config", name: "secrets.CRM" } } },
  secretsNotFound: {
    always: { facts: { names: ["CRM", "PAY"], endpoint: ENDPOINT }, action: { step: "adopt the secrets" } },
  },
  nothingToRender: {
    "no such input": { facts: { isMissing: true }, action: RENDER },
    "no JSON files": { facts: { isMissing: false }, action: RENDER },
  },
  filesUnusable: {
    always: {
      facts: {
        faults: [
          { file: "a.json", kind: "not-json", line: 3, column: 5 },
          { file: "b.json", kind: "not-utf8" },
          { file: "c.json", kind: "symbolic-link" },
          { file: "d.json", kind: "unreadable", code: "EACCES" },
        ],
      },
      action: RENDER,
    },
    "more than a few": {
      facts: {
        faults: [
          { file: "a.json", kind: "byte-order-mark" },
          { file: "b.json", kind: "too-deep" },
          ...Array.from({ length: 300 }, (_, n) => ({ file: `${n}.json`, kind: "not-utf8" as const })),
        ],
      },
      action: RENDER,
    },
  },
  markersInvalid: {
    always: {
      facts: {
        faults: [
          { file: "tool_configs/crm.json", kind: "misplaced", place: "/api_schema/request_headers/Authorization" },
          { file: "tool_configs/pay.json", kind: "malformed", place: "/api_schema/request_headers/X-Key/secret_id" },
        ],
      },
      action: RENDER,
    },
  },
  namesNotInStack: {
    "missing names": {
      facts: {
        stack: "prod",
        place: { provider: "default", workspace: "default" },
        faults: [NAME_FAULT, { ...NAME_FAULT, name: "PAY" }],
        elsewhere: [],
      },
      action: RENDER,
      reader: OF_PROD,
    },
    "a name that another workspace has": {
      facts: {
        stack: "dev",
        place: { provider: "default", workspace: "default" },
        faults: [NAME_FAULT],
        elsewhere: [
          { provider: "default", workspace: "eu", names: ["CRM"] },
          { provider: "eu", workspace: "default", names: ["CRM", "PAY"] },
        ],
      },
      action: RENDER,
    },
    "a name that the default provider has": {
      facts: {
        stack: "dev",
        place: { provider: "eu", workspace: "asia" },
        faults: [NAME_FAULT],
        elsewhere: [{ provider: "default", workspace: "default", names: ["CRM"] }],
      },
      action: RENDER,
    },
    "a name of several secrets": {
      facts: {
        stack: "dev",
        place: { provider: "default", workspace: "eu" },
        faults: [{ ...NAME_FAULT, ids: ["id_1", "id_2"] }],
        elsewhere: [],
      },
      action: RENDER,
    },
  },
  idsNotInStack: {
    "in two places": {
      facts: {
        stack: "dev",
        place: { provider: "default", workspace: "eu" },
        places: [
          { file: "a.json", place: "/secret_id" },
          { file: "b.json", place: "/x/secret_id" },
        ],
      },
      action: RENDER,
    },
  },
  outputInInput: { always: { facts: { file: "agents/out/a.json" }, action: RENDER } },
  outputsDiffer: {
    "one file": { facts: { files: ["out/a.json"] }, action: RENDER },
    "several files": { facts: { files: ["out/a.json", "out/b.json"] }, action: RENDER },
  },
  nameOrId: {
    "with neither": { facts: { isNeither: true }, action: { step: "list the dependents of secret", name: "" } },
    "with both": { facts: { isNeither: false }, action: { step: "list the dependents of secret", name: "CRM" } },
  },
  fileNotWritten: {
    "an existing file": {
      facts: { file: "secrets.json", code: "EEXIST", chosenBy: "--import-file" },
      action: { step: "adopt the secrets" },
    },
    "any other reason": {
      facts: { file: "no/secrets.json", code: "ENOENT", chosenBy: "--import-file" },
      action: { step: "adopt the secrets" },
    },
    "of a folder": { facts: { file: "out/a.json", code: "EACCES", chosenBy: "--out" }, action: RENDER },
    "after other files were written": {
      facts: { file: "out/a.json", code: "EIO", chosenBy: "--out", isPartial: true },
      action: RENDER,
    },
  },
  emulatorStateUnusable: {
    always: { facts: { file: "emulator.json" }, action: { step: "run pulumi-elevenlabs emulator" } },
  },
  portTaken: { always: { facts: {}, action: { step: "listen on port 8787" } } },
  portUnusable: { always: { facts: { code: "EACCES" }, action: { step: "listen on port 80" } } },
  unknownCommand: {
    "a word that isn't shown": {
      facts: { word: undefined, similar: [], commands: ["list", "drift"] },
      action: { step: "run pulumi-elevenlabs" },
    },
    "similar ones": {
      facts: { word: "lst", similar: ["list", "last"], commands: ["list", "last", "drift"] },
      action: { step: "run pulumi-elevenlabs" },
    },
  },
  unknownOption: {
    "a word that isn't shown": {
      facts: { word: undefined, similar: [], options: ["--json", "--stack"], help: HELP },
      action: RUN_COMMAND,
    },
    "a similar one": {
      facts: { word: "--jsn", similar: ["--json"], options: ["--json", "--stack"], help: HELP },
      action: RUN_COMMAND,
    },
  },
  optionWithoutValue: { always: { facts: { option: "--prefix", help: HELP }, action: RUN_COMMAND } },
  invalidOption: {
    always: { facts: { option: "--port", expected: "a port number", help: HELP }, action: RUN_COMMAND },
  },
  conflictingOptions: { always: { facts: { options: ["--stack", "--no-stack"] }, action: RUN_COMMAND } },
  tooManyArguments: {
    "for none": { facts: { expected: 0, given: 1, usage: "pulumi-elevenlabs list", help: HELP }, action: RUN_COMMAND },
    "for one": {
      facts: { expected: 1, given: 3, usage: "pulumi-elevenlabs list [PREFIX]", help: HELP },
      action: RUN_COMMAND,
    },
  },
  invalidUsage: {
    "something is missing": {
      facts: { missing: "--out", usage: "pulumi-elevenlabs render <input>", help: HELP },
      action: RUN_COMMAND,
    },
    otherwise: { facts: { usage: "pulumi-elevenlabs list [PREFIX]", help: HELP }, action: RUN_COMMAND },
  },
  bug: { always: { facts: { error: "TypeError" }, action: RUN_COMMAND } },
  nodeTooOld: { always: { facts: { version: "20.0.0", oldest: 22 }, action: START } },
};

const CHECK_FAILURES: CheckFailureExamples = {
  inputMissing: { always: {} },
  inputEmpty: {
    empty: { isBlank: false, advice: "omit it to use the default workspace" },
    blank: { isBlank: true, advice: "omit it to use the default workspace" },
  },
  inputType: { always: { expected: "a string", given: "a number" } },
  inputChoice: { always: { choices: ["fail", "overwrite", "keep"] } },
  inputUnknown: { always: { known: ["name", "value"] } },
  valueTransformed: { always: {} },
  declaredTwice: {
    "as a name": { resource: "crm", input: "name" },
    "as an id": { resource: "crm", input: "existingId" },
  },
  ownedByOtherAtCheck: {
    always: IN_STATE,
    "of another provider, known by its name": { ...OF_STRANGER, id: undefined },
  },
  stateUnreadable: { always: { reason: "the access token has expired" } },
  providerConfigUnknown: {
    "that resembles a valid one": { key: "apikey", known: ["apiKey", "region"] },
    "that resembles none": { key: "colour", known: ["apiKey", "region"] },
  },
  providerConfigInvalid: {
    always: { fault: FIRST_FAULT },
    "with two lines": { fault: TWO_LINES_OF_ADVICE },
    "of an explicit provider": { fault: FIRST_FAULT, provider: "second" },
  },
  workspaceUnusable: {
    "with one fault": { faults: [FIRST_FAULT] },
    "with several faults": { faults: [FIRST_FAULT, SECOND_FAULT] },
    "of an explicit provider": { faults: [CONFIG_FAULTS["an unknown workspace"] as ConfigFault], provider: "second" },
  },
};

const WARNINGS: WarningExamples = {
  importedWithoutValue: { always: { name: "CRM", id: "sec_1" } },
  valueEndsWithLineBreak: { always: { name: "CRM" } },
  leftInUse: { always: { name: "CRM", id: "sec_1", dependents: DEPENDENTS } },
  leftToOtherOwner: {
    "that the state has": { name: "CRM", id: "sec_1", resource: "crm", isLookUp: false },
    "that only looks it up": { name: "CRM", id: "sec_1", resource: "crm", isLookUp: true },
  },
  notShared: { always: { folder: "/tmp/pulumi-elevenlabs-1000", reason: "EACCES" } },
  plainValues: {
    "in the file": { key: "app:secrets", names: ["CRM", "PAY"], isInState: false },
    "one value": { key: "app:token", names: [], isInState: false },
    "also in the state": { key: "app:secrets", names: ["CRM"], isInState: true },
    "in Pulumi.yaml": { key: "app:secrets", names: ["CRM", "PAY"], isInState: true, isInProject: true },
  },
};

/** An example, as a person sees it. */
export interface ShownExample {
  /** The name of the function that creates it. */
  name: string;
  kind: string;
  title: string;
  facts: object;
  text: string;
}

function shown<Example>(
  examples: Record<string, Record<string, Example>>,
  show: (create: Create, example: Example) => { facts: object; text: string },
): ShownExample[] {
  const byName = new Map(ALL_KINDS);
  return Object.entries(examples).flatMap(([name, byTitle]) => {
    const create = byName.get(name) as Create;
    return Object.entries(byTitle).map(([title, example]) => {
      return { name, kind: create.kind, title, ...show(create, example) };
    });
  });
}

export const PROBLEM_EXAMPLES = shown<ProblemExample>(PROBLEMS, (create, { facts, action, reader }) => {
  return { facts, text: create(facts, action).text(reader) };
});
export const CHECK_FAILURE_EXAMPLES = shown<object>(CHECK_FAILURES, (create, facts) => {
  return { facts, text: create("input", facts).text() };
});
export const WARNING_EXAMPLES = shown<object>(WARNINGS, (create, facts) => ({ facts, text: create(facts).text() }));

/** All examples. The first one of each kind is in docs/errors.md. */
export const EXAMPLES = [...PROBLEM_EXAMPLES, ...CHECK_FAILURE_EXAMPLES, ...WARNING_EXAMPLES];
