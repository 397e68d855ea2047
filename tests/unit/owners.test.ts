import { describe, expect, test } from "@jest/globals";
import { type Holders, Owners } from "../../provider/workspace/owners";

const A = { mark: "a", wants: "A" };
const B = { mark: "b", wants: "B" };

describe("holders of a secret", () => {
  test("the others are those of another mark", () => {
    const owners = new Owners();
    owners.hold("1", A);
    owners.hold("1", B);
    owners.hold("2", { mark: "c", wants: "C" });
    expect(owners.others("1", "a")).toEqual([B]);
    expect(owners.others("1", "none")).toEqual([A, B]);
    expect(owners.others("1")).toEqual([A, B]);
    expect(owners.others("3", "a")).toEqual([]);
  });

  test("one that holds it again is one holder, with what it wants now", () => {
    const owners = new Owners();
    owners.hold("1", A);
    owners.hold("1", { mark: "a", wants: "A2" });
    expect(owners.others("1")).toEqual([{ mark: "a", wants: "A2" }]);
  });

  test("one that releases it holds that secret no more, and others still do", () => {
    const owners = new Owners();
    owners.hold("1", A);
    owners.hold("1", B);
    owners.hold("2", A);
    owners.release("1", "a");
    expect(owners.others("1")).toEqual([B]);
    expect(owners.others("2")).toEqual([A]);
    owners.release("3", "a");
    expect(owners.others("3")).toEqual([]);
  });
});

test("workspaces that share their holders know of each other's, and keep the rest to themselves", () => {
  const holders: Holders = new Map();
  const [one, other] = [new Owners(holders), new Owners(holders)];
  one.hold("1", A);
  one.see("1");
  one.reserveName("A");
  expect(other.others("1")).toEqual([A]);
  expect([other.isSeen("1"), other.reserveName("A")]).toEqual([false, true]);
});

test("a secret that was seen is no holder's", () => {
  const owners = new Owners();
  owners.see("1");
  expect([owners.isSeen("1"), owners.isSeen("2")]).toEqual([true, false]);
  expect(owners.others("1")).toEqual([]);
});

test("a name is reserved once, until it is released", () => {
  const owners = new Owners();
  expect([owners.reserveName("A"), owners.reserveName("A"), owners.reserveName("B")]).toEqual([true, false, true]);
  owners.releaseName("A");
  expect([owners.reserveName("A"), owners.reserveName("B")]).toEqual([true, false]);
});
