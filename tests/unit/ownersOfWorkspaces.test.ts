import { describe, expect, test } from "@jest/globals";
import { Owners } from "../../provider/workspaces/owners";

const A = { mark: "a", wants: "A", workspace: "default" };
const B = { mark: "b", wants: "B", workspace: "default" };

describe("holders of a secret", () => {
  test("the others are those of another mark", () => {
    const owners = new Owners("default");
    owners.hold("1", A);
    owners.hold("1", B);
    owners.hold("2", { mark: "c", wants: "C" });
    expect(owners.others("1", "a")).toEqual([B]);
    expect(owners.others("1", "none")).toEqual([A, B]);
    expect(owners.others("1")).toEqual([A, B]);
    expect(owners.others("3", "a")).toEqual([]);
  });

  test("one that holds it again is one holder, with what it wants now", () => {
    const owners = new Owners("default");
    owners.hold("1", A);
    owners.hold("1", { mark: "a", wants: "A2" });
    expect(owners.others("1")).toEqual([{ mark: "a", wants: "A2", workspace: "default" }]);
  });

  test("one that releases it holds that secret no more, and others still do", () => {
    const owners = new Owners("default");
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

describe("workspaces that may be one", () => {
  test("know of each other's holders", () => {
    const shared = { holders: new Map() };
    const [one, other] = [new Owners("default", shared), new Owners("twin", shared)];
    one.hold("1", A);
    one.reserveName("A");
    other.hold("2", B);
    expect(other.others("1")).toEqual([A]);
    expect(one.others("2")).toEqual([{ ...B, workspace: "twin" }]);
    expect(other.reserveName("A")).toBe(true);
  });

  test("know of the names that the other creates, where they share them", () => {
    const shared = { namesInCreation: new Set<string>() };
    const [one, other] = [new Owners("default", shared), new Owners("twin", shared)];
    one.reserveName("A");
    one.hold("1", A);
    expect([other.reserveName("A"), other.reserveName("B")]).toEqual([false, true]);
    expect(other.others("1")).toEqual([]);
  });
});

test("a name is reserved once, until it is released", () => {
  const owners = new Owners("default");
  expect([owners.reserveName("A"), owners.reserveName("A"), owners.reserveName("B")]).toEqual([true, false, true]);
  owners.releaseName("A");
  expect([owners.reserveName("A"), owners.reserveName("B")]).toEqual([true, false]);
});
