import { expect, test } from "@jest/globals";
import { DYNAMIC_TYPE } from "../../../provider/hosts/typeTokens";
import { strangersIn } from "../../../provider/ownership/strangers";
import { SIGNATURE } from "../../../provider/pulumi/signature";

const urn = (type: string, name = "r") => `urn:pulumi:test::test::${type}::${name}`;

/** What the resource says of ids and names. */
function said(type: string, outputs: Record<string, unknown>): string[] {
  return strangersIn({ [urn(type)]: { type, outputs } }).flatMap(({ id, words }) => [id ?? "no id", ...words]);
}

test.each<[string, string, Record<string, unknown>, string[]]>([
  [
    "a dynamic provider says it by its outputs",
    "pulumi-nodejs:dynamic:Resource",
    { name: "CRM", __provider: "code" },
    ["no id", "CRM"],
  ],
  [
    "a bridged provider of ElevenLabs says it by its outputs",
    "elevenlabs:index/secret:Secret",
    { id: "sec_1", name: "CRM" },
    ["sec_1", "sec_1", "CRM"],
  ],
  ["another provider says it by its id only", "acme:index:Secret", { id: "sec_1", name: "CRM" }, ["sec_1"]],
  [
    "a reference further inside says nothing",
    "pulumi-nodejs:dynamic:Resource",
    { headers: { Authorization: { secret_id: "sec_1" } } },
    [],
  ],
  [
    "a command says it in its scripts, its environment and what it prints",
    "command:local:Command",
    { delete: "rm it", environment: { NAME: "CRM" }, stdout: '{"secret_id":"sec_1"}' },
    ["no id", "rm", "it", "CRM", "secret_id", "sec_1"],
  ],
  ["a command without a delete deletes nothing", "command:local:Command", { create: "make CRM" }, []],
  [
    "what the state encrypts says nothing",
    "command:local:Command",
    { delete: "rm", environment: { KEY: { [SIGNATURE]: "secret", value: "sk_1" } } },
    ["no id", "rm"],
  ],
  ["a secret of ours says nothing", DYNAMIC_TYPE, { id: "sec_1", name: "CRM" }, []],
  ["the stack says nothing", "pulumi:pulumi:Stack", { id: "sec_1" }, []],
])("%s", (_, type, outputs, words) => {
  expect(said(type, outputs)).toEqual(words);
});

test("a component says nothing: it deletes nothing itself", () => {
  const component = "acme:elevenlabs:Secrets";
  const child = "pulumi-nodejs:dynamic:Resource";
  const strangers = strangersIn({
    [urn(component)]: { type: component, outputs: { id: "sec_1" } },
    [urn(`${component}$${child}`)]: { type: child, outputs: { name: "CRM" } },
  });
  expect(strangers).toMatchObject([{ type: child, words: ["CRM"] }]);
});
