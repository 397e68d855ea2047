import { describe, expect, test } from "@jest/globals";
import type { RecordedRequest, StoredSecret } from "pulumi-elevenlabs/emulator";
import { startStack } from "../support/testStack";

const CRM = 'new WorkspaceSecret("crm", { name: "CRM_TOKEN", value: "ours" });';
const isCreate = ({ operation }: RecordedRequest) => operation === "create";

/** The error if the name belongs to a secret without dependents. */
const nameTakenByUnused = (resource: string, id: string | undefined) => ({
  kind: "name-taken",
  resource,
  message: expect.stringContaining(`${id}, which nothing uses`),
});

/** A program with `count` secrets, named `SECRET_0` and so on. */
const secrets = (count: number) =>
  `for (let i = 0; i < ${count}; i++) new WorkspaceSecret("SECRET_" + i, { value: "value " + i });`;

describe("requests of creates", () => {
  test("three secrets cost a search and a POST each", async () => {
    const stack = await startStack();

    const { requests } = await stack.deploy(secrets(3));

    const searches = requests.filter(({ operation }) => operation === "list").map(({ query }) => query.search);
    expect(searches.sort()).toEqual(["SECRET_0", "SECRET_1", "SECRET_2"]);
    expect(requests.filter(isCreate)).toHaveLength(3);
    expect(requests).toHaveLength(6);
  });

  test("twenty secrets cost at most 7 searches, one list and a POST each", async () => {
    const stack = await startStack();

    const { requests } = await stack.deploy(secrets(20));

    const lists = requests.filter(({ operation }) => operation === "list");
    expect(lists.filter(({ query }) => query.search !== undefined).length).toBeLessThanOrEqual(7);
    expect(lists.filter(({ query }) => query.search === undefined)).toHaveLength(1);
    expect(requests.filter(isCreate)).toHaveLength(20);
    expect(requests.length - lists.length).toBe(20);
    expect(
      stack.workspace
        .secrets()
        .map(({ name, value }) => `${name}: ${value}`)
        .sort(),
    ).toEqual(Array.from({ length: 20 }, (_, i) => `SECRET_${i}: value ${i}`).sort());
  });

  test("a taken name is found in the shared list, on every page", async () => {
    const stack = await startStack({ emulator: { forcePageSize: 5 } });
    for (let i = 0; i < 12; i++) stack.workspace.add(`THEIRS_${i}`);
    const taken = Array.from({ length: 12 }, (_, i) => stack.workspace.add(`SECRET_${i}`, "theirs"));

    await stack.program(secrets(12));
    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["name-taken"]);
    for (const { id, name } of taken) {
      expect(run.problems).toContainEqual(
        expect.objectContaining({ resource: name, message: expect.stringContaining(id) }),
      );
    }
    expect(run.requests.some(({ query }) => query.search === undefined && query.cursor !== undefined)).toBe(true);
    expect(run.calls).not.toContain("create");
    expect(await stack.secrets()).toEqual([]);
  });

  test("no POST follows a failed search, and the next up continues", async () => {
    const stack = await startStack();
    stack.emulator.fault({ kind: "status", status: 500, on: "list" });

    await stack.program(CRM);
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.problems).toMatchObject([
      { kind: "api-failure", resource: "crm", message: expect.stringMatching(/"CRM_TOKEN".*500/) },
    ]);
    expect(failed.calls).toEqual(["list"]);

    expect((await stack.deploy(CRM)).calls).toEqual(["list", "create"]);
  });
});

describe("a name", () => {
  test("a name is taken only if a secret has exactly the same name", async () => {
    const stack = await startStack();
    for (const name of ["CRM_TOKEN_2", "crm_token", "CRM_TOKEN "]) stack.workspace.add(name, "theirs");

    const run = await stack.deploy(CRM);

    expect(run.calls).toEqual(["list", "create"]);
    expect(stack.workspace.secrets().map(({ name, value }) => [name, value])).toEqual([
      ["CRM_TOKEN_2", "theirs"],
      ["crm_token", "theirs"],
      ["CRM_TOKEN ", "theirs"],
      ["CRM_TOKEN", "ours"],
    ]);
  });

  test("a taken name fails with the secret's id, its dependents and the fix", async () => {
    const stack = await startStack();
    const theirs = stack.workspace.add("CRM_TOKEN", "theirs", {
      dependents: {
        agents: [{ type: "unknown", id: "agent_hidden" }, "Support"],
        // More tools than the API returns with the secret.
        tools: Array.from({ length: 12 }, (_, i) => `Tool ${i}`),
        phone_numbers: ["Hotline"],
        mcp_servers: ["Docs"],
        others: ["conversation_initiation_webhook"],
      },
    });
    const before = stack.workspace.secrets();

    await stack.program(CRM);
    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([{ severity: "error", kind: "name-taken", resource: "crm" }]);
    const { message = "" } = run.problems[0] ?? {};
    expect(message).toContain('"CRM_TOKEN"');
    expect(message).toContain(theirs.id);
    const { agents, tools, phone_numbers, mcp_servers } = theirs.dependents;
    for (const { id } of [...agents, ...tools, ...mcp_servers]) expect(message).toContain(id);
    expect(message).toContain("agent agent_hidden");
    expect(message).toContain('agent "Support" (');
    expect(message).toContain('tool "Tool 11" (');
    expect(message).toContain(`phone number "Hotline" (${phone_numbers[0]?.phone_number_id})`);
    expect(message).toContain('MCP server "Docs" (');
    expect(message).toContain("conversation initiation webhook");
    expect(message).toContain('onExisting: "overwrite"');
    expect(message).toContain('onExisting: "keep"');
    expect(message).toContain("choose another name");
    expect(run.output).not.toMatch(/^\s+at .*:\d+/m);
    expect(run.calls).not.toContain("create");
    expect(run.calls).not.toContain("update");
    expect(stack.workspace.secrets()).toEqual(before);
    expect(await stack.secrets()).toEqual([]);
  });

  test("a taken name is reported even if the dependents can't be read", async () => {
    const stack = await startStack();
    const theirs = stack.workspace.add("CRM_TOKEN", "theirs");
    stack.emulator.fault({ kind: "status", status: 500, on: "get" });

    await stack.program(CRM);
    const run = await stack.up();

    expect(run.problems).toMatchObject([{ kind: "name-taken", resource: "crm" }]);
    const { message = "" } = run.problems[0] ?? {};
    // The sentence ends with the id, because the dependents are unknown.
    expect(message).toContain(`${theirs.id}. [name-taken]`);
    expect(message).toContain('onExisting: "overwrite"');
  });

  test("a taken name is refused even if the API allows duplicates", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    const theirs = stack.workspace.add("CRM_TOKEN", "theirs");

    await stack.program(CRM);
    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([nameTakenByUnused("crm", theirs.id)]);
    expect(run.calls).not.toContain("create");
    expect(stack.workspace.secrets()).toEqual([theirs]);
  });

  test("a name that several secrets share is refused, with their ids", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false } });
    const choices = ["fail", "overwrite", "keep"];
    const theirs = choices.map((name) => [stack.workspace.add(name, "first"), stack.workspace.add(name, "second")]);

    await stack.program(
      `for (const onExisting of ${JSON.stringify(choices)}) new WorkspaceSecret(onExisting, { value: "ours", onExisting });`,
    );
    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["several-with-this-name"]);
    for (const [first, second] of theirs) {
      const { message = "" } = run.problems.find(({ resource }) => resource === first?.name) ?? {};
      expect(message).toContain(`"${first?.name}"`);
      expect(message).toContain(`${first?.id}, ${second?.id}`);
      expect(message).toContain(`existingId: "${first?.id}"`);
    }
    expect(run.calls).toEqual(["list", "list", "list"]);
    expect(stack.workspace.secrets()).toEqual(theirs.flat());
  });
});

describe("a name that is taken between search and POST", () => {
  test("a name that is taken just before the POST is handled by onExisting", async () => {
    const stack = await startStack();
    const choices = ["fail", "overwrite", "keep"];
    const { requests } = stack.emulator;
    const takeEach = async () => {
      const theirs: StoredSecret[] = [];
      while (theirs.length < choices.length) {
        await stack.emulator.waitForRequest(() => requests.filter(isCreate).length > theirs.length, 60_000);
        const name = requests.findLast(({ operation }) => operation === "list")?.query.search ?? "";
        theirs.push(stack.workspace.add(name, "theirs"));
      }
      return theirs;
    };
    // The emulator refuses each POST, even if it arrives before the secret is added by hand.
    stack.emulator.fault({ kind: "status", status: 409, on: "create", times: 3 });
    const added = takeEach();

    await stack.program(
      `for (const onExisting of ${JSON.stringify(choices)}) new WorkspaceSecret(onExisting, { value: "ours", onExisting });`,
    );
    const run = await stack.up("--parallel", "1", "--continue-on-error");
    const theirs = await added;
    const byName = Object.fromEntries(theirs.map((secret) => [secret.name, secret]));

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([nameTakenByUnused("fail", byName.fail?.id)]);
    const values = { fail: "theirs", overwrite: "ours", keep: "theirs" };
    expect(stack.workspace.secrets()).toEqual(
      theirs.map((secret) => ({ ...secret, value: values[secret.name as keyof typeof values] })),
    );
    expect(run.calls.filter((call) => call === "create")).toHaveLength(3);
    expect((await stack.secrets()).map(({ id }) => id).sort()).toEqual([byName.overwrite?.id, byName.keep?.id].sort());
  });

  test("if the POST fails with any status, a name taken meanwhile is reported", async () => {
    const stack = await startStack();
    stack.emulator.fault({ kind: "status", status: 400, on: "create" });
    const added = stack.emulator
      .waitForRequest(isCreate, 60_000)
      .then(() => stack.workspace.add("CRM_TOKEN", "theirs"));

    await stack.program(CRM);
    const run = await stack.up();

    expect(run.problems).toMatchObject([nameTakenByUnused("crm", (await added).id)]);
    expect(stack.workspace.secrets()).toEqual([await added]);
  });

  test("if no secret has the refused name, the API's message is shown", async () => {
    const stack = await startStack();
    const detail = { code: "secret_name_taken", message: "No more secrets of that kind", request_id: "req_1" };
    stack.emulator.fault({ kind: "status", status: 409, on: "create", body: { detail } });

    await stack.program(CRM);
    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([{ kind: "refused", resource: "crm" }]);
    for (const fact of ['"CRM_TOKEN"', "409", "req_1", "No more secrets of that kind."]) {
      expect(run.problems[0]?.message).toContain(fact);
    }
    expect(run.calls).toEqual(["list", "create", "list"]);
    expect(await stack.secrets()).toEqual([]);
  });
});

test("a name that is taken after the shared list is not created twice", async () => {
  const stack = await startStack({ emulator: { uniqueNames: false } });
  stack.emulator.fault({ kind: "delay", ms: 5_500, on: "create", times: 9 });
  await stack.program(`
    const slow = new WorkspaceSecret("slow", { value: "v" });
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) new WorkspaceSecret("n" + n, { value: "v" });
    new WorkspaceSecret("late", { value: slow.secretId });`);
  const running = stack.up();
  const isListing = ({ operation, query }: RecordedRequest) => operation === "list" && query.search === undefined;
  await stack.emulator.waitForRequest(isListing, 60_000);
  stack.workspace.add("late", "theirs", { id: "id_theirs" });

  const run = await running;

  expect(run.code).not.toBe(0);
  expect(run.problems).toMatchObject([
    { kind: "name-taken", resource: "late", message: expect.stringContaining("id_theirs") },
  ]);
  expect(stack.workspace.secrets().filter(({ name }) => name === "late")).toHaveLength(1);
});

describe("a value that ends with a line break", () => {
  test("a value of one line that ends with a line break causes a warning", async () => {
    const stack = await startStack();
    const program = (value: string) => `
      new WorkspaceSecret("token", { value: ${JSON.stringify(value)} });
      new WorkspaceSecret("pem", { value: "-----BEGIN\\n${value.trim()}\\n" });
      new WorkspaceSecret("plain", { value: "${value.trim()}" });`;

    const created = await stack.deploy(program("first\n"));
    const same = await stack.up();
    const updated = await stack.deploy(program("second\r\n"));

    for (const run of [created, updated]) {
      const warning = { severity: "warning", kind: "value-ends-with-line-break" };
      expect(run.problems).toEqual([
        expect.objectContaining({ ...warning, message: expect.stringContaining('"token"') }),
      ]);
      expect(run.output).not.toMatch(/first|second/);
    }
    expect(same.problems).toEqual([]);
    expect(stack.workspace.secrets().find(({ name }) => name === "token")?.value).toBe("second\r\n");

    const trimmed = await stack.deploy('new WorkspaceSecret("token", { value: "second\\r\\n".trimEnd() });');
    expect(trimmed.problems).toEqual([]);
    expect(stack.workspace.secrets()).toMatchObject([{ name: "token", value: "second" }]);
  });
});
