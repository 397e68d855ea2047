import type { Operation } from "../../../emulator/index";
import type { Args } from "../faults/scenarios";

/** A moment between a request and its response. */
export interface Point {
  step: string;
  call: Operation;
  when: "before" | "after";
  /** The program of a first `up`, which isn't cut off. */
  before?: Args;
  /** The program of the run that is cut off. Undefined if it deletes the secret. */
  program?: Args;
  operation?: "up" | "refresh";
}

const first: Args = { name: "CRM_TOKEN", value: "first" };
const second: Args = { name: "CRM_TOKEN", value: "second" };
const renamed: Args = { name: "CRM_KEY", value: "second" };

const both = (point: Omit<Point, "when">): Point[] =>
  (["before", "after"] as const).map((when) => ({ ...point, when }));

/** Every call of every step. A call that writes is cut off before and after the write, any other call once. */
export const POINTS: Point[] = [
  { step: "create", call: "list", when: "before", program: first },
  ...both({ step: "create", call: "create", program: first }),
  { step: "refresh", call: "get", when: "before", before: first, program: first, operation: "refresh" },
  ...both({ step: "update", call: "update", before: first, program: second }),
  ...both({ step: "rename", call: "update", before: first, program: { ...renamed, onNameChange: "rename" } }),
  ...both({ step: "replace", call: "create", before: first, program: renamed }),
  ...both({ step: "replace", call: "delete", before: first, program: renamed }),
  ...both({ step: "delete", call: "delete", before: first }),
];

export const VICTIMS = ["provider", "CLI", "API", "CLI, by an interrupt"] as const;
export type Victim = (typeof VICTIMS)[number];
