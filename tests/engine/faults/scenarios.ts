import type { EmulatedWorkspace, Fault, Operation } from "../../../emulator/index";

export type Args = { name: string; value: string } & Record<string, unknown>;

/** A step in the life of a secret, in which one call fails. */
export interface Scenario {
  title: string;
  /** The call that fails. */
  call: Operation;
  /** The number of these calls that succeed first. */
  after?: number;
  /** For lists: true for searches, false for lists without a search. Default: both. */
  search?: boolean;
  /** A fault that hits once in every case, before the fault under test. */
  also?: Fault;
  /** The number of secrets. Default: 1. */
  count?: number;
  /** The faults to try. Default: all. */
  faults?: RegExp;
  /** Changes the workspace by hand before the first `up`. `nameOf` returns the name that a secret of the program has in this case. */
  arrange?(workspace: EmulatedWorkspace, nameOf: (args: Args) => string): void;
  /** The program of the first `up`, which has no fault. */
  before?: Args;
  /** Changes the workspace by hand after the first `up`. */
  meanwhile?(workspace: EmulatedWorkspace): void;
  /** The program of the step. Undefined if the step deletes the secret. */
  program?: Args | undefined;
  /** Default: `up`. */
  operation?: "up" | "refresh";
  /** True if the step also fails without a fault. */
  refused?: boolean;
  /** Changes the workspace by hand before the next `up`. */
  release?(workspace: EmulatedWorkspace): void;
}

/** Stands for the id of a secret that the stack did not create. */
export const THEIRS = "THEIRS";

const first: Args = { name: "CRM_TOKEN", value: "first" };
const second: Args = { ...first, value: "second" };
const renamed: Args = { name: "CRM_KEY", value: "second" };

const ours = (workspace: EmulatedWorkspace) => workspace.secrets()[0]?.id ?? "";
const addTheirs = (workspace: EmulatedWorkspace, nameOf: (args: Args) => string) => {
  workspace.add(nameOf(first), "theirs", { dependents: { agents: ["Support"] } });
};
const use = (workspace: EmulatedWorkspace) => workspace.use(ours(workspace), { agents: ["Support"] });
const free = (workspace: EmulatedWorkspace) => {
  for (const { id } of workspace.secrets()) workspace.use(id, {});
};

export const CREATES: Scenario[] = [
  { title: "create: the search for the name", call: "list", program: first },
  { title: "create: the POST", call: "create", program: first },
  {
    title: "create: the search after a POST without a response",
    call: "list",
    after: 1,
    also: { kind: "reset", when: "after", on: "create" },
    program: first,
  },
  {
    title: "create with overwrite: the PATCH",
    call: "update",
    arrange: addTheirs,
    program: { ...first, onExisting: "overwrite" },
  },
  {
    title: "create with existingId: the GET",
    call: "get",
    arrange: addTheirs,
    program: { ...first, existingId: THEIRS },
  },
  {
    title: "create with a taken name: the GET of the dependents",
    call: "get",
    arrange: addTheirs,
    program: first,
    refused: true,
  },
];

/**
 * One more secret than the provider looks up one by one. Tries only one fault of each kind, because each case has many
 * secrets.
 */
const many = {
  count: 8,
  faults: /^(429|503 \(JSON\)|reset|timeout|body of wrong types|HTML with 200|redirect to another host)$/,
};

export const LISTINGS: Scenario[] = [
  { title: "create of 8 secrets: the shared list", call: "list", search: false, program: first, ...many },
  {
    title: "refresh of 8 secrets: the shared list",
    call: "list",
    before: first,
    program: first,
    operation: "refresh",
    ...many,
  },
];

export const READS: Scenario[] = [
  { title: "refresh: the GET", call: "get", before: first, program: first, operation: "refresh" },
];

export const CHANGES: Scenario[] = [
  { title: "update: the PATCH", call: "update", before: first, program: second },
  {
    title: "rename: the search for the new name",
    call: "list",
    before: first,
    program: { ...renamed, onNameChange: "rename" },
  },
  { title: "rename: the PATCH", call: "update", before: first, program: { ...renamed, onNameChange: "rename" } },
  { title: "replace: the search for the new name", call: "list", before: first, program: renamed },
  { title: "replace: the POST", call: "create", before: first, program: renamed },
  {
    title: "replace: the DELETE of the old secret",
    call: "delete",
    before: first,
    program: renamed,
    // If the API is unreachable, the create fails first, so the engine deletes nothing.
    faults: /^(?!no |connection)/,
  },
];

export const DELETES: Scenario[] = [
  { title: "delete: the DELETE", call: "delete", before: first },
  {
    title: "delete of a secret in use: the GET of the dependents",
    call: "get",
    before: first,
    meanwhile: use,
    refused: true,
    release: free,
  },
  {
    title: "delete of a secret in use: the pages of the dependents",
    call: "dependencies",
    before: first,
    // The first response contains only 10 dependents.
    meanwhile: (workspace) =>
      workspace.use(ours(workspace), { agents: Array.from({ length: 11 }, (_, index) => `Agent ${index}`) }),
    refused: true,
    release: free,
  },
];
