import type { EmulatedWorkspace, Fault, Operation } from "../../../emulator/index";

export type Args = { name: string; value: string } & Record<string, unknown>;

/** A step of a secret's life, in the middle of which one call fails. */
export interface Scenario {
  title: string;
  /** The call that fails. */
  call: Operation;
  /** How many such calls pass first. */
  after?: number;
  /** Of lists, only searches, or only those without one. Default: either. */
  search?: boolean;
  /** A fault that is met once in every case, before those that are tried. */
  also?: Fault;
  /** How many secrets there are. Default: 1. */
  count?: number;
  /** Which faults are tried. Default: all. */
  faults?: RegExp;
  /** What is there by other hands before. */
  arrange?(workspace: EmulatedWorkspace): void;
  /** The program of the first `up`, which meets no fault. */
  before?: Args;
  /** What other hands do after it. */
  meanwhile?(workspace: EmulatedWorkspace): void;
  /** The program of the step; undefined where it is to delete the secret. */
  program?: Args | undefined;
  /** Default: `up`. */
  operation?: "up" | "refresh";
  /** Whether the step fails without any fault too. */
  refused?: boolean;
  /** What other hands do before the next `up`. */
  release?(workspace: EmulatedWorkspace): void;
}

/** Stands for the id of what others made. */
export const THEIRS = "THEIRS";

const NAME = "CRM_TOKEN";
const first: Args = { name: NAME, value: "first" };
const second: Args = { name: NAME, value: "second" };
const renamed: Args = { name: "CRM_KEY", value: "second" };

const ours = (workspace: EmulatedWorkspace) => workspace.secrets()[0]?.id ?? "";
const addTheirs = (workspace: EmulatedWorkspace) => {
  workspace.add(NAME, "theirs", { dependents: { agents: ["Support"] } });
};
const use = (workspace: EmulatedWorkspace) => workspace.use(ours(workspace), { agents: ["Support"] });
const free = (workspace: EmulatedWorkspace) => {
  for (const { id } of workspace.secrets()) workspace.use(id, {});
};

export const CREATES: Scenario[] = [
  { title: "create: the search for its name", call: "list", program: first },
  { title: "create: the POST", call: "create", program: first },
  {
    title: "create: the look for what a POST without an answer has made",
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
    title: "create of a taken name: the look at who uses it",
    call: "get",
    arrange: addTheirs,
    program: first,
    refused: true,
  },
];

/** One more than are looked up one by one; of each sort of fault one, since each case has many secrets. */
const many = {
  count: 8,
  faults: /^(429|503 \(JSON\)|reset|timeout|body of wrong types|HTML with 200|redirect to another host)$/,
};

export const LISTINGS: Scenario[] = [
  { title: "create of 8: the listing that they share", call: "list", search: false, program: first, ...many },
  {
    title: "refresh of 8: the listing that they share",
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
    title: "replace: the DELETE of the old",
    call: "delete",
    before: first,
    program: renamed,
    // Where the API cannot be reached, the create fails before, and the engine then deletes nothing.
    faults: /^(?!no |connection)/,
  },
];

export const DELETES: Scenario[] = [
  { title: "delete: the DELETE", call: "delete", before: first },
  {
    title: "delete of a secret in use: the look at who uses it",
    call: "get",
    before: first,
    meanwhile: use,
    refused: true,
    release: free,
  },
  {
    title: "delete of a secret in use: the pages of who uses it",
    call: "dependencies",
    before: first,
    // More than the first answer shows.
    meanwhile: (workspace) =>
      workspace.use(ours(workspace), { agents: Array.from({ length: 11 }, (_, index) => `Agent ${index}`) }),
    refused: true,
    release: free,
  },
];
