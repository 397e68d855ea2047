import { expect, test } from "@jest/globals";
import { DYNAMIC_TYPE } from "../../../provider/hosts/typeTokens";
import { strangersIn } from "../../../provider/ownership/strangers";
import { SIGNATURE } from "../../../provider/pulumi/signature";

const urn = (type: string, name = "r") => `urn:pulumi:test::test::${type}::${name}`;

/** Returns the id and the names that show which secret the resource may manage. */
function said(type: string, outputs: Record<string, unknown>): string[] {
  return strangersIn({ [urn(type)]: { type, outputs } }).flatMap(({ id, words }) => [id ?? "no id", ...words]);
}

test.each<[string, string, Record<string, unknown>, string[]]>([
  [
    "a dynamic provider is identified by its outputs",
    "pulumi-nodejs:dynamic:Resource",
    { name: "CRM", __provider: "code" },
    ["no id", "CRM"],
  ],
  [
    "a bridged ElevenLabs provider is identified by its outputs",
    "elevenlabs:index/secret:Secret",
    { id: "sec_1", name: "CRM" },
    ["sec_1", "sec_1", "CRM"],
  ],
  ["another provider is identified only by its id", "acme:index:Secret", { id: "sec_1", name: "CRM" }, ["sec_1"]],
  [
    "a nested reference is ignored",
    "pulumi-nodejs:dynamic:Resource",
    { headers: { Authorization: { secret_id: "sec_1" } } },
    [],
  ],
  [
    "a command is identified by its scripts, environment and output",
    "command:local:Command",
    { delete: "rm it", environment: { NAME: "CRM" }, stdout: '{"secret_id":"sec_1"}' },
    ["no id", "rm", "it", "CRM", "secret_id", "sec_1"],
  ],
  ["a command without a delete script is ignored", "command:local:Command", { create: "make CRM" }, []],
  [
    "encrypted outputs are ignored",
    "command:local:Command",
    { delete: "rm", environment: { KEY: { [SIGNATURE]: "secret", value: "sk_1" } } },
    ["no id", "rm"],
  ],
  ["a secret of this package is ignored", DYNAMIC_TYPE, { id: "sec_1", name: "CRM" }, []],
  ["the stack is ignored", "pulumi:pulumi:Stack", { id: "sec_1" }, []],
])("%s", (_, type, outputs, words) => {
  expect(said(type, outputs)).toEqual(words);
});

test("a component isn't a stranger, because it deletes nothing", () => {
  const component = "acme:elevenlabs:Secrets";
  const child = "pulumi-nodejs:dynamic:Resource";
  const strangers = strangersIn({
    [urn(component)]: { type: component, outputs: { id: "sec_1" } },
    [urn(`${component}$${child}`)]: { type: child, outputs: { name: "CRM" } },
  });
  expect(strangers).toMatchObject([{ type: child, words: ["CRM"] }]);
});
