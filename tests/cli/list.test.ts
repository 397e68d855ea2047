import { describe, expect, test } from "@jest/globals";
import { cli, cliIn, envOf, newKey } from "../support/commandRun";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { emulate, json, serve } from "../support/servers";
import { startStack } from "../support/testStack";

const emulated = () => emulate({ keys: { [newKey()]: {} } });

describe("list", () => {
  test("list shows name, id and number of dependents, but no value", async () => {
    const emulator = await emulate({ keys: { [newKey()]: {} }, forcePageSize: 1 });
    const b = emulator
      .workspace()
      .add("B", "value of B", { id: "id_b", dependents: { agents: ["one"], others: ["x"] } });
    emulator.workspace().add("A", "value of A", { id: "id_a" });
    const tools = Array.from({ length: 101 }, (_, n) => `tool ${n}`);
    emulator.workspace().add("CCC", "value of C", { id: "id_c", dependents: { tools } });

    const { code, out, err } = await cli(["list"], { env: envOf(emulator) });

    expect(code).toBe(0);
    expect(err).toMatch(/^Config: only the environment, .*Pulumi project.*\n$/);
    expect(out).toBe("NAME  ID    DEPENDENTS\nA     id_a  0\nB     id_b  2\nCCC   id_c  100+\n");
    expect(out).not.toContain(b.value);
  });

  test("--prefix requests only these names from the API", async () => {
    const emulator = await emulated();
    for (const name of ["CRM_A", "ERP_A", "CRM_B"]) emulator.workspace().add(name, "v", { id: `id_${name}` });

    const { out } = await cli(["list", "--prefix", "CRM_"], { env: envOf(emulator) });

    expect(out.split("\n").slice(1)).toEqual(["CRM_A  id_CRM_A  0", "CRM_B  id_CRM_B  0", ""]);
    expect(emulator.requests).toMatchObject([{ query: { search: "CRM_" } }]);
  });

  test("a table that fits the terminal to the last column stays a table", async () => {
    const emulator = await emulated();
    emulator.workspace().add("some long name", "v", { id: "0123456789" });
    const env = envOf(emulator);

    const fits = await cli(["list"], { env: { ...env, COLUMNS: "38" } });
    const isTooWide = await cli(["list"], { env: { ...env, COLUMNS: "37" } });

    expect(fits.out).toBe("NAME            ID          DEPENDENTS\nsome long name  0123456789  0\n");
    expect(isTooWide.out).toBe("NAME        some long name\nID          0123456789\nDEPENDENTS  0\n");
  });

  test.each([
    ["日本語のｷｰ", 10],
    ["한국어", 6],
    ["🔑❤️👍🏽🇫🇮", 8],
    ["Ａ、Ｂ", 6],
    ["cafe\u0301", 4],
    ["plain™", 6],
  ])("columns stay aligned with %s, which fills %d columns of a terminal", async (name, width) => {
    const emulator = await emulated();
    emulator.workspace().add(name, "v", { id: "id_1" });
    emulator.workspace().add("-".repeat(12), "v", { id: "id_2" });

    const { out } = await cli(["list"], { env: { ...envOf(emulator), COLUMNS: "60" } });

    expect(out).toContain(`\n${name}${" ".repeat(12 - width)}  id_1  0\n`);
  });

  test("a table that is too wide for the terminal becomes lists", async () => {
    const emulator = await emulated();
    const [name, id] = [`${"LONG_".repeat(20)}NAME`, "0123456789".repeat(6)];
    emulator.workspace().add(name, "v", { id });
    emulator.workspace().add("日本語", "v", { id: "short" });

    const { out } = await cli(["list"], { env: { ...envOf(emulator), COLUMNS: "50" } });

    expect(out).toBe(
      [
        `NAME        ${name}`,
        `ID          ${id}`,
        "DEPENDENTS  0",
        "",
        "NAME        日本語",
        "ID          short",
        "DEPENDENTS  0",
        "",
      ].join("\n"),
    );
  });

  test("list prints no colour and one line per row outside a terminal", async () => {
    const emulator = await emulated();
    emulator.workspace().add("N".repeat(200), "v");

    const { out } = await cli(["list"], { env: { ...envOf(emulator), FORCE_COLOR: "1", TERM: "xterm-256color" } });

    expect(out).not.toContain("\u001b");
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });

  test("control characters and invisible characters of names are escaped", async () => {
    const emulator = await emulated();
    for (const [n, name] of ["a\u001b[2Jb", "c\nd", " e ", "\u202eabc", "f\u009bg"].entries()) {
      emulator.workspace().add(name, "v", { id: `id${n}` });
    }

    const shown = await cli(["list"], { env: envOf(emulator) });
    const asJson = await cli(["list", "--json"], { env: envOf(emulator) });

    expect(
      shown.out
        .split("\n")
        .slice(1, -1)
        .map((line) => line.replace(/ +id\d +0$/, "")),
    ).toEqual(['" e "', "a\\u001b[2Jb", "c\\u000ad", "f\\u009bg", "\\u202eabc"]);
    expect(asJson.out).toMatch(/^[\x20-\x7e\n]*$/);
    expect(JSON.parse(asJson.out).secrets.map(({ name }: { name: string }) => name)).toContain("f\u009bg");
  });

  test("if the API doesn't count the dependents, list shows a question mark", async () => {
    const { url } = await serve(json({ secrets: [{ type: "stored", secret_id: "id", name: "A" }], next_cursor: null }));

    const { code, out } = await cli(["list"], { env: envOf({ url, apiKey: newKey() }) });

    expect({ code, out }).toEqual({ code: 0, out: "NAME  ID  DEPENDENTS\nA     id  ?\n" });
  });

  test("an empty workspace prints nothing to standard output", async () => {
    const emulator = await emulated();

    const { code, out, err } = await cli(["list"], { env: envOf(emulator) });
    const prefixed = await cli(["list", "--prefix", "CRM_"], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(new RegExp(`no secrets .*${emulator.url}`));
    expect(prefixed).toMatchObject({ code: 0, out: "" });
    expect(prefixed.err).toMatch(new RegExp(`no secrets .*"CRM_" .*${emulator.url}`));
  });

  test("--stack shows which resource owns each secret", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("crm", { name: "OURS", value: "v" });');
    stack.workspace.add("THEIRS", "v", { id: "id_theirs" });
    const id = stack.workspace.secrets()[0]?.id ?? "";

    const { code, out, err } = await cliIn(stack, ["list", "--stack"]);
    const named = await cliIn(stack, ["list", "--stack", "test", "--json"], { PULUMI_STACK: "" });

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n").map((line) => line.split(/ +/))).toEqual([
      ["NAME", "ID", "DEPENDENTS", "OWNER"],
      ["OURS", id, "0", "crm"],
      ["THEIRS", "id_theirs", "0", "(none)"],
      [""],
    ]);
    expect(JSON.parse(named.out)).toEqual({
      provider: "default",
      workspace: "default",
      endpoint: stack.emulator.url,
      secrets: [
        {
          name: "OURS",
          secretId: id,
          dependents: 0,
          moreDependents: false,
          owner: expect.stringMatching(/^urn:pulumi:test::test::.*::crm$/),
        },
        { name: "THEIRS", secretId: "id_theirs", dependents: 0, moreDependents: false, owner: null },
      ],
    });
  });

  test("--workspace lists another workspace, with the owners in it", async () => {
    const eu = await startAnother({ keys: { [newKey()]: {} } });
    const stack = await startStack();
    await addWorkspaces(stack, { eu });
    await stack.deploy(`
      new WorkspaceSecret("crm", { value: "v" });
      new WorkspaceSecret("of-eu", { name: "OURS", value: "v", workspace: "eu" });`);
    eu.workspace().add("crm", "v");

    const { code, out } = await cliIn(stack, ["list", "--workspace", "eu", "--stack"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^OURS .* of-eu\ncrm .* \(none\)$/m);
  });

  test("list uses the environment outside a project, but refuses --stack", async () => {
    const emulator = await emulated();

    const asked = await cli(["list", "--stack", "prod"], { env: envOf(emulator) });
    const noCli = await cli(["list", "--stack", "prod"], {
      folder: (await startStack()).folder,
      env: { ...envOf(emulator), PATH: "/nowhere" },
    });
    const { code, err } = await cli(["list"], { env: envOf(emulator) });

    expect(code).toBe(0);
    expect(err).toMatch(/^Config: only the environment, .*Pulumi project/);
    expect(asked).toMatchObject({ code: 1, out: "", kind: "no-project" });
    expect(asked.err).toContain('"prod"');
    expect(noCli).toMatchObject({ code: 1, out: "", kind: "no-pulumi" });
  });

  test("list says which variable to set if no project and no key exist", async () => {
    const { code, out, err, kind } = await cli(["list"]);

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "no-key-in-environment" });
    expect(err).toContain("ELEVENLABS_API_KEY");
    expect(err).not.toContain("pulumi config set");

    const { url, apiKey } = await emulated();
    const [, variable = ""] = /environment variable (\w+)/.exec(err) ?? [];
    expect((await cli(["list"], { env: { ELEVENLABS_BASE_URL: url, [variable]: apiKey } })).code).toBe(0);
  });

  test.each(["list", "doctor", "adopt", "dependents"])("%s refuses --stack with --no-stack", async (command) => {
    const emulator = await emulated();

    const { code, out, err, kind } = await cli([command, "--stack", "dev", "--no-stack"], { env: envOf(emulator) });

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "conflicting-options" });
    expect(err).toMatch(/--stack\b.*--no-stack\b/);
    expect(emulator.requests).toEqual([]);
  });

  test("list uses the environment, and says so, if it finds no stack", async () => {
    const stack = await startStack();
    const env = envOf(stack.emulator);

    const noCli = await cli(["list"], { folder: stack.folder, env: { ...env, PATH: "/nowhere" } });
    const noStack = await cliIn(stack, ["list"], { ...env, PULUMI_STACK: "" });

    expect(noCli.code).toBe(0);
    expect(noCli.err).toContain("Config: only the environment, because there is no pulumi on the PATH.");
    expect(noStack.code).toBe(0);
    expect(noStack.err).toContain("Config: only the environment, because no stack is selected.");
  });

  test("a failure is two lines: what failed and why, then what to do", async () => {
    const emulator = await emulated();

    const { code, out, err } = await cli(["list"], { env: envOf({ url: emulator.url, apiKey: newKey() }) });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.split("\n").slice(1)).toEqual([
      expect.stringMatching(/^error: could not list the secrets: .* 401.*: Invalid API key\. \[unauthorized\]$/),
      expect.stringMatching(`ELEVENLABS_API_KEY.* ${emulator.url}`),
      "",
    ]);
  });
});

describe("dependents", () => {
  test("the output has every dependent, with kind, name and id", async () => {
    const emulator = await emulated();
    const agents = Array.from({ length: 15 }, (_, n) => `agent ${n}`);
    const tools = [{ type: "unknown" as const, id: "tool_1" }];
    emulator.workspace().add("CRM_TOKEN", "v", { id: "id_1", dependents: { agents, tools, others: ["some_webhook"] } });

    const { code, out } = await cli(["dependents", "CRM_TOKEN"], { env: envOf(emulator) });
    const asJson = await cli(["dependents", "--id", "id_1", "--json"], { env: envOf(emulator) });

    expect(code).toBe(0);
    expect(out.match(/^agent {2,}agent \d+ +\S+$/gm)).toHaveLength(15);
    expect(out).toMatch(/^tool +\(no access\) +tool_1$/m);
    expect(out).toMatch(/^other +some_webhook$/m);
    const { dependents, ...secret } = JSON.parse(asJson.out);
    expect(secret).toEqual({ name: "CRM_TOKEN", secretId: "id_1" });
    expect(dependents).toHaveLength(17);
    expect(dependents).toContainEqual({ kind: "tools", id: "tool_1" });
    expect(dependents).toContainEqual({ kind: "others", name: "some_webhook" });
  });

  test("dependents prints nothing for an unused secret, and exits with 0", async () => {
    const emulator = await emulated();
    emulator.workspace().add("CRM_TOKEN", "v", { id: "id_1" });

    const { code, out, err } = await cli(["dependents", "CRM_TOKEN"], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(/"CRM_TOKEN" \(id_1\)\.\n$/);
  });

  test.each([
    ["several-with-this-name", ["CRM_TOKEN"], /--id id_1$/m],
    ["name-or-id", [], /--id ID/],
  ])("after %s, dependents finds the secret by the printed option", async (expectedKind, args, option) => {
    const emulator = await emulated();
    for (const id of ["id_1", "id_2"]) emulator.workspace().add("CRM_TOKEN", "v", { id });
    const refused = await cli(["dependents", ...args], { env: envOf(emulator) });
    const [printed = ""] = option.exec(refused.err) ?? [];

    const { code, err } = await cli(["dependents", ...printed.replace("ID", "id_1").split(" ")], {
      env: envOf(emulator),
    });

    expect(refused.kind).toBe(expectedKind);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('"CRM_TOKEN" (id_1)') });
  });

  test.each([
    ["a name that no secret has", ["CRM"], "secret-not-found", /"CRM".* http:\S+ .*\n.*pulumi-elevenlabs list\n$/],
    ["a name that several secrets have", ["TWICE"], "several-with-this-name", /id_1, id_2.*\n.*--id id_1\n/],
    ["an id that no secret has", ["--id", "id_3"], "secret-not-found", /"id_3".* http:\S+ /],
    ["neither a name nor an id", [], "name-or-id", /NAME.*--id ID/],
    ["both a name and an id", ["TWICE", "--id", "id_1"], "name-or-id", /NAME.*--id ID/],
  ])("dependents fails for %s, and says what to do", async (_title, args, expectedKind, facts) => {
    const emulator = await emulated();
    for (const id of ["id_1", "id_2"]) emulator.workspace().add("TWICE", "v", { id });

    const { code, out, err, kind } = await cli(["dependents", ...args], { env: envOf(emulator) });

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: expectedKind });
    expect(err).toMatch(facts);
  });
});
