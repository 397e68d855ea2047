import { describe, expect, test } from "@jest/globals";
import { cli, cliIn, envOf, newKey } from "../support/commandRun";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { emulate, json, serve } from "../support/servers";
import { startStack } from "../support/testStack";

const emulated = () => emulate({ keys: { [newKey()]: {} } });

describe("list", () => {
  test("shows name, id and number of users by name, of every page, and never a value", async () => {
    const emulator = await emulate({ keys: { [newKey()]: {} }, forcePageSize: 1 });
    const b = emulator
      .workspace()
      .add("B", "value of B", { id: "id_b", dependents: { agents: ["one"], others: ["x"] } });
    emulator.workspace().add("A", "value of A", { id: "id_a" });
    const tools = Array.from({ length: 101 }, (_, n) => `tool ${n}`);
    emulator.workspace().add("CCC", "value of C", { id: "id_c", dependents: { tools } });

    const { code, out, err } = await cli(["list"], { env: envOf(emulator) });

    expect({ code, err }).toEqual({
      code: 0,
      err: "Config: the environment alone: there is no Pulumi project here.\n",
    });
    expect(out).toBe("NAME  ID    USERS\nA     id_a  0\nB     id_b  2\nCCC   id_c  100+\n");
    expect(out).not.toContain(b.value);
  });

  test("--prefix asks the API for those names alone", async () => {
    const emulator = await emulated();
    for (const name of ["CRM_A", "ERP_A", "CRM_B"]) emulator.workspace().add(name, "v", { id: `id_${name}` });

    const { out } = await cli(["list", "--prefix", "CRM_"], { env: envOf(emulator) });

    expect(out.split("\n").slice(1)).toEqual(["CRM_A  id_CRM_A  0", "CRM_B  id_CRM_B  0", ""]);
    expect(emulator.requests).toMatchObject([{ query: { search: "CRM_" } }]);
  });

  test("a table fits the terminal: long texts go on in the next line, between words", async () => {
    const emulator = await emulated();
    const name = "some long name of many short words";
    emulator.workspace().add(name, "v", { id: "0123456789" });

    const { out } = await cli(["list"], { env: { ...envOf(emulator), COLUMNS: "40" } });

    const lines = out.trimEnd().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines.length).toBeGreaterThan(2);
    expect(
      lines
        .map((line) => line.split(/ {2,}/)[0]?.trim())
        .slice(1)
        .join(" "),
    ).toBe(name);
  });

  test("where the words are too long for a table, each secret is a list, and an id stays whole", async () => {
    const emulator = await emulated();
    const [name, id] = [`${"LONG_".repeat(20)}NAME`, "0123456789".repeat(6)];
    emulator.workspace().add(name, "v", { id });
    emulator.workspace().add("日本語", "v", { id: "short" });

    const { out } = await cli(["list"], { env: { ...envOf(emulator), COLUMNS: "50" } });

    expect(out).toBe(`NAME   ${name}\nID     ${id}\nUSERS  0\n\nNAME   日本語\nID     short\nUSERS  0\n`);
  });

  test("where it is no terminal, there is no colour, and a row is a line", async () => {
    const emulator = await emulated();
    emulator.workspace().add("N".repeat(200), "v");

    const { out } = await cli(["list"], { env: { ...envOf(emulator), FORCE_COLOR: "1", TERM: "xterm-256color" } });

    expect(out).not.toContain("\u001b");
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });

  test("a name that would move the cursor or hide a part of itself is shown as what it is", async () => {
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

  test("a number of users that the API does not tell is a question mark", async () => {
    const { url } = await serve(json({ secrets: [{ type: "stored", secret_id: "id", name: "A" }], next_cursor: null }));

    const { code, out } = await cli(["list"], { env: envOf({ url, apiKey: newKey() }) });

    expect({ code, out }).toEqual({ code: 0, out: "NAME  ID  USERS\nA     id  ?\n" });
  });

  test("an empty workspace prints nothing to standard output", async () => {
    const emulator = await emulated();

    const { code, out, err } = await cli(["list"], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toContain(`No secrets at ${emulator.url}.\n`);
  });

  test("--stack tells which resource owns a secret, and which secrets nobody does", async () => {
    const stack = await startStack();
    await stack.deploy('new WorkspaceSecret("crm", { name: "OURS", value: "v" });');
    stack.workspace.add("THEIRS", "v", { id: "id_theirs" });
    const id = stack.workspace.secrets()[0]?.id ?? "";

    const { code, out, err } = await cliIn(stack, ["list", "--stack"]);
    const named = await cliIn(stack, ["list", "--stack", "test", "--json"], { PULUMI_STACK: "" });

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n").map((line) => line.split(/ +/))).toEqual([
      ["NAME", "ID", "USERS", "OWNER"],
      ["OURS", id, "0", "crm"],
      ["THEIRS", "id_theirs", "0", "nobody"],
      [""],
    ]);
    expect(JSON.parse(named.out)).toEqual({
      workspace: "default",
      endpoint: stack.emulator.url,
      secrets: [
        {
          name: "OURS",
          secretId: id,
          users: 0,
          moreUsers: false,
          owner: expect.stringMatching(/^urn:pulumi:test::test::.*::crm$/),
        },
        { name: "THEIRS", secretId: "id_theirs", users: 0, moreUsers: false, owner: null },
      ],
    });
  });

  test("--workspace lists another workspace of the config; an owner counts in its own workspace alone", async () => {
    const eu = await startAnother({ keys: { [newKey()]: {} } });
    const stack = await startStack();
    await addWorkspaces(stack, { eu });
    await stack.deploy('new WorkspaceSecret("crm", { value: "v" });');
    eu.workspace().add("crm", "v", { id: stack.workspace.secrets()[0]?.id ?? "" });

    const { code, out } = await cliIn(stack, ["list", "--workspace", "eu", "--stack"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^crm .* nobody$/m);
  });

  test("without a project, the environment counts where no stack is asked for", async () => {
    const emulator = await emulated();

    const asked = await cli(["list", "--stack", "prod"], { env: envOf(emulator) });
    const noCli = await cli(["list", "--stack", "prod"], {
      folder: (await startStack()).folder,
      env: { ...envOf(emulator), PATH: "/nowhere" },
    });
    const { code, err } = await cli(["list"], { env: envOf(emulator) });

    expect(code).toBe(0);
    expect(err).toContain("Config: the environment alone: there is no Pulumi project here.\n");
    expect(asked.code).toBe(1);
    expect(asked.err).toContain("error: could not read the stack: there is no Pulumi project here.\nRun this in");
    expect(noCli.code).toBe(1);
    expect(noCli.err).toContain(
      "there is no pulumi on the PATH.\nInstall the Pulumi CLI, or add its folder to the PATH",
    );
  });

  test("without a project and a key, the advice is the environment's variable", async () => {
    const { code, out, err } = await cli(["list"]);

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(
      /^error: could not call the API: there is no API key in the environment\.\nSet the environment/m,
    );
    expect(err).not.toContain("pulumi config set");
  });

  test.each(["list", "doctor", "adopt", "dependents"])("%s takes --stack or --no-stack, not both", async (command) => {
    const emulator = await emulated();

    const { code, out, err } = await cli([command, "--stack", "dev", "--no-stack"], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("error: option '--no-stack' cannot be used with option '--stack'\n");
    expect(emulator.requests).toEqual([]);
  });

  test("without the pulumi CLI, and without a selected stack, the environment counts, and that is said", async () => {
    const stack = await startStack();
    const env = envOf(stack.emulator);

    const noCli = await cli(["list"], { folder: stack.folder, env: { ...env, PATH: "/nowhere" } });
    const noStack = await cliIn(stack, ["list"], { ...env, PULUMI_STACK: "" });

    expect(noCli.code).toBe(0);
    expect(noCli.err).toContain("Config: the environment alone: there is no pulumi on the PATH.");
    expect(noStack.code).toBe(0);
    expect(noStack.err).toContain("Config: the environment alone: no stack is selected.");
  });

  test("a failure is two lines: what could not be done and why, and what to do", async () => {
    const emulator = await emulated();

    const { code, out, err } = await cli(["list"], { env: envOf({ url: emulator.url, apiKey: newKey() }) });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.split("\n").slice(1)).toEqual([
      "error: could not list the secrets: the API answered 401: Invalid API key.",
      `Set the environment variable ELEVENLABS_API_KEY to a key of a workspace at ${emulator.url}.`,
      "",
    ]);
  });
});

describe("dependents", () => {
  test("shows all of them, over every page, with kind, name and id", async () => {
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

  test("nothing that uses a secret is fine, and prints nothing to standard output", async () => {
    const emulator = await emulated();
    emulator.workspace().add("CRM_TOKEN", "v", { id: "id_1" });

    const { code, out, err } = await cli(["dependents", "CRM_TOKEN"], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toContain('Nothing uses secret "CRM_TOKEN" (id_1).\n');
  });

  test.each([
    [
      "a name that no secret has",
      ["CRM"],
      /the workspace at http:\S+ has no such secret\.\n.*pulumi-elevenlabs list\n$/,
    ],
    [
      "a name that several have",
      ["TWICE"],
      /several secrets have this name: id_1, id_2\.\nChoose one by its id: --id ID\n$/,
    ],
    ["an id that none has", ["--id", "id_3"], /of secret "id_3": the workspace at http:\S+ has no such secret/],
    ["neither a name nor an id", [], /no secret is named\.\nGive the secret's NAME, or --id ID\.\n$/],
    ["both", ["TWICE", "--id", "id_1"], /a name and an id are given\.\n/],
  ])("%s fails, with what to do", async (_title, args, told) => {
    const emulator = await emulated();
    for (const id of ["id_1", "id_2"]) emulator.workspace().add("TWICE", "v", { id });

    const { code, out, err } = await cli(["dependents", ...args], { env: envOf(emulator) });

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(told);
  });
});
