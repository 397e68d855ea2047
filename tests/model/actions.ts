import * as fc from "fast-check";
import type { FaultKind, Operation } from "../../emulator/index";
import {
  type DestroyOptions,
  type End,
  type Order,
  type RefreshOptions,
  type Resource,
  ROUTES,
  type Route,
  type Settings,
  type Spelling,
  type UpOptions,
  type Via,
} from "./driver";

/** The name of a fault. `500 before`: the API returns 500 before it does the write. `500 after`: it does the write first. */
export type FaultName = (typeof FAULTS)[number];
export type Faulty = Exclude<Operation, "dependencies">;

/** `which` selects a resource or secret by index, modulo their number. */
export type Action =
  | ({ do: "put" } & Resource)
  | { do: "adopt by id"; which: number; secret: number }
  | { do: "import"; which: number; by: ImportBy }
  | { do: "look up"; which: number; by: "id" | "name" }
  | { do: "drop"; which: number }
  | ({ do: "change"; which: number } & Change)
  | { do: "move"; which: number; logical: string }
  | { do: "add by hand"; name: string; value: string }
  | { do: "remove by hand"; which: number }
  | { do: "recreate by hand"; which: number; value: string }
  | { do: "rename by hand"; which: number; name: string }
  | { do: "set value by hand"; which: number; value: string }
  | { do: "use in an agent"; which: number }
  | { do: "stop using"; which: number }
  | { do: "other stack"; program: Resource[] }
  | { do: "fault"; on: Faulty; what: FaultName; times: number; after: number }
  | ({ do: "up" } & UpOptions)
  | ({ do: "refresh" } & RefreshOptions)
  | ({ do: "destroy" } & DestroyOptions);

type ChangedInput = Exclude<keyof Resource, "logical" | "existingId" | "importId" | "lookUp">;
export type Change = { [Key in ChangedInput]: { input: Key; to: Resource[Key] } }[ChangedInput];

/** The value of an `import` option. */
export type ImportBy = "id" | "name" | "default/name";

export interface Scenario {
  settings: Settings;
  actions: Action[];
}

/** Some names are prefixes of others: a search by prefix also finds the longer names. */
const NAMES = ["CRM", "CRM_2", "PAY", "PAYMENT"];
/** Spellings that an API treats as the same name if it trims names or folds case. */
const SPELLINGS = ["CRM ", "crm", " pay"];
const LOGICAL_NAMES = ["a", "b", "c", "d"];
/** No message may contain one of these values. */
export const OUR_VALUES = ["OurValue1", "OurValue2", "OurValue3"];
export const THEIR_VALUES = ["TheirValue1", "TheirValue2"];

const FAULTS = [
  // The API never returns 429 after it has done the write.
  "429 before",
  ...(["500", "502", "503", "504", "reset"] as const).flatMap((what) => [`${what} before`, `${what} after`] as const),
  "truncated after",
  "malformed after",
] as const;

export function faultKind(fault: FaultName): FaultKind {
  const [what = "", when] = fault.split(" ") as [string, "before" | "after"];
  if (what === "truncated" || what === "malformed") return { kind: what };
  return what === "reset" ? { kind: "reset", when } : { kind: "status", status: Number(what), when };
}

/** Shorter than the time during which the client searches for a secret that a POST may have created. */
const LIST_LAG_MS = 150;
/** Longer than that time if the client doesn't retry. */
const LONG_LIST_LAG_MS = 600;

const which = fc.nat(7);
const nameByHand = fc.constantFrom(...NAMES);
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 2, arbitrary: fc.constantFrom(...SPELLINGS) },
);
const logical = fc.constantFrom(...LOGICAL_NAMES);
const ours = fc.constantFrom(...OUR_VALUES);
const theirs = fc.constantFrom(...THEIR_VALUES);
const onExisting = fc.constantFrom("fail", "overwrite", "overwrite", "keep", "keep");
const onNameChange = fc.constantFrom("replace", "rename");
const onInUse = fc.constantFrom("fail", "retain");
const trigger = fc.nat(2);

const via = fc.constantFrom<Via[]>("usual", "usual", "usual", "second");

const resource = { logical, name, value: ours, onExisting, onNameChange, onInUse, trigger, via };
const put = fc.record({ do: fc.constant("put"), ...resource });

const change = fc.oneof(
  fc.record({ do: fc.constant("change"), which, input: fc.constant("name"), to: name }),
  fc.record({ do: fc.constant("change"), which, input: fc.constant("value"), to: ours }),
  fc.record({ do: fc.constant("change"), which, input: fc.constant("trigger"), to: trigger }),
  fc.record({ do: fc.constant("change"), which, input: fc.constant("onExisting"), to: onExisting }),
  fc.record({ do: fc.constant("change"), which, input: fc.constant("onNameChange"), to: onNameChange }),
  fc.record({ do: fc.constant("change"), which, input: fc.constant("onInUse"), to: onInUse }),
  fc.record({ do: fc.constant("change"), which, input: fc.constant("via"), to: via }),
);

const importBy = fc.constantFrom<ImportBy[]>("id", "name", "default/name");
const adoptById = fc.record({ do: fc.constant("adopt by id"), which, secret: which });
const importOption = fc.record({ do: fc.constant("import"), which, by: importBy });
const lookUp = fc.record({ do: fc.constant("look up"), which, by: fc.constantFrom("id", "name") });

const addByHand = fc.record({ do: fc.constant("add by hand"), name: nameByHand, value: theirs });
const editByHand = fc.oneof(
  addByHand,
  fc.record({ do: fc.constant("remove by hand"), which }),
  fc.record({ do: fc.constant("recreate by hand"), which, value: theirs }),
  fc.record({ do: fc.constant("rename by hand"), which, name: nameByHand }),
  fc.record({ do: fc.constant("set value by hand"), which, value: theirs }),
  fc.record({ do: fc.constant("use in an agent"), which }),
  fc.record({ do: fc.constant("stop using"), which }),
);

/** Another program runs against the same workspace. One secret is enough for a conflict with our program. */
const otherStack = fc.record({
  do: fc.constant("other stack"),
  program: fc.array(fc.record({ ...resource, value: theirs }), { maxLength: 1 }),
});

const fault = fc.record({
  do: fc.constant("fault"),
  on: fc.constantFrom<Faulty[]>("create", "list", "get", "update", "delete"),
  what: fc.constantFrom(...FAULTS),
  times: fc.integer({ min: 1, max: 3 }),
  after: fc.constantFrom(0, 0, 1, 2),
});

const order = fc.constantFrom<Order[]>("together", "after its first request", "after its second request", "chained");
const refresh = fc.constantFrom(false, false, true);
const target = fc.option(logical, { freq: 4, nil: undefined });
const route = fc.constantFrom<Route[]>("usual", "usual", "usual", "usual", "usual", "usual", ...ROUTES);
const up = fc.record({
  do: fc.constant("up"),
  order,
  continueOnError: fc.boolean(),
  refresh,
  target,
  route,
  replace: fc.option(logical, { freq: 4, nil: undefined }),
  deleteFirst: fc.constantFrom(false, false, true),
  dependsBy: fc.constantFrom(undefined, "name" as const, "workspace" as const, "existingId" as const),
  end: fc.constantFrom<End[]>(
    ...(["whole", "whole", "whole", "whole", "whole", "whole"] as const),
    ...(["before its deletes", "before its deletes", "a create unsaved", "a delete unsaved"] as const),
  ),
  elsewhere: fc.option(logical, { freq: 9, nil: undefined }),
});

const edit = fc.oneof(
  { weight: 8, arbitrary: put },
  { weight: 12, arbitrary: change },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("move"), which, logical }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("drop"), which }) },
  { weight: 1, arbitrary: adoptById },
  { weight: 2, arbitrary: importOption },
  { weight: 1, arbitrary: lookUp },
);

const operation = fc.oneof(
  { weight: 8, arbitrary: up },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("refresh"), route }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("destroy"), refresh, route }) },
);

const before = fc.oneof(
  { weight: 5, arbitrary: edit },
  { weight: 2, arbitrary: editByHand },
  { weight: 1, arbitrary: otherStack },
  { weight: 4, arbitrary: fault },
);

/** A program, perhaps with secrets added by hand, and then rounds of edits, faults and one operation of the engine each. */
export function scenarios(rounds: { min: number; max: number }): fc.Arbitrary<Scenario> {
  const settings = fc.record({
    uniqueNames: fc.boolean(),
    maxRetries: fc.nat(1),
    listLagMs: fc.constantFrom(0, 0, 0, LIST_LAG_MS, LIST_LAG_MS, LONG_LIST_LAG_MS),
    spelling: fc.constantFrom<Spelling[]>("as given", "as given", "trimmed", "in upper case"),
    keyFrom: fc.constantFrom<Settings["keyFrom"][]>("config", "environment"),
    isKeyShared: fc.boolean(),
  });
  const start = fc.tuple(
    fc.array(addByHand, { maxLength: 2 }),
    fc.array(put, { minLength: 2, maxLength: 4 }),
    fc.array(fault, { maxLength: 1 }),
  );
  const round = fc.tuple(fc.array(before, { maxLength: 4, size: "max" }), operation);
  return fc
    .tuple(settings, start, up, fc.array(round, { minLength: rounds.min - 1, maxLength: rounds.max - 1, size: "max" }))
    .map(([settings, start, first, rounds]) => ({
      settings,
      actions: [...start.flat(), first, ...rounds.flat(2)] as Action[],
    }));
}
