import { expect, test } from "@jest/globals";
import type { OwnedSecret } from "../../cli/pulumi/output";
import { findIds } from "../../cli/render/ids";

function secret(workspace: string, name: string | undefined, id: string): OwnedSecret {
  const policies = { onNameChange: "replace", onExisting: "fail", existingId: undefined, isValueKept: false } as const;
  const place = { provider: "default", workspace };
  return { resource: id, urn: `urn:${id}`, id, name, ...place, endpoint: undefined, mark: undefined, ...policies };
}

const OWNED = [
  secret("default", "CRM", "id_1"),
  secret("default", "TWICE", "id_2"),
  secret("default", "TWICE", "id_3"),
  secret("default", "dev_CRM", "id_4"),
  secret("default", undefined, "id_5"),
  secret("eu", "CRM", "id_6"),
  secret("eu", "PAY", "id_7"),
];

const at = (name: string, file = "a.json") => ({ name, file, place: `/${name}` });
const find = (places: ReturnType<typeof at>[], { workspace = "default", prefix = "" } = {}) =>
  findIds(places, { owned: OWNED, place: { provider: "default", workspace }, prefix });

test("a name is looked up only in its own workspace, with the prefix", () => {
  const places = [at("CRM"), at("CRM", "b.json")];
  const none = { faults: [], elsewhere: [] };
  expect(find(places)).toEqual({ ids: new Map([["CRM", "id_1"]]), ...none });
  expect(find(places, { prefix: "dev_" })).toEqual({ ids: new Map([["CRM", "id_4"]]), ...none });
  expect(find(places, { workspace: "eu" })).toEqual({ ids: new Map([["CRM", "id_6"]]), ...none });
});

test("a missing or ambiguous name is one fault, with all its places", () => {
  const places = [at("PAY"), at("CRM"), at("TWICE"), at("PAY", "b.json"), at("undefined")];
  expect(find(places)).toMatchObject({
    faults: [
      {
        name: "PAY",
        ids: [],
        places: [
          { file: "a.json", place: "/PAY" },
          { file: "b.json", place: "/PAY" },
        ],
      },
      { name: "TWICE", ids: ["id_2", "id_3"] },
      { name: "undefined", ids: [] },
    ],
    elsewhere: [{ provider: "default", workspace: "eu", names: ["PAY"] }],
  });
});

test("a fault contains the name with its prefix", () => {
  expect(find([at("PAY")], { prefix: "dev_" })).toMatchObject({ faults: [{ name: "dev_PAY" }], elsewhere: [] });
});
