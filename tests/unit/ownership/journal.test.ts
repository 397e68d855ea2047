import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { Journal } from "../../../provider/ownership/journal";
import { holder, marksOf } from "../../support/holders";

describe("the holders of a secret", () => {
  test("the holders of a secret are all entries that own it", () => {
    const journal = new Journal();
    for (const one of [holder("a"), holder("b", "state"), holder("c", "operation", "2")]) journal.hold(one);
    expect([marksOf(journal), marksOf(journal, "2"), marksOf(journal, "3")]).toEqual([["a", "b"], ["c"], []]);
    expect([...journal.holders()].map(({ mark }) => mark)).toEqual(["a", "b", "c"]);
  });

  test("an entry is one holder; a running step overrides the state", () => {
    const stored = { type: "t", name: "A", workspace: "default", isValueKept: false };
    const journal = new Journal();
    journal.hold({ ...holder("a", "state"), stored });
    journal.hold({ ...holder("a"), resource: "renamed" });
    journal.hold({ ...holder("a", "state"), stored });
    expect(journal.holdersOf("1")).toEqual([{ ...holder("a"), resource: "renamed", stored }]);
  });

  test("an entry that has released a secret is no longer its holder", () => {
    const journal = new Journal();
    for (const one of [holder("a"), holder("b"), holder("a", "operation", "2")]) journal.hold(one);
    journal.release("1", "a");
    expect([marksOf(journal), marksOf(journal, "2")]).toEqual([["b"], ["a"]]);
  });

  test("a released entry stays released, even if the state still has it", () => {
    const journal = new Journal();
    journal.release("1", "a");
    journal.hold(holder("a", "state"));
    journal.hold(holder("a"));
    expect(marksOf(journal)).toEqual([]);
  });
});

describe("a turn", () => {
  test("a turn waits for earlier turns with its key, and gets their results", async () => {
    const journal = new Journal();
    const order: string[] = [];
    const take = async (name: string, result?: { id: string; resource: string }) => {
      const turn = await journal.turn("name A");
      order.push(`${name} after ${turn.earlier.map(({ id }) => id).join(",")}`);
      await turnOfTheLoop();
      order.push(`${name} ends`);
      turn.end(result);
    };
    await Promise.all([
      take("a", { id: "1", resource: "a" }),
      take("b"),
      take("c", { id: "3", resource: "c" }),
      take("d"),
    ]);
    expect(order).toEqual([
      ...["a after ", "a ends"],
      ...["b after 1", "b ends"],
      ...["c after 1", "c ends"],
      ...["d after 1,3", "d ends"],
    ]);
  });

  test("a turn doesn't wait for a turn with another key", async () => {
    const journal = new Journal();
    await journal.turn("name A");
    expect((await journal.turn("name B")).earlier).toEqual([]);
  });
});
