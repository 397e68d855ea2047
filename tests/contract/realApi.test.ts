import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type ElevenLabsApi, PAGED_KINDS, type Secret } from "../../provider/api/client";
import { REGIONS } from "../../provider/api/endpoint";
import { clientOf, emulate, failureOf, trueGetters } from "../support/servers";

// With this variable, the same tests call the real API, in the workspace of that key.
const apiKey = process.env.ELEVENLABS_TEST_API_KEY;

const prefix = `pulumi-elevenlabs-test-${randomUUID()}-`;
let server: { url: string; apiKey: string };
let api: ElevenLabsApi;

beforeAll(async () => {
  server = apiKey ? { url: REGIONS.global, apiKey } : await emulate();
  api = clientOf(server, { timeoutMs: 30_000, maxRetries: 4, maxConcurrency: 2 });
});

const named = async (name: string): Promise<Secret[]> =>
  (await api.listSecrets({ search: name })).filter((secret) => secret.name === name);
const create = (name: string) =>
  api.createSecret(prefix + name, "test value", async () => (await named(prefix + name))[0]);

describe(apiKey ? "the real API" : "the emulator instead of the real API", () => {
  // Deletes the secrets that failed tests left behind, including secrets from a POST of unknown outcome.
  afterAll(async () => {
    const left = await api.listSecrets({ search: prefix });
    await Promise.all(left.filter(({ name }) => name.startsWith(prefix)).map(({ id }) => api.deleteSecret(id)));
  });

  test("a created secret is found by its id, without dependents", async () => {
    const made = await create("created");

    expect(made).toEqual({ id: expect.stringMatching(/./), name: `${prefix}created` });
    expect(await api.getSecret(made.id)).toEqual({ ...made, dependents: [], kindsWithMore: [] });
    expect(await Promise.all(PAGED_KINDS.map((kind) => api.listDependents(made.id, kind)))).toEqual([[], [], []]);
  });

  test("a search finds exactly the names that start with it", async () => {
    const made = [await create("list-a"), await create("list-b")];
    await create("other");

    expect((await api.listSecrets({ search: `${prefix}list-` })).sort(byName)).toEqual(made);
    expect(await api.listSecrets({ search: `${prefix}ist-` })).toEqual([]);
  });

  test("a list of all secrets contains each secret once", async () => {
    const made = await create("everything");

    const all = await api.listSecrets();

    expect(all.filter(({ id }) => id === made.id)).toEqual([made]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test("an update renames the secret and keeps its id", async () => {
    const { id } = await create("before");

    expect(await api.updateSecret(id, `${prefix}after`, "another value")).toEqual({ id, name: `${prefix}after` });

    expect(await api.getSecret(id)).toMatchObject({ id, name: `${prefix}after` });
    expect(await named(`${prefix}before`)).toEqual([]);
  });

  test("a deleted secret is no longer found by any call", async () => {
    const { id, name } = await create("deleted");

    await api.deleteSecret(id);

    const errors = [
      await failureOf(api.getSecret(id)),
      await failureOf(api.updateSecret(id, name, "v")),
      await failureOf(api.deleteSecret(id)),
    ];
    expect(errors.map(trueGetters)).toEqual([["isNotFound"], ["isNotFound"], ["isNotFound"]]);
    expect(await named(name)).toEqual([]);
  });

  test("an unknown id is not found", async () => {
    expect(trueGetters(await failureOf(api.getSecret(randomUUID().replaceAll("-", ""))))).toEqual(["isNotFound"]);
  });

  test("an unknown API key is not accepted", async () => {
    const stranger = clientOf({ url: server.url, apiKey: `sk_${randomUUID().replaceAll("-", "")}` });
    expect(trueGetters(await failureOf(stranger.listSecrets()))).toEqual(["isUnauthorized"]);
  });
});

function byName(a: Secret, b: Secret): number {
  return a.name < b.name ? -1 : 1;
}
