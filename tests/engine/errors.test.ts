import { describe, expect, test } from "@jest/globals";
import type { FaultKind, Operation } from "pulumi-elevenlabs/emulator";
import { canary } from "../support/canary";
import { HOST } from "../support/hosts";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { tidyProblems } from "../support/shownProblems";
import { type Run, SECRET_TYPE, startStack } from "../support/testStack";

const value = canary(' "ü"\\/');
const key = canary('sk_"/%+');
const VALUE = JSON.stringify(value.text);
const urnOf = (name: string) => `urn:pulumi:test::test::${SECRET_TYPE}::${name}`;
const keys = { [key.text]: {} };

const shown = (run: Run) => tidyProblems(run, [value, key]);

const FAULTS = {
  refused: {
    kind: "status",
    status: 422,
    body: { detail: [{ loc: ["body", "name"], msg: "String should have at most 64 characters", type: "too_long" }] },
  },
  forbidden: { kind: "status", status: 403, body: { detail: { status: "forbidden", message: "Not for this key" } } },
  unauthorized: {
    kind: "status",
    status: 401,
    body: { detail: { status: "invalid_api_key", message: "Invalid key" } },
  },
  limited: { kind: "status", status: 429, retryAfter: 120 },
  unavailable: { kind: "status", status: 503 },
  crashed: { kind: "status", status: 500 },
  proxy: { kind: "status", status: 404, body: "<html>Not here</html>", contentType: "text/html" },
  redirected: { kind: "redirect", location: "https://example.com/" },
  malformed: { kind: "malformed" },
  reset: { kind: "reset" },
  silent: { kind: "hang" },
} satisfies Record<string, FaultKind>;

describe("a failed API call", () => {
  test("a failed call shows the secret, the cause and the fix, in every step", async () => {
    const stack = await startStack({ config: { "elevenlabs:maxRetries": "0", "elevenlabs:timeoutSeconds": "3" } });
    const names = Object.keys(FAULTS) as (keyof typeof FAULTS)[];
    const emulators = await Promise.all(names.map(() => startAnother({ keys })));
    await addWorkspaces(stack, Object.fromEntries(names.map((name, i) => [name, emulators[i] as never])));
    const meet = (on: Operation) => {
      for (const [i, name] of names.entries()) {
        emulators[i]?.clearFaults();
        emulators[i]?.fault({ ...FAULTS[name], on, times: Number.POSITIVE_INFINITY });
      }
    };
    const program = (suffix: string) =>
      stack.program(
        `for (const workspace of ${JSON.stringify(names)})
          new WorkspaceSecret(workspace, { value: ${VALUE} + "${suffix}", workspace, onExisting: "overwrite" });`,
      );

    await program("1");
    meet("create");
    const created = await stack.up("--continue-on-error");
    for (const emulator of emulators) emulator.clearFaults();
    // The POST got a malformed response, so the provider found the secret by its name. The replacement adopts it again.
    const replaced = await stack.up("--replace", urnOf("malformed"));
    await program("2");
    meet("update");
    const updated = await stack.up("--continue-on-error");
    meet("get");
    const read = await stack.refresh();
    meet("delete");
    const deleted = await stack.destroy("--continue-on-error");
    for (const emulator of emulators) emulator.clearFaults();
    const again = await stack.destroy();

    expect(shown(created)).toMatchSnapshot("create");
    expect(shown(replaced)).toMatchSnapshot("replace");
    expect(shown(updated)).toMatchSnapshot("update");
    expect(shown(read)).toMatchSnapshot("read");
    expect(shown(deleted)).toMatchSnapshot("delete");
    expect(again).toMatchObject({ code: 0, problems: [] });
    expect(emulators.flatMap((emulator) => emulator.workspace().secrets())).toEqual([]);
  });
});

describe("a conflict with existing secrets", () => {
  test("a conflict shows names and ids, in every step", async () => {
    const stack = await startStack({ emulator: { keys } });
    const { workspace } = stack;
    const elsewhere = await startAnother({ keys });
    await addWorkspaces(stack, { moved: elsewhere });
    const named = ["OWNED", "GONE", "USED", "RETAINED", "SEVERAL"];
    for (const name of named) workspace.add(name, "theirs", { id: `sec_${name.toLowerCase()}` });
    const program = (renamed: string, value: string, more = "") => `
      const value = ${value};
      const [owned] = ${JSON.stringify(named)}.map((name) =>
        new WorkspaceSecret(name, { value, onExisting: "overwrite", onInUse: name === "RETAINED" ? "retain" : "fail" }));
      new WorkspaceSecret("renamed", { name: "${renamed}", value, onNameChange: "rename" });
      new WorkspaceSecret("moved", { value, workspace: "moved" });
      ${more}`;
    await stack.deploy(program("RENAMED", VALUE));

    workspace.remove("sec_gone");
    const support = { name: "Support", created_at_unix_secs: 1, access_level: "admin" } as const;
    const dependents = {
      agents: [{ type: "available" as const, id: "agent_1", ...support }],
      tools: [{ type: "unknown" as const, id: "tool_1" }],
      others: ["conversation_initiation_webhook"],
    };
    workspace.add("TAKEN", "theirs", { id: "sec_taken", dependents });
    workspace.add("UNUSED", "theirs", { id: "sec_unused" });
    workspace.add("OTHER", "theirs", { id: "sec_other" });
    workspace.add("TWICE", "theirs", { id: "sec_first" });
    workspace.add("TWICE", "theirs", { id: "sec_second" });
    const conflicts = `
      new WorkspaceSecret("taken", { name: "TAKEN", value });
      new WorkspaceSecret("unused", { name: "UNUSED", value });
      new WorkspaceSecret("twice", { name: "TWICE", value, onExisting: "overwrite" });
      new WorkspaceSecret("existingNone", { value, existingId: "sec_none" });
      new WorkspaceSecret("existingOwned", { value, existingId: "sec_owned" }, { dependsOn: owned });
      new WorkspaceSecret("existingKept", { value, existingId: "sec_other", onExisting: "keep" });
      new WorkspaceSecret("existingToTaken", { name: "OTHER", value, existingId: "sec_second" });`;
    await stack.program(program("OTHER_TAKEN", `${VALUE} + "2"`, conflicts));
    workspace.add("OTHER_TAKEN", "theirs", { id: "sec_other_taken" });
    const updated = await stack.up("--continue-on-error");

    workspace.remove("sec_several");
    workspace.add("SEVERAL", "theirs", { id: "sec_third" });
    workspace.add("SEVERAL", "theirs", { id: "sec_fourth" });
    const read = await stack.refresh();

    await addWorkspaces(stack, { moved: { url: "https://api.example.com", apiKey: key.text } });
    const compared = await stack.preview();

    workspace.use("sec_used", dependents);
    workspace.use("sec_retained", dependents);
    const deleted = await stack.destroy("--continue-on-error");

    expect(shown(updated)).toMatchSnapshot("create and update");
    expect(shown(read)).toMatchSnapshot("read");
    expect(shown(compared)).toMatchSnapshot("diff");
    expect(shown(deleted)).toMatchSnapshot("delete");
  });
});

describe("an error in the program", () => {
  test.each([
    // The plugin supports the import option.
    ...(HOST === "native"
      ? []
      : [["the import option", "import-unsupported", `new WorkspaceSecret("a", { value }, { import: "sec_1" });`]]),
    [
      "two resources with one name",
      "declared-twice",
      `const a = new WorkspaceSecret("a", { name: "CRM", value }); new WorkspaceSecret("b", { name: "CRM", value }, { dependsOn: a });`,
    ],
    [
      "two resources with one name from an output",
      "declared-twice",
      `const a = new WorkspaceSecret("a", { name: pulumi.output("CRM"), value }); new WorkspaceSecret("b", { name: pulumi.output("CRM"), value }, { dependsOn: a });`,
    ],
    [
      "two resources with one existingId",
      "declared-twice",
      `const a = new WorkspaceSecret("a", { existingId: "sec_1", value }); new WorkspaceSecret("b", { existingId: "sec_1", value }, { dependsOn: a });`,
    ],
    ["a list of secrets", "secrets-not-plain", `new WorkspaceSecrets("all", { secrets: [value] });`],
    [
      "secrets as a promise",
      "secrets-not-plain",
      `new WorkspaceSecrets("all", { secrets: Promise.resolve({ value }) });`,
    ],
    ["secrets as a map", "secrets-not-plain", `new WorkspaceSecrets("all", { secrets: new Map([["A", value]]) });`],
    [
      "a prefix that is an output",
      "prefix-not-plain",
      `new WorkspaceSecrets("all", { secrets: { A: value }, prefix: pulumi.output("A") });`,
    ],
    [
      "secrets as an output",
      "secrets-not-plain",
      `new WorkspaceSecrets("all", { secrets: pulumi.secret({ value }) });`,
    ],
  ])("%s is refused at preview, without a call", async (_title, kind, body) => {
    const stack = await startStack({ emulator: { keys } });
    await stack.program(`const value = ${VALUE};\n${body}`);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.calls).toEqual([]);
    expect(run.kinds).toEqual([kind]);
    expect(shown(run)).toMatchSnapshot();
  });
});

describe("an error of Pulumi's own constructor", () => {
  test("an error of Pulumi's constructor shows the program's line", async () => {
    const stack = await startStack({ emulator: { keys }, inOwnProcess: true });
    await stack.program(`
      const { stackTraceLimit } = Error;
      try { new WorkspaceSecret("", { value: ${VALUE} }); } catch ({ stack }) { console.log(stack.split("\\n")[1]); }
      new WorkspaceSecret("a", { value: ${VALUE} });
      console.log("kept:", Error.stackTraceLimit === stackTraceLimit);`);

    const { code, output } = await stack.preview();

    expect(code).toBe(0);
    expect(output).toMatch(/ at .*index\.js:5:/);
    expect(output).toContain("kept: true");
  });
});

describe("a function", () => {
  test.each([
    ["a name that no secret has", "secret-not-found", 'getWorkspaceSecret({ name: "NONE" })'],
    ["a name that several secrets have", "several-with-this-name", 'getWorkspaceSecret({ name: "TWICE" })'],
    ["an unknown id", "secret-not-found", 'getWorkspaceSecret({ secretId: "sec_none" })'],
    ["the dependents of an unknown id", "secret-not-found", 'getSecretDependents({ secretId: "sec_none" })'],
    ["a workspace that isn't configured", "invalid-config", 'listWorkspaceSecrets({ workspace: "prod" })'],
    ["a wrong API key", "unauthorized", "listWorkspaceSecrets()"],
  ])("a function fails without a stack trace for %s", async (title, kind, call) => {
    const stack = await startStack({ emulator: { keys } });
    for (const id of ["sec_first", "sec_second"]) stack.workspace.add("TWICE", "theirs", { id });
    if (title.includes("key")) stack.env.ELEVENLABS_API_KEY = "sk_wrong";
    await stack.program(`module.exports = async () => ({ found: await require("pulumi-elevenlabs").${call} });`);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual([kind]);
    expect(shown(run)).toMatchSnapshot();
  });
});
