import { quoted, sanitized } from "../text/sanitize.js";
import { inWorkspaceText } from "./phrases.js";

/** The operation that failed. An error's first line starts with it. */
export interface Attempt {
  step: Step;
  /** The name of the secret, resource, stack or config key. */
  name?: string | undefined;
  id?: string | undefined;
  provider?: string | undefined;
  workspace?: string | undefined;
}

export type Step = keyof typeof STEPS;

type About = (attempt: Attempt) => string;

const secret =
  (verb: string): About =>
  ({ name = "", id, workspace = "default", provider }) =>
    `could not ${verb} secret ${quoted(name)}${id === undefined ? "" : ` (${sanitized(id)})`}${inWorkspaceText(workspace, provider)}`;

const secrets =
  (verb: string): About =>
  ({ workspace = "default", provider }) =>
    `could not ${verb} the secrets${inWorkspaceText(workspace, provider)}`;

const named =
  (before: string): About =>
  ({ name }) =>
    name === undefined ? before : `${before} ${quoted(name)}`;

const STEPS = {
  // The life of a secret.
  create: secret("create"),
  read: secret("read"),
  update: secret("update"),
  delete: secret("delete"),
  import: secret("import"),
  // Look-ups.
  lookUp: secret("look up"),
  listDependents: secret("list the dependents of"),
  list: secrets("list"),
  compare: secret("compare"),
  compareAll: secrets("compare"),
  adopt: secrets("adopt"),
  // Config and program.
  useConfig: () => "could not use the config",
  readConfigKey: ({ name = "" }) => `could not read config ${sanitized(name)}`,
  declareSecret: named("could not declare WorkspaceSecret"),
  declareSecrets: named("could not declare WorkspaceSecrets"),
  runProgram: () => "could not run the program",
  callMock: named("could not call the mock of"),
  // The command line.
  callApi: () => "could not call the API",
  readStack: ({ name }) => (name === undefined ? "could not read the stack" : `could not read stack ${quoted(name)}`),
  readState: named("could not read the state of stack"),
  preview: named("could not preview stack"),
  setConfig: named("could not set config"),
  render: named("could not render"),
  askForValues: () => "could not ask for values",
  serve: ({ name = "" }) => `could not listen on port ${sanitized(name)}`,
  start: () => "could not start pulumi-elevenlabs",
  runCommand: ({ name }) =>
    name === undefined ? "could not run pulumi-elevenlabs" : `could not run pulumi-elevenlabs ${sanitized(name)}`,
} satisfies Record<string, About>;

export function attemptText(attempt: Attempt): string {
  return STEPS[attempt.step](attempt);
}
