import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { Account } from "../../../provider/ownership/account";
import { markedBy, newMark } from "../../../provider/ownership/mark";

const ROUTE = { endpoint: "https://api.example", apiKey: "sk_a" };
const OTHER_KEY = { ...ROUTE, apiKey: "sk_b" };
const OTHER_URL = { ...ROUTE, endpoint: "https://api.other.example" };

/** An account that waits no longer than a turn of the event loop. */
const account = (route = ROUTE) => new Account(route, () => turn());
const entry = (id: string, route: typeof ROUTE) => ({
  id,
  state: { mark: markedBy(newMark(), route), endpoint: route.endpoint },
});

describe("the fingerprint of an account", () => {
  test("only the same URL and API key have the same fingerprint", () => {
    expect(new Account({ ...ROUTE }).fingerprint).toBe(account().fingerprint);
    expect(new Set([ROUTE, OTHER_KEY, OTHER_URL].map((route) => new Account(route).fingerprint)).size).toBe(3);
  });
});

describe("a secret was written by this URL and API key", () => {
  test("the mark shows whether this URL and API key wrote the secret", () => {
    expect(account().hasWritten(entry("1", ROUTE))).toBe(true);
    expect(account().hasWritten({ id: "1", state: { mark: account().mark("entry123") } })).toBe(true);
    expect(account().hasWritten(entry("1", OTHER_KEY))).toBe(false);
    expect(account().hasWritten(entry("1", OTHER_URL))).toBe(false);
  });

  test("if the state has a mark, the endpoint in the state doesn't matter", () => {
    const { id, state } = entry("1", OTHER_KEY);
    expect(account().hasWritten({ id, state: { ...state, endpoint: ROUTE.endpoint } })).toBe(false);
  });

  test("only another endpoint shows a different writer of an unmarked entry", () => {
    const isWritten = (endpoint?: string) => account().hasWritten({ id: "1", state: { endpoint } });
    expect([isWritten(), isWritten(ROUTE.endpoint), isWritten(OTHER_URL.endpoint)]).toEqual([true, true, false]);
  });
});

const OTHERS_KEY = entry("1", OTHER_KEY);

describe("it is the right account for an entry", () => {
  test("an account is right for an entry that it has written", async () => {
    expect(await account().isRightFor(entry("1", ROUTE))).toBe(true);
  });

  test("an account is right if it finds another entry of the same key", async () => {
    const proven = account();
    proven.noteFound(entry("2", OTHER_KEY));
    expect(await proven.isRightFor(OTHERS_KEY)).toBe(true);
  });

  test("an account is right if another entry shows that the keys share it", async () => {
    const written = entry("2", OTHER_KEY);
    const both = { id: "2", state: { ...written.state, mark: account().mark(written.state.mark) } };
    const proven = account({ ...ROUTE, apiKey: "sk_c" });
    proven.noteFound(both);
    expect(await proven.isRightFor(OTHERS_KEY)).toBe(true);
  });

  test("a mark written after a find proves that two keys share an account", async () => {
    const writer = account();
    writer.noteFound(entry("2", OTHER_KEY));
    const proven = account({ ...ROUTE, apiKey: "sk_c" });
    proven.noteFound({ id: "3", state: { mark: writer.mark(newMark()) } });
    expect(await proven.isRightFor(OTHERS_KEY)).toBe(true);
  });

  test("an account isn't right because it finds its own entry", async () => {
    const unproven = account();
    unproven.noteEntry(entry("2", ROUTE));
    unproven.noteFound(entry("2", ROUTE));
    expect(await unproven.isRightFor(OTHERS_KEY)).toBe(false);
  });

  test("an account isn't right because it finds an entry of a third key", async () => {
    const unproven = account();
    unproven.noteFound(entry("2", { ...ROUTE, apiKey: "sk_c" }));
    expect(await unproven.isRightFor(OTHERS_KEY)).toBe(false);
  });

  test("an account isn't right because the state has the entry", async () => {
    const unproven = account();
    unproven.noteEntry(OTHERS_KEY);
    expect(await unproven.isRightFor(OTHERS_KEY)).toBe(false);
  });
});

describe("the entries to ask for", () => {
  const idsOf = (one: Account) => one.entriesToAskFor.map(({ id }) => id);

  test("the first few entries are requested if other keys wrote them all", () => {
    const unproven = account();
    for (const id of ["1", "2", "3", "4"]) unproven.noteEntry(entry(id, OTHER_KEY));
    expect(idsOf(unproven)).toEqual(["1", "2", "3"]);
  });

  test("no entry is requested without secrets or with a proven account", () => {
    expect(idsOf(account())).toEqual([]);
    const [written, found] = [account(), account()];
    for (const one of [written, found]) one.noteEntry(OTHERS_KEY);
    written.noteEntry(entry("2", ROUTE));
    found.noteFound(entry("3", OTHER_KEY));
    expect([idsOf(written), idsOf(found)]).toEqual([[], []]);
  });
});

describe("a step that finds nothing waits for a proof", () => {
  /** An account, and a promise that is kept once a step has waited for several pauses. */
  function patientAccount() {
    const waited = Promise.withResolvers<void>();
    let pauses = 0;
    const waiting = new Account(ROUTE, async () => {
      await turn();
      if (++pauses === 3) waited.resolve();
    });
    return { waiting, waited: waited.promise };
  }

  test("a step waits for a proof by another running step, without a limit", async () => {
    const { waiting, waited } = patientAccount();
    const other = Promise.withResolvers<void>();
    const finding = waiting.during(async () => {
      await other.promise;
      waiting.noteFound(OTHERS_KEY);
    });
    const proof = waiting.during(() => waiting.isRightFor(OTHERS_KEY));
    await Promise.race([waited, proof]);
    other.resolve();
    expect(await proof).toBe(true);
    await finding;
  });

  test("a step stops waiting once all other steps end without a proof", async () => {
    const { waiting, waited } = patientAccount();
    const other = Promise.withResolvers<void>();
    const ended: string[] = [];
    const finding = waiting.during(() => other.promise).then(() => ended.push("other"));
    const proof = waiting
      .during(() => waiting.isRightFor(OTHERS_KEY))
      .then((isProven) => ended.push(`proven: ${isProven}`));
    await Promise.race([waited, proof]);
    other.resolve();
    await Promise.all([finding, proof]);
    expect(ended).toEqual(["other", "proven: false"]);
  });

  test("a step that begins later can prove the account", async () => {
    const waiting = new Account(ROUTE, (signal) => once(signal, "abort"));
    const proof = waiting.during(() => waiting.isRightFor(OTHERS_KEY));
    await turn();
    await waiting.during(async () => waiting.noteFound(OTHERS_KEY));
    expect(await proof).toBe(true);
  });

  test("steps that wait for a proof don't wait for each other", async () => {
    const waiting = account();
    const proofs = ["a", "b", "c"].map(() => waiting.during(() => waiting.isRightFor(OTHERS_KEY)));
    expect(await Promise.all(proofs)).toEqual([false, false, false]);
  });

  test("a step stops waiting when the engine ends the operation", async () => {
    const waiting = new Account(ROUTE, (signal) => once(signal, "abort"));
    const stop = new AbortController();
    const proof = waiting.during(() => waiting.isRightFor(OTHERS_KEY, stop.signal));
    stop.abort();
    expect(await proof).toBe(false);
  });
});

test("no step waits for a step that has failed", async () => {
  const failing = account();
  await expect(failing.during(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await failing.during(() => failing.isRightFor(OTHERS_KEY))).toBe(false);
});
