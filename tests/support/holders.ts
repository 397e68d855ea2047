import type { Journal } from "../../provider/ownership/journal";
import type { Holder } from "../../provider/ownership/store";

export const holder = (mark: string, since: Holder["since"] = "operation", id = "1"): Holder => ({
  id,
  mark,
  resource: mark,
  since,
});

/** The marks of all entries that own a secret. */
export const marksOf = (journal: Journal, id = "1") => journal.holdersOf(id).map(({ mark }) => mark);
