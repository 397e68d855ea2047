import { describe, expect, test } from "@jest/globals";
import { Owners, type SharedOwners } from "../../provider/workspaces/owners";

const A = { resource: "a", name: "A", workspace: "default" };
const B = { resource: "b", name: "B", workspace: "default" };

describe("the owners of a secret", () => {
  test("other than a resource are those with another key", () => {
    const owners = new Owners("default");
    owners.add("1", A);
    owners.add("1", B);
    owners.add("2", { resource: "c", name: "C" });
    expect(owners.others("1", "a")).toEqual([B]);
    expect(owners.others("1", "none")).toEqual([A, B]);
    expect(owners.others("1")).toEqual([A, B]);
    expect(owners.others("3", "a")).toEqual([]);
  });

  test("include a resource only once, with the name that it gave last", () => {
    const owners = new Owners("default");
    owners.add("1", A);
    owners.add("1", { resource: "a", name: "A2" });
    expect(owners.others("1")).toEqual([{ resource: "a", name: "A2", workspace: "default" }]);
  });

  test("no longer include a resource that is removed from that secret", () => {
    const owners = new Owners("default");
    owners.add("1", A);
    owners.add("1", B);
    owners.add("2", A);
    owners.remove("1", "a");
    expect(owners.others("1")).toEqual([B]);
    expect(owners.others("2")).toEqual([A]);
    owners.remove("3", "a");
    expect(owners.others("3")).toEqual([]);
  });
});

describe("two names for what may be one workspace", () => {
  test("share the owners of secrets, if they have one endpoint", () => {
    const shared: Pick<SharedOwners, "ownersById"> = { ownersById: new Map() };
    const [one, other] = [new Owners("default", shared), new Owners("twin", shared)];
    one.add("1", A);
    one.reserveName("A");
    other.add("2", B);
    expect(other.others("1")).toEqual([A]);
    expect(one.others("2")).toEqual([{ ...B, workspace: "twin" }]);
    expect(other.reserveName("A")).toBe(true);
  });

  test("share the names in creation, if they also have one API key", () => {
    const shared: Pick<SharedOwners, "namesInCreation"> = { namesInCreation: new Set() };
    const [one, other] = [new Owners("default", shared), new Owners("twin", shared)];
    one.reserveName("A");
    one.add("1", A);
    expect([other.reserveName("A"), other.reserveName("B")]).toEqual([false, true]);
    expect(other.others("1")).toEqual([]);
  });
});

test("a name can be reserved once, until it is released", () => {
  const owners = new Owners("default");
  expect([owners.reserveName("A"), owners.reserveName("A"), owners.reserveName("B")]).toEqual([true, false, true]);
  owners.releaseName("A");
  expect([owners.reserveName("A"), owners.reserveName("B")]).toEqual([true, false]);
});
