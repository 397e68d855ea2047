import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import {
  type DependentSeeds,
  type Emulator,
  type EmulatorOptions,
  type Fault,
  startEmulator,
} from "../../emulator/index";
import { Limits } from "../../emulator/limits";

const SECRETS = "/v1/convai/secrets";
const started: Emulator[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((emulator) => emulator.close()));
});

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  started.push(emulator);
  return emulator;
}

interface Ask {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

function send(emulator: Emulator, method: string, path: string, { body, headers = {}, signal }: Ask = {}) {
  return fetch(`${emulator.url}${path}`, {
    method,
    redirect: "manual",
    headers: { "xi-api-key": emulator.apiKey, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

async function ask(emulator: Emulator, method: string, path: string, given: Ask = {}) {
  const response = await send(emulator, method, path, given);
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: each test's expectations describe the body
  return { status: response.status, headers: response.headers, text, body: (text ? JSON.parse(text) : "") as any };
}

const create = (emulator: Emulator, name: string, value = "v") =>
  ask(emulator, "POST", SECRETS, { body: { type: "new", name, value } });
const put = (emulator: Emulator, id: string, name: string, value = "v") =>
  ask(emulator, "PATCH", `${SECRETS}/${id}`, { body: { type: "update", name, value } });
const names = (body: { secrets: { name: string }[] }) => body.secrets.map(({ name }) => name);
const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

async function waitForStatus(emulator: Emulator, expected: number): Promise<number> {
  for (;;) {
    const { status } = await ask(emulator, "GET", SECRETS);
    if (status === expected) return status;
    await turn();
  }
}

describe("operations on a secret", () => {
  test("a created secret is stored, and no response contains its value", async () => {
    const emulator = await start();
    const { status, body } = await create(emulator, "A", "hush");
    const [secret] = emulator.workspace().secrets();
    expect(secret).toMatchObject({ name: "A", value: "hush" });
    expect(status).toBe(200);
    expect(body).toEqual({ type: "stored", secret_id: secret?.id, name: "A" });
    const read = await ask(emulator, "GET", `${SECRETS}/${secret?.id}`);
    const all = await ask(emulator, "GET", SECRETS);
    expect(read.text + all.text).not.toContain("hush");
  });

  test("a GET of a secret lists its dependents", async () => {
    const emulator = await start();
    const hidden = { type: "unknown", id: "t1" } as const;
    const seeds = {
      tools: [hidden],
      agents: ["Support"],
      phone_numbers: ["Desk"],
      mcp_servers: ["Files"],
      others: ["conversation_initiation_webhook"],
    };
    const { id } = emulator.workspace().add("A", "v", { dependents: seeds });
    const { status, body } = await ask(emulator, "GET", `${SECRETS}/${id}`);
    const available = { type: "available", access_level: "admin" };
    const common = { ...available, id: expect.any(String), created_at_unix_secs: expect.any(Number) };
    expect(status).toBe(200);
    expect(body).toEqual({
      type: "stored",
      secret_id: id,
      name: "A",
      used_by: {
        tools: [hidden],
        tools_has_more: false,
        agents: [{ ...common, name: "Support", referenced_resource_ids: [] }],
        agents_has_more: false,
        phone_numbers: [
          {
            phone_number_id: expect.any(String),
            phone_number: expect.stringMatching(/^\+1555\d{7}$/),
            label: "Desk",
            provider: "twilio",
          },
        ],
        phone_numbers_has_more: false,
        mcp_servers: [{ ...common, name: "Files" }],
        others: ["conversation_initiation_webhook"],
      },
    });
  });

  test("PATCH replaces the name and the value, and keeps id and dependents", async () => {
    const emulator = await start();
    const before = emulator.workspace().add("A", "old", { dependents: { tools: ["T"] } });
    const { status, body } = await put(emulator, before.id, "B", "new");
    expect(status).toBe(200);
    expect(body).toEqual({ type: "stored", secret_id: before.id, name: "B" });
    expect(emulator.workspace().secrets()).toEqual([{ ...before, name: "B", value: "new" }]);
  });

  test("DELETE returns 204 without a body, and 404 the second time", async () => {
    const emulator = await start();
    const { id } = emulator.workspace().add("A");
    const first = await ask(emulator, "DELETE", `${SECRETS}/${id}`);
    expect([first.status, first.text]).toEqual([204, ""]);
    expect(emulator.workspace().secrets()).toEqual([]);
    expect((await ask(emulator, "DELETE", `${SECRETS}/${id}`)).status).toBe(404);
  });

  test("ids in paths are URL-decoded", async () => {
    const emulator = await start();
    emulator.workspace().add("A", "v", { id: "a b/c" });
    expect((await ask(emulator, "GET", `${SECRETS}/a%20b%2Fc`)).body.secret_id).toBe("a b/c");
    expect((await ask(emulator, "GET", `${SECRETS}/%E0%A4%A`)).status).toBe(404);
  });
});

describe("refusals", () => {
  test.each([
    ["is missing", undefined],
    ["is unknown", "no-such-key"],
    ["is the name of a property of every object", "constructor"],
  ])("an API key that %s gets 401 invalid_api_key", async (_, key) => {
    const emulator = await start();
    const response = await fetch(`${emulator.url}${SECRETS}`, {
      headers: key === undefined ? {} : { "xi-api-key": key },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ detail: { status: "invalid_api_key", message: "Invalid API key" } });
  });

  test("a key without the permission gets 401, and nothing is written", async () => {
    const emulator = await start({ keys: { reader: { permissions: ["read"] }, writer: { permissions: ["write"] } } });
    const { id } = emulator.workspace().add("A", "v");
    const missing = { detail: { status: "missing_permissions", message: expect.any(String) } };
    for (const [method, path] of [
      ["POST", ""],
      ["PATCH", `/${id}`],
      ["DELETE", `/${id}`],
    ] as const) {
      const { status, body } = await ask(emulator, method, SECRETS + path, {
        body: { type: "new", name: "B", value: "v" },
      });
      expect([status, body]).toEqual([401, missing]);
    }
    for (const path of ["", `/${id}`, `/${id}/dependencies/tools`]) {
      const { status, body } = await ask(emulator, "GET", SECRETS + path, { headers: { "xi-api-key": "writer" } });
      expect([status, body]).toEqual([401, missing]);
    }
    expect(emulator.workspace().secrets()).toMatchObject([{ id, name: "A", value: "v" }]);
    expect((await ask(emulator, "GET", SECRETS)).status).toBe(200);
  });

  test("an unknown id gets 404 secret_not_found from every operation", async () => {
    const emulator = await start();
    const calls = [
      await ask(emulator, "GET", `${SECRETS}/nope`),
      await put(emulator, "nope", "A"),
      await ask(emulator, "DELETE", `${SECRETS}/nope`),
      await ask(emulator, "GET", `${SECRETS}/nope/dependencies/tools`),
    ];
    for (const { status, body } of calls) {
      expect(status).toBe(404);
      expect(body.detail).toEqual({
        type: "not_found",
        code: "secret_not_found",
        status: "secret_not_found",
        message: "Secret with id nope not found",
        request_id: expect.any(String),
        param: null,
      });
    }
  });

  test("an unknown path gets 404 and a wrong method 405, as plain details", async () => {
    const emulator = await start();
    const lost = await ask(emulator, "GET", "/v1/convai/secret");
    expect([lost.status, lost.body]).toEqual([404, { detail: "Not Found" }]);
    const wrong = await ask(emulator, "PUT", SECRETS);
    expect([wrong.status, wrong.body]).toEqual([405, { detail: "Method Not Allowed" }]);
  });

  test("a taken name gets 409, but a secret can keep its own name", async () => {
    const emulator = await start();
    const workspace = emulator.workspace();
    workspace.add("A");
    const { id } = workspace.add("B");
    for (const { status, body } of [await create(emulator, "A"), await put(emulator, id, "A")]) {
      expect(status).toBe(409);
      expect(body.detail).toMatchObject({ type: "conflict", code: "secret_name_taken", status: "secret_name_taken" });
    }
    expect((await put(emulator, id, "B")).status).toBe(200);
    expect(workspace.secrets().map(({ name }) => name)).toEqual(["A", "B"]);
  });

  test("two secrets can have one name if uniqueNames is false", async () => {
    const emulator = await start({ uniqueNames: false });
    const ids = [(await create(emulator, "A")).body.secret_id, (await create(emulator, "A")).body.secret_id];
    expect(new Set(ids).size).toBe(2);
    expect((await put(emulator, (await create(emulator, "B")).body.secret_id, "A")).status).toBe(200);
  });

  test.each(["tools", "agents", "phone_numbers", "mcp_servers", "others"])(
    "DELETE gets 409 secret_in_use as long as %s use the secret",
    async (kind) => {
      const emulator = await start();
      const { id } = emulator.workspace().add("A");
      emulator.workspace().use(id, { [kind]: ["one"] } as DependentSeeds);
      const { status, body } = await ask(emulator, "DELETE", `${SECRETS}/${id}`);
      expect(status).toBe(409);
      expect(body).toEqual({ detail: { status: "secret_in_use", message: expect.any(String) } });
      expect(emulator.workspace().secrets()).toHaveLength(1);
      emulator.workspace().use(id, {});
      expect((await ask(emulator, "DELETE", `${SECRETS}/${id}`)).status).toBe(204);
    },
  );

  test("inUseStatus changes the status for a DELETE of a secret in use", async () => {
    const emulator = await start({ inUseStatus: 400 });
    const { id } = emulator.workspace().add("A", "v", { dependents: { agents: ["Support"] } });
    const { status, body } = await ask(emulator, "DELETE", `${SECRETS}/${id}`);
    expect([status, body.detail.status]).toEqual([400, "secret_in_use"]);
  });
});

describe("validation", () => {
  const required = (field: string) => ({ loc: ["body", field], msg: "Field required", type: "missing" });

  test.each(["POST", "PATCH"])("%s lists every missing field at once", async (method) => {
    const emulator = await start();
    const { id } = emulator.workspace().add("A");
    const { status, body } = await ask(emulator, method, method === "POST" ? SECRETS : `${SECRETS}/${id}`, {
      body: {},
    });
    expect(status).toBe(422);
    expect(body).toEqual({ detail: [required("type"), required("name"), required("value")] });
  });

  test.each([
    ["a wrong type", { type: "hush", name: "A", value: "v" }, "type", "literal_error"],
    ["a name that isn't a string", { type: "new", name: 4711, value: "v" }, "name", "string_type"],
    ["an empty name", { type: "new", name: "", value: "hush" }, "name", "string_too_short"],
    ["a value that isn't a string", { type: "new", name: "A", value: { hush: 4711 } }, "value", "string_type"],
    ["an empty value", { type: "new", name: "hush", value: "" }, "value", "string_too_short"],
  ])("POST with %s gets 422, which doesn't repeat the input", async (_, given, field, type) => {
    const emulator = await start();
    const { status, body, text } = await ask(emulator, "POST", SECRETS, { body: given });
    expect(status).toBe(422);
    expect(body.detail).toEqual([{ loc: ["body", field], msg: expect.any(String), type }]);
    expect(text).not.toMatch(/hush|4711/);
    expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("PATCH refuses the body of a POST", async () => {
    const emulator = await start();
    const { id } = emulator.workspace().add("A");
    const given = { body: { type: "new", name: "B", value: "" } };
    const { status, body } = await ask(emulator, "PATCH", `${SECRETS}/${id}`, given);
    expect([status, body.detail.map(({ loc }: { loc: string[] }) => loc[1])]).toEqual([422, ["type", "value"]]);
    expect(emulator.workspace().secrets()).toMatchObject([{ name: "A" }]);
  });

  test.each([
    ["isn't JSON", "hush", "application/json", "json_invalid"],
    ["is empty", "", "application/json", "json_invalid"],
    ["isn't an object", '"hush"', "application/json", "model_attributes_type"],
    ["has another content type", '{"type":"new","name":"A","value":"hush"}', "text/plain", "model_attributes_type"],
  ])("a body that %s gets 422, which doesn't repeat the input", async (_, body, type, problem) => {
    const emulator = await start();
    const answer = await ask(emulator, "POST", SECRETS, { body, headers: { "content-type": type } });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([{ loc: ["body"], msg: expect.any(String), type: problem }]);
    expect(answer.text).not.toContain("hush");
  });

  test.each([
    ["page_size=0", "greater_than_equal"],
    ["page_size=101", "less_than_equal"],
    ["page_size=ten", "int_parsing"],
    ["dependency_limit=0", "greater_than_equal"],
    ["dependency_limit=101", "less_than_equal"],
    ["cursor=made-up", "value_error"],
  ])("a list with %s gets 422", async (query, type) => {
    const emulator = await start();
    const { status, body } = await ask(emulator, "GET", `${SECRETS}?${query}`);
    expect(status).toBe(422);
    expect(body.detail).toEqual([{ loc: ["query", query.split("=")[0]], msg: expect.any(String), type }]);
  });

  test.each([
    ["mcp_servers", ["path", "resource_type"], "enum"],
    ["tools?page_size=101", ["query", "page_size"], "less_than_equal"],
    ["tools?cursor=made-up", ["query", "cursor"], "value_error"],
  ])("dependencies/%s gets 422", async (rest, loc, type) => {
    const emulator = await start();
    const { id } = emulator.workspace().add("A", "v", { dependents: { mcp_servers: ["M"] } });
    const { status, body } = await ask(emulator, "GET", `${SECRETS}/${id}/dependencies/${rest}`);
    expect(status).toBe(422);
    expect(body.detail).toEqual([{ loc, msg: expect.any(String), type }]);
  });
});

describe("lists", () => {
  test("a list without page_size has all secrets, in order of creation", async () => {
    const emulator = await start();
    for (const name of many(120)) emulator.workspace().add(name);
    const { body } = await ask(emulator, "GET", SECRETS);
    expect(names(body)).toEqual(many(120));
    expect(body.next_cursor).toBeNull();
    expect(body.secrets[0].type).toBe("stored");
  });

  test("cursors lead through all pages; the last page has no cursor", async () => {
    const emulator = await start();
    for (const name of many(4)) emulator.workspace().add(name);
    const first = (await ask(emulator, "GET", `${SECRETS}?page_size=2`)).body;
    const second = (await ask(emulator, "GET", `${SECRETS}?page_size=2&cursor=${first.next_cursor}`)).body;
    expect([names(first), names(second)]).toEqual([
      ["n0", "n1"],
      ["n2", "n3"],
    ]);
    expect(second.next_cursor).toBeNull();
  });

  test("no secret is skipped if another is removed between two pages", async () => {
    const emulator = await start();
    const [first] = many(4).map((name) => emulator.workspace().add(name));
    const { next_cursor } = (await ask(emulator, "GET", `${SECRETS}?page_size=2`)).body;
    emulator.workspace().remove(first?.id ?? "");
    expect(names((await ask(emulator, "GET", `${SECRETS}?page_size=2&cursor=${next_cursor}`)).body)).toEqual([
      "n2",
      "n3",
    ]);
  });

  test("a cursor is valid only for the list that it came from", async () => {
    const emulator = await start();
    const [a, b] = ["A", "B"].map((name) => emulator.workspace().add(name, "v", { dependents: { tools: many(11) } }));
    const { next_cursor } = (await ask(emulator, "GET", `${SECRETS}/${a?.id}/dependencies/tools`)).body;
    const other = await ask(emulator, "GET", `${SECRETS}/${b?.id}/dependencies/tools?cursor=${next_cursor}`);
    expect(other.status).toBe(422);
  });

  test("forcePageSize applies only to lists without page_size", async () => {
    const emulator = await start({ forcePageSize: 1 });
    for (const name of many(3)) emulator.workspace().add(name);
    const { body } = await ask(emulator, "GET", SECRETS);
    expect([names(body), typeof body.next_cursor]).toEqual([["n0"], "string"]);
    expect(names((await ask(emulator, "GET", `${SECRETS}?page_size=2`)).body)).toEqual(["n0", "n1"]);
  });

  test("search finds names by prefix, and is case-sensitive", async () => {
    const emulator = await start();
    for (const name of ["Key", "Keyring", "key", "MyKey"]) emulator.workspace().add(name);
    expect(names((await ask(emulator, "GET", `${SECRETS}?search=Key`)).body)).toEqual(["Key", "Keyring"]);
  });

  test.each([
    [10, false],
    [11, true],
  ])("used_by lists ten of each paged kind; with %i in all, has_more is %p", async (count, more) => {
    const emulator = await start();
    const of = many(count);
    const dependents = { tools: of, agents: of, phone_numbers: of, mcp_servers: of };
    const { id } = emulator.workspace().add("A", "v", { dependents });
    const one = (await ask(emulator, "GET", `${SECRETS}/${id}`)).body.used_by;
    const listed = (await ask(emulator, "GET", SECRETS)).body.secrets[0].used_by;
    expect(listed).toEqual(one);
    for (const kind of ["tools", "agents", "phone_numbers"]) {
      expect([one[kind].length, one[`${kind}_has_more`]]).toEqual([10, more]);
    }
    expect(one.mcp_servers).toHaveLength(count);
  });

  test("dependency_limit changes how many dependents a list shows", async () => {
    const emulator = await start();
    emulator.workspace().add("A", "v", { dependents: { tools: many(3), agents: many(2) } });
    const { used_by } = (await ask(emulator, "GET", `${SECRETS}?dependency_limit=2`)).body.secrets[0];
    expect([used_by.tools.length, used_by.tools_has_more]).toEqual([2, true]);
    expect([used_by.agents.length, used_by.agents_has_more]).toEqual([2, false]);
  });

  test.each(["tools", "agents", "phone_numbers"])(
    "dependencies of type %s are paged by ten or by page_size",
    async (kind) => {
      const emulator = await start();
      const { id } = emulator.workspace().add("A", "v", { dependents: { [kind]: many(12) } as DependentSeeds });
      const all = emulator.workspace().secrets()[0]?.dependents[kind as "tools"];
      const path = `${SECRETS}/${id}/dependencies/${kind}`;
      const first = (await ask(emulator, "GET", path)).body;
      const rest = (await ask(emulator, "GET", `${path}?cursor=${first.next_cursor}`)).body;
      expect(first.dependencies).toEqual(all?.slice(0, 10));
      expect(rest).toEqual({ dependencies: all?.slice(10), next_cursor: null });
      expect((await ask(emulator, "GET", `${path}?page_size=1`)).body.dependencies).toHaveLength(1);
    },
  );
});

describe("workspaces", () => {
  test("keys of one workspace share its secrets; other keys don't see them", async () => {
    const emulator = await start({ keys: { a: { workspace: "one" }, b: { workspace: "one" }, c: {} } });
    await create(emulator, "A");
    const seen = (key: string) => ask(emulator, "GET", SECRETS, { headers: { "xi-api-key": key } });
    expect(names((await seen("b")).body)).toEqual(["A"]);
    expect(names((await seen("c")).body)).toEqual([]);
    expect(emulator.workspace("one").secrets()).toHaveLength(1);
    expect(emulator.workspace("default").secrets()).toEqual(emulator.workspace().secrets());
    expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("direct changes are visible in the API, and skip its checks", async () => {
    const emulator = await start();
    const workspace = emulator.workspace();
    const [a, b] = [
      workspace.add("A", "v", { dependents: { tools: ["T"] } }),
      workspace.add("A", "v", { id: "given" }),
    ];
    expect([b.id, a.id === b.id]).toEqual(["given", false]);
    workspace.rename(b.id, "B");
    expect(names((await ask(emulator, "GET", SECRETS)).body)).toEqual(["A", "B"]);
    workspace.rename(b.id, "A");
    workspace.setValue(b.id, "w");
    workspace.remove(a.id);
    expect(workspace.secrets()).toMatchObject([{ id: "given", name: "A", value: "w" }]);
  });

  test("direct changes throw if the id is unknown or taken", async () => {
    const workspace = (await start()).workspace();
    workspace.add("A", "v", { id: "a" });
    expect(() => workspace.add("B", "v", { id: "a" })).toThrow("a");
    expect(() => workspace.rename("b", "B")).toThrow("no secret b");
    expect(() => workspace.setValue("b", "B")).toThrow("no secret b");
    expect(() => workspace.remove("b")).toThrow("no secret b");
    expect(() => workspace.use("b", {})).toThrow("no secret b");
  });

  test("secrets() and add() return copies", async () => {
    const workspace = (await start()).workspace();
    workspace.add("A", "v").name = "changed";
    for (const secret of workspace.secrets()) secret.dependents.others.push("changed");
    expect(workspace.secrets()).toMatchObject([{ name: "A", dependents: { others: [] } }]);
  });

  test("an emulator without API keys doesn't start", async () => {
    await expect(startEmulator({ keys: {} })).rejects.toThrow("one API key");
  });
});

describe("recorded requests", () => {
  test("requests are recorded in order, without key, value or body", async () => {
    const emulator = await start({ keys: { "the-key": {} } });
    const { body } = await create(emulator, "A", "hush");
    await ask(emulator, "GET", `${SECRETS}?search=A&page_size=5`);
    await ask(emulator, "GET", "/elsewhere", { headers: { "xi-api-key": "other" } });
    await ask(emulator, "DELETE", `${SECRETS}/${body.secret_id}`);
    const about = { workspace: "default", query: {} };
    expect(emulator.requests).toEqual([
      { ...about, method: "POST", path: SECRETS, operation: "create", status: 200 },
      {
        ...about,
        method: "GET",
        path: SECRETS,
        operation: "list",
        status: 200,
        query: { search: "A", page_size: "5" },
      },
      { ...about, method: "GET", path: "/elsewhere", operation: undefined, workspace: undefined, status: 404 },
      { ...about, method: "DELETE", path: `${SECRETS}/${body.secret_id}`, operation: "delete", status: 204 },
    ]);
    expect(JSON.stringify(emulator.requests)).not.toMatch(/hush|the-key/);
  });

  test("each operation is recorded by its name", async () => {
    const emulator = await start();
    const id = (await create(emulator, "A")).body.secret_id;
    await ask(emulator, "GET", SECRETS);
    await ask(emulator, "GET", `${SECRETS}/${id}`);
    await put(emulator, id, "B");
    await ask(emulator, "GET", `${SECRETS}/${id}/dependencies/tools`);
    await ask(emulator, "DELETE", `${SECRETS}/${id}`);
    const calls = ["create", "list", "get", "update", "dependencies", "delete"];
    expect(emulator.requests.map(({ operation }) => operation)).toEqual(calls);
  });

  test("waitForRequest resolves with an earlier or a later request", async () => {
    const emulator = await start();
    const later = emulator.waitForRequest(({ operation }) => operation === "create");
    const answered = emulator.waitForRequest(({ status }) => status === 404);
    await ask(emulator, "GET", SECRETS);
    expect(await emulator.waitForRequest(({ operation }) => operation === "list")).toBe(emulator.requests[0]);
    await create(emulator, "A");
    expect(await later).toBe(emulator.requests[1]);
    await ask(emulator, "GET", `${SECRETS}/nope`);
    expect(await answered).toBe(emulator.requests[2]);
  });

  test("waitForRequest rejects after the timeout and on close", async () => {
    const emulator = await start();
    await expect(emulator.waitForRequest(() => true, 1)).rejects.toThrow("within 1 ms");
    const waiting = expect(emulator.waitForRequest(() => true)).rejects.toThrow("closed");
    await emulator.close();
    await waiting;
  });

  test("waitForRequest leaves no timer running", async () => {
    const emulator = await start();
    const before = timers();
    const arrives = emulator.waitForRequest(({ operation }) => operation === "list");
    const never = expect(emulator.waitForRequest(() => false)).rejects.toThrow();
    expect(timers()).toBe(before + 2);
    await ask(emulator, "GET", SECRETS);
    await arrives;
    expect(timers()).toBe(before + 1);
    await emulator.close();
    await never;
    expect(timers()).toBe(before);
  });
});

describe("faults", () => {
  const isCreate = ({ operation }: { operation: string | undefined }) => operation === "create";

  /** The time of a fault, and the number of secrets while the fault lasts. */
  const MOMENTS: [title: string, moment: { when?: "before" | "after" }, written: number][] = [
    ["before the write", { when: "before" }, 0],
    ["after the write", { when: "after" }, 1],
    ["without `when`, so before the write,", {}, 0],
  ];

  async function startWithFault(fault: Fault) {
    const emulator = await start();
    emulator.fault(fault);
    return { emulator, count: () => emulator.workspace().secrets().length };
  }

  test("a fault affects one request of any kind by default", async () => {
    const { emulator } = await startWithFault({ kind: "status", status: 500 });
    expect((await ask(emulator, "GET", "/elsewhere")).status).toBe(500);
    expect((await ask(emulator, "GET", SECRETS)).status).toBe(200);
    expect(emulator.requests.map(({ fault }) => fault)).toEqual(["status", undefined]);
  });

  test("a fault affects its operations, `times` times, after the first `after`", async () => {
    const emulator = await start();
    emulator.fault({ kind: "status", status: 500, on: ["list", "get"], times: 2, after: 1 });
    const statuses = [];
    for (const path of ["", "", "/nope/dependencies/tools", "/nope", ""]) {
      statuses.push((await ask(emulator, "GET", SECRETS + path)).status);
    }
    expect(statuses).toEqual([200, 500, 404, 500, 200]);
  });

  test("a fault with `search` affects only lists with or without a search", async () => {
    const emulator = await start();
    emulator.fault({ kind: "status", status: 500, search: true });
    emulator.fault({ kind: "status", status: 503, search: false });
    const statuses = [];
    for (const path of ["/nope", "", "?search=A", "?search=A", ""]) {
      statuses.push((await ask(emulator, "GET", SECRETS + path)).status);
    }
    expect(statuses).toEqual([404, 503, 500, 200, 200]);
  });

  test("a fault with infinite `times` lasts until clearFaults", async () => {
    const { emulator } = await startWithFault({
      kind: "status",
      status: 500,
      on: "list",
      times: Number.POSITIVE_INFINITY,
    });
    for (const _ of many(3)) expect((await ask(emulator, "GET", SECRETS)).status).toBe(500);
    emulator.clearFaults();
    expect((await ask(emulator, "GET", SECRETS)).status).toBe(200);
  });

  test("a fault of one workspace doesn't affect other workspaces", async () => {
    const emulator = await start({ keys: { a: {}, b: { workspace: "other" } } });
    emulator.fault({ kind: "status", status: 500, on: "list", workspace: "other" });
    const list = (key: string) => ask(emulator, "GET", SECRETS, { headers: { "xi-api-key": key } });
    expect([(await list("a")).status, (await list("b")).status, (await list("b")).status]).toEqual([200, 500, 200]);
  });

  test("queued faults affect one request each, in order", async () => {
    const emulator = await start();
    emulator.fault({ kind: "status", status: 500 });
    emulator.fault({ kind: "status", status: 503 });
    expect((await ask(emulator, "GET", SECRETS)).status).toBe(500);
    expect((await ask(emulator, "GET", SECRETS)).status).toBe(503);
  });

  test("a status fault has the API's error format, by default before the write", async () => {
    const { emulator, count } = await startWithFault({ kind: "status", status: 503, retryAfter: 7 });
    const { status, headers, body } = await create(emulator, "A");
    expect([status, headers.get("retry-after")]).toEqual([503, "7"]);
    expect(headers.get("content-type")).toBe("application/json");
    expect(body).toEqual({ detail: { status: "service_unavailable", message: "Service Unavailable" } });
    expect(count()).toBe(0);
    expect(emulator.requests[0]).toMatchObject({ status: 503, fault: "status" });
  });

  test("a status fault of 429 is called rate_limit_exceeded", async () => {
    const { emulator } = await startWithFault({ kind: "status", status: 429 });
    const { body, headers } = await ask(emulator, "GET", SECRETS);
    expect([body.detail.status, headers.get("retry-after")]).toEqual(["rate_limit_exceeded", null]);
  });

  test("a status fault after the write leaves the write done", async () => {
    const { emulator, count } = await startWithFault({ kind: "status", status: 500, when: "after" });
    expect((await create(emulator, "A")).status).toBe(500);
    expect(count()).toBe(1);
  });

  test("a status fault sends the given body and content type", async () => {
    const emulator = await start();
    emulator.fault({ kind: "status", status: 502, body: "<p>Bad</p>", contentType: "text/html" });
    emulator.fault({ kind: "status", status: 502, body: "Bad" });
    emulator.fault({ kind: "status", status: 400, body: { detail: "Bad" } });
    const html = await send(emulator, "GET", SECRETS);
    expect([html.headers.get("content-type"), await html.text()]).toEqual(["text/html", "<p>Bad</p>"]);
    const text = await send(emulator, "GET", SECRETS);
    expect([text.headers.get("content-type"), await text.text()]).toEqual(["text/plain", "Bad"]);
    expect((await ask(emulator, "GET", SECRETS)).body).toEqual({ detail: "Bad" });
  });

  test("a fault with a status that doesn't exist is refused", async () => {
    const emulator = await start();
    expect(() => emulator.fault({ kind: "status", status: 9999 })).toThrow(RangeError);
  });

  test.each(MOMENTS)("a reset %s ends the connection without a response", async (_, moment, written) => {
    const { emulator, count } = await startWithFault({ kind: "reset", ...moment });
    await expect(create(emulator, "A")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(count()).toBe(written);
    expect(emulator.requests[0]).toMatchObject({ status: undefined, fault: "reset" });
  });

  test.each(MOMENTS)("a hang %s lasts until the emulator closes", async (_, moment, written) => {
    const { emulator, count } = await startWithFault({ kind: "hang", ...moment });
    const hanging = expect(create(emulator, "A")).rejects.toThrow();
    await emulator.waitForRequest(isCreate);
    expect(count()).toBe(written);
    expect((await ask(emulator, "GET", SECRETS)).status).toBe(200);
    await emulator.close();
    await hanging;
    expect(emulator.requests[0]).toMatchObject({ status: undefined, fault: "hang" });
  });

  test("a truncated response is shorter than its content-length", async () => {
    const { emulator, count } = await startWithFault({ kind: "truncated" });
    const response = await send(emulator, "POST", SECRETS, { body: { type: "new", name: "A", value: "v" } });
    const [id] = emulator
      .workspace()
      .secrets()
      .map((secret) => secret.id);
    const whole = JSON.stringify({ type: "stored", secret_id: id, name: "A" });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, String(whole.length)]);
    expect(response.headers.get("content-type")).toBe("application/json");
    await expect(response.text()).rejects.toThrow();
    expect(count()).toBe(1);
    expect(emulator.requests[0]).toMatchObject({ status: 200, fault: "truncated" });
  });

  test("the response to a DELETE can also be truncated", async () => {
    const { emulator, count } = await startWithFault({ kind: "truncated", on: "delete" });
    const { id } = emulator.workspace().add("A");
    const response = await send(emulator, "DELETE", `${SECRETS}/${id}`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(count()).toBe(0);
  });

  test("a malformed response is HTML or the given JSON, after the write", async () => {
    const { emulator, count } = await startWithFault({ kind: "malformed" });
    emulator.fault({ kind: "malformed", body: '{"type":"stored"}' });
    const html = await send(emulator, "POST", SECRETS, { body: { type: "new", name: "A", value: "v" } });
    expect([html.status, html.headers.get("content-type")]).toEqual([200, "text/html"]);
    expect(await html.text()).toMatch(/^<html>/);
    const json = await create(emulator, "B");
    expect([json.status, json.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(json.body).toEqual({ type: "stored" });
    expect(count()).toBe(2);
  });

  test("a redirect returns 307 before the write", async () => {
    const { emulator, count } = await startWithFault({ kind: "redirect", location: "https://example.com/" });
    const { status, headers } = await create(emulator, "A");
    expect([status, headers.get("location"), count()]).toEqual([307, "https://example.com/", 0]);
  });

  test.each(MOMENTS)("a delay %s delays the normal response", async (_, moment, written) => {
    const { emulator, count } = await startWithFault({ kind: "delay", ms: 50, ...moment });
    const began = performance.now();
    const answer = create(emulator, "A");
    await emulator.waitForRequest(isCreate);
    expect(count()).toBe(written);
    expect((await answer).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(45);
    expect(count()).toBe(1);
  });
});

describe("limits", () => {
  test("requests above maxConcurrent get 429 without Retry-After", async () => {
    const emulator = await start({ maxConcurrent: 1, keys: { a: {}, b: {}, c: { workspace: "other" } } });
    emulator.fault({ kind: "hang" });
    const client = new AbortController();
    const hanging = expect(send(emulator, "GET", SECRETS, { signal: client.signal })).rejects.toThrow();
    await emulator.waitForRequest(() => true);
    const refused = await ask(emulator, "GET", SECRETS, { headers: { "xi-api-key": "b" } });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, null]);
    const code = "too_many_concurrent_requests";
    expect(refused.body.detail).toMatchObject({ code, status: code });
    expect((await ask(emulator, "GET", SECRETS, { headers: { "xi-api-key": "c" } })).status).toBe(200);
    client.abort();
    await hanging;
    expect(await waitForStatus(emulator, 200)).toBe(200);
  });

  test("a finished request no longer counts towards maxConcurrent", async () => {
    const emulator = await start({ maxConcurrent: 1 });
    for (const name of many(30)) expect((await create(emulator, name)).status).toBe(200);
    for (const _ of many(30)) expect((await ask(emulator, "GET", SECRETS)).status).toBe(200);
  });

  test("requests above maxPerSecond get 429 with Retry-After, and use no fault", async () => {
    const emulator = await start({ maxPerSecond: 1, keys: { a: {}, b: { workspace: "other" } } });
    expect((await ask(emulator, "GET", SECRETS)).status).toBe(200);
    emulator.fault({ kind: "status", status: 500 });
    const refused = await create(emulator, "A");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(refused.body.detail).toMatchObject({ code: "rate_limit_exceeded", status: "rate_limit_exceeded" });
    expect(emulator.workspace().secrets()).toEqual([]);
    expect((await ask(emulator, "GET", SECRETS, { headers: { "xi-api-key": "b" } })).status).toBe(500);
  });

  test("maxPerSecond counts the last second, without refused requests", () => {
    let now = 0;
    const limits = new Limits({ maxPerSecond: 1, now: () => now });
    expect(limits.start()).toBeInstanceOf(Function);
    now = 999;
    expect(limits.start()).toMatchObject({ status: 429 });
    now = 1000;
    expect(limits.start()).toBeInstanceOf(Function);
  });

  test("latencyMs delays every response", async () => {
    const emulator = await start({ latencyMs: 50 });
    for (const path of [SECRETS, "/elsewhere"]) {
      const began = performance.now();
      await ask(emulator, "GET", path);
      expect(performance.now() - began).toBeGreaterThan(45);
    }
  });
});

describe("the server", () => {
  test("the server listens on 127.0.0.1, on a free port or the given port", async () => {
    const first = await start();
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(first.apiKey).toBe("sk_emulator");
    const port = Number(new URL(first.url).port);
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await first.close();
    expect((await start({ port })).url).toBe(first.url);
  });

  test("idle connections stay open", async () => {
    const emulator = await start();
    const { headers } = await ask(emulator, "GET", SECRETS);
    expect(headers.get("keep-alive")).toBeNull();
  });

  test("close ends all connections and timers, and can be called twice", async () => {
    const before = timers();
    const emulator = await start({ latencyMs: 1_000_000 });
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    const waiting = expect(ask(emulator, "GET", SECRETS)).rejects.toThrow();
    await emulator.waitForRequest(() => true);
    await Promise.all([emulator.close(), emulator.close()]);
    await Promise.all([ended, waiting]);
    await emulator.close();
    expect(timers()).toBe(before);
  });

  test("an incomplete request is neither recorded nor executed", async () => {
    const emulator = await start();
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
    const head = `POST ${SECRETS} HTTP/1.1\r\nhost: x\r\nxi-api-key: sk_emulator\r\ncontent-length: 999\r\n\r\n{`;
    await new Promise((resolve) => socket.write(head, resolve));
    await ask(emulator, "GET", SECRETS);
    socket.destroy();
    await ask(emulator, "GET", SECRETS);
    expect(emulator.requests.map(({ operation }) => operation)).toEqual(["list", "list"]);
  });
});
