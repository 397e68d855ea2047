import { expect, test } from "@jest/globals";
import { canary, PUNCTUATION } from "../support/canary";
import { everythingOf } from "../support/reachable";
import { clientOf, emulate, failureOf, trueGetters } from "../support/servers";

const short = canary(PUNCTUATION);
const long = canary(PUNCTUATION, { length: 64 * 1024 });
const key = canary('sk_"/%+');

const base64 = (text: string) => Buffer.from(text).toString("base64");
const ascii = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

test.each<[string, (text: string) => string]>([
  ["whole", (text) => text],
  ["cut off at its end", (text) => text.slice(0, -10)],
  ["cut off at its start", (text) => text.slice(10)],
  ["cut off in JSON", (text) => JSON.stringify(text).slice(0, 200)],
  ["in JSON of ASCII alone", ascii],
  ["in JSON in JSON", (text) => JSON.stringify(JSON.stringify(text))],
  ["in a URL-encoded form", (text) => new URLSearchParams({ text }).toString()],
  ["in base64 for URLs", (text) => Buffer.from(text).toString("base64url")],
  ["in base64 of the whole body", (text) => base64(JSON.stringify({ value: text }))],
  ["in base64, cut off", (text) => base64(text).slice(1, 200)],
  ["in hex", (text) => Buffer.from(text).toString("hex")],
  ["in hex in capitals", (text) => Buffer.from(text).toString("hex").toUpperCase()],
])("a response that echoes the value or the API key %s is not shown", async (_, echo) => {
  const emulator = await emulate({ keys: { [key.text]: {} } });
  for (const secret of [short, long, key]) {
    const value = secret === key ? "other" : secret.text;
    const words = echo(secret.text);
    emulator.fault({ kind: "status", status: 422, body: { detail: { message: `bad: ${words}`, code: words } } });

    const error = await failureOf(clientOf(emulator).updateSecret("1", "A", value));

    expect(error.failure).toMatchObject({ status: 422, message: "[not shown: it contains a secret]" });
    expect(secret.foundIn(everythingOf(error))).toEqual([]);
  }
});

test("a value that is part of the API's error code does not change the kind", async () => {
  const emulator = await emulate();
  emulator.fault({ kind: "status", status: 401, body: { detail: { status: "missing_permissions", message: "no" } } });
  const error = await failureOf(clientOf(emulator).updateSecret("1", "A", "permissions"));
  expect(trueGetters(error)).toEqual(["lacksPermission"]);
});
