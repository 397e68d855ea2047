import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { FaultKind, Operation } from "../../../emulator/index";
import { canary } from "../../support/canary";
import { SET_UP_MS } from "../languageProject";
import {
  idsOf,
  PROGRAM,
  prepareYaml,
  programWith,
  removeSecret,
  setSecret,
  startYaml,
  useYaml,
  valuesOf,
} from "./yamlStack";

beforeAll(prepareYaml, SET_UP_MS);

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: YAML's own references
describe("wrong input in YAML", () => {
  const cases: [string, Record<string, unknown>][] = [
    ["secrets", { secrets: 5 }],
    ["secrets", { secrets: ["a"] }],
    ["secrets", { secrets: { A: 5 } }],
    ["secrets", { secrets: { A: { b: "c" } } }],
    ["secrets", { secrets: { A: "" } }],
    ["prefix", { secrets: "${secrets}", prefix: 5 }],
    ["prefix", { secrets: "${secrets}", prefix: { "fn::secret": "p_" } }],
    ["prefx", { secrets: "${secrets}", prefx: "dev_" }],
    ["onExisting", { secrets: "${secrets}", onExisting: "never" }],
  ];

  test("each wrong input is one error at preview that names the property", async () => {
    const stack = await startYaml({ CRM: "v", PAY: "w" });
    for (const [property, properties] of cases) {
      await useYaml(stack, programWith(properties));

      const run = await stack.preview();

      expect(run).toMatchObject({ steps: {}, calls: [] });
      expect(run.code).not.toBe(0);
      // The YAML host finds some of these faults itself, and shows them in colour.
      const [, shown = ""] = stripVTControlCharacters(run.output).split("Diagnostics:");
      expect(shown.match(/^ +[Ee]rror: /gm)).toHaveLength(1);
      expect(shown).toContain(property);
    }
  });

  test("without secrets in the program and in the config, the preview fails", async () => {
    const stack = await startYaml({});
    await useYaml(stack, { ...programWith({ prefix: "dev_" }), config: undefined });

    const run = await stack.preview();

    expect(run).toMatchObject({ kinds: ["config-missing"], steps: {} });
  });

  test("an API key in plain text is refused at preview", async () => {
    const stack = await startYaml({ CRM: "v" });
    await stack.configure({ "elevenlabs:apiKey": "sk_plain" });

    const run = await stack.preview();

    expect(run).toMatchObject({ kinds: ["plain-api-key"], steps: {} });
    expect(run.output).not.toContain("sk_plain");
  });
});

describe("a secret in YAML that fails", () => {
  test("--continue-on-error updates the other secrets, and loses none", async () => {
    const stack = await startYaml({ OLD: "old", KEPT: "kept" });
    await stack.up();
    stack.workspace.add("dev_TAKEN", "theirs");
    await setSecret(stack, "TAKEN", "ours");
    await setSecret(stack, "NEW", "new");
    await setSecret(stack, "KEPT", "kept-2");

    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["name-taken"]);
    expect(valuesOf(stack)).toEqual({ dev_OLD: "old", dev_KEPT: "kept-2", dev_NEW: "new", dev_TAKEN: "theirs" });
    await stack.cli(["config", "rm", "--path", "secrets.TAKEN"]).orThrow();
    expect(await stack.up()).toMatchObject({ code: 0, changes: { same: 3 } });
  });

  test("if a resource that provides a value fails, no secret is deleted", async () => {
    const stack = await startYaml({});
    const program = (name: string) => ({
      config: undefined,
      outputs: undefined,
      resources: {
        source: { type: "elevenlabs:WorkspaceSecret", properties: { name, value: "v" } },
        all: {
          type: "elevenlabs:WorkspaceSecrets",
          properties: { secrets: { FROM_SOURCE: "${source.secretId}", OTHER: "w" } },
        },
      },
    });
    await useYaml(stack, program("SOURCE"));
    expect((await stack.up()).code).toBe(0);
    const before = idsOf(stack);
    stack.workspace.add("TAKEN", "theirs");

    await useYaml(stack, program("TAKEN"));
    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    expect(run.calls).not.toContain("delete");
    expect(idsOf(stack)).toMatchObject(before);
    await useYaml(stack, program("SOURCE"));
    expect(await stack.up()).toMatchObject({ code: 0, changes: { same: 3 } });
  });

  test("after a failed update, the ids still reach other resources", async () => {
    const stack = await startYaml({});
    const program = (value: string) => ({
      config: undefined,
      resources: {
        first: { type: "elevenlabs:WorkspaceSecrets", properties: { secrets: { A: value, B: "b" } } },
        copy: {
          type: "elevenlabs:WorkspaceSecrets",
          properties: { prefix: "copy_", secrets: { A: "${first.secretIds.A}", B: "${first.secretIds.B}" } },
        },
      },
      outputs: { secretIds: "${first.secretIds}" },
    });
    await useYaml(stack, program("a"));
    expect((await stack.up()).code).toBe(0);
    const before = idsOf(stack);
    stack.emulator.fault({ kind: "status", status: 422, on: "update" });

    await useYaml(stack, program("a2"));
    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    expect(run.calls).not.toContain("delete");
    expect(idsOf(stack)).toEqual(before);
    const { output } = await stack.cli(["stack", "output", "secretIds", "--json"]).orThrow();
    expect(JSON.parse(output)).toEqual({ A: before.A, B: before.B });
    expect(await stack.up()).toMatchObject({ code: 0, calls: ["update"] });
  });

  test("a component whose dependency fails is one error, and changes nothing", async () => {
    const stack = await startYaml({});
    const program = (name: string, value: string) => ({
      config: undefined,
      outputs: undefined,
      resources: {
        first: { type: "elevenlabs:WorkspaceSecret", properties: { name, value: "v" } },
        all: {
          type: "elevenlabs:WorkspaceSecrets",
          properties: { secrets: { B: value } },
          options: { dependsOn: ["${first}"] },
        },
      },
    });
    await useYaml(stack, program("A", "b"));
    expect((await stack.up()).code).toBe(0);
    stack.workspace.add("TAKEN", "theirs");
    const before = valuesOf(stack);

    await useYaml(stack, program("TAKEN", "b2"));
    const run = await stack.up("--continue-on-error");

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["name-taken", "secrets-unknown"]);
    expect(valuesOf(stack)).toEqual(before);
    await useYaml(stack, program("A", "b2"));
    expect(await stack.up()).toMatchObject({ code: 0, calls: ["update"] });
  });

  test("an alias of a component that already exists deletes nothing", async () => {
    const stack = await startYaml({});
    const all = (secrets: Record<string, string>, more: object = {}, options: object = {}) => ({
      type: "elevenlabs:WorkspaceSecrets",
      properties: { secrets, ...more },
      options,
    });
    const project = { config: undefined, outputs: undefined };
    await useYaml(stack, { ...project, resources: { c1: all({ A: "a" }), c2: all({ B: "b" }) } });
    expect((await stack.up()).code).toBe(0);
    const before = idsOf(stack);
    const urns = (await stack.resources()).map(({ urn }) => urn);
    const urnOf = (end: string) => urns.find((urn) => urn.endsWith(end)) ?? "";

    const merged = all({ A: "a", B: "b" }, {}, { aliases: [urnOf("::c1")] });
    await useYaml(stack, { ...project, resources: { c2: merged } });
    const runs = [await stack.up("--continue-on-error"), await stack.up()];

    for (const run of runs) expect(run).toMatchObject({ kinds: ["owned-by-other"] });
    expect(runs[1]?.output).toContain(`aliases: { KEY: "${urnOf("::c1-A")}" } to the arguments`);
    expect(idsOf(stack)).toEqual(before);
    const advised = all({ A: "a", B: "b" }, { aliases: { A: urnOf("::c1-A") } });
    await useYaml(stack, { ...project, resources: { c2: advised } });
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(idsOf(stack)).toEqual(before);
  });

  test("a get of a secret of the same program changes nothing", async () => {
    const stack = await startYaml({});
    const all = { type: "elevenlabs:WorkspaceSecrets", properties: { secrets: { A: "a" } } };
    const project = { config: undefined, outputs: undefined };
    await useYaml(stack, { ...project, resources: { all } });
    expect((await stack.up()).code).toBe(0);
    const before = idsOf(stack);

    const found = { type: "elevenlabs:WorkspaceSecret", get: { id: before.A } };
    await useYaml(stack, { ...project, resources: { all, found } });
    const runs = [await stack.up(), await stack.up("--refresh")];

    for (const run of runs) expect(run).toMatchObject({ code: 0, kinds: [] });
    expect(idsOf(stack)).toEqual(before);
  });

  test.each<[string, FaultKind]>([
    ["429", { kind: "status", status: 429, retryAfter: 0 }],
    ["500 before the write", { kind: "status", status: 500 }],
    ["500 after the write", { kind: "status", status: 500, when: "after" }],
    ["a reset after the write", { kind: "reset", when: "after" }],
    ["a body that is cut off", { kind: "truncated" }],
    ["HTML", { kind: "malformed" }],
    ["a redirect", { kind: "redirect", location: "https://elsewhere.example/" }],
  ])("a create that gets %s duplicates and loses no secret", async (_, fault) => {
    const stack = await startYaml({ CRM: "crm", PAY: "pay" });
    stack.emulator.fault({ ...fault, on: "create" });

    await stack.up();
    const repaired = await stack.up();

    expect(repaired.code).toBe(0);
    expect(valuesOf(stack)).toEqual({ dev_CRM: "crm", dev_PAY: "pay" });
    expect(stack.workspace.secrets()).toHaveLength(2);
    expect(await stack.secrets()).toHaveLength(2);
  });

  test.each<[Operation, FaultKind]>([
    ["update", { kind: "status", status: 500, when: "after" }],
    ["update", { kind: "reset", when: "after" }],
    ["delete", { kind: "status", status: 500 }],
    ["delete", { kind: "reset", when: "after" }],
    ["list", { kind: "truncated" }],
    ["list", { kind: "malformed" }],
  ])("after a fault in %s (%j), up makes the workspace as the program", async (on, fault) => {
    const stack = await startYaml({ CRM: "crm", PAY: "pay" });
    await stack.up();
    const { dev_CRM: id } = idsOf(stack);
    await setSecret(stack, "CRM", "crm-2");
    await setSecret(stack, "NEW", "new");
    await removeSecret(stack, "PAY");
    stack.emulator.fault({ ...fault, on });

    const faulty = await stack.up();
    const repaired = await stack.up();

    expect(faulty.requests.map(({ fault: met }) => met)).toContain(fault.kind);
    expect(repaired.code).toBe(0);
    expect(valuesOf(stack)).toEqual({ dev_CRM: "crm-2", dev_NEW: "new" });
    expect(idsOf(stack).dev_CRM).toBe(id);
    expect(await stack.secrets()).toHaveLength(2);
  });
});

describe("a value in YAML", () => {
  const value = canary(" \"'ü\\/%<&+");
  const withValue = (output: string) => output.split("\n").filter((line) => value.foundIn(line).length > 0);

  test("no command shows the value at -v=9", async () => {
    const stack = await startYaml({ CRM: value.text });
    const flags = ["-v=9", "--logtostderr", "--logflow"];

    const runs = [await stack.preview(...flags), await stack.up(...flags), await stack.destroy(...flags)];

    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(runs.flatMap(({ output }) => withValue(output))).toEqual([]);
  });

  test.each<[string, (folder: string) => string[], (folder: string) => Record<string, string>, RegExp]>([
    ["--tracing", (folder) => [`--tracing=file:${folder}/traced`], () => ({}), /\/traced$/],
    ["PULUMI_DEBUG_GRPC", () => [], (folder) => ({ PULUMI_DEBUG_GRPC: `${folder}/calls` }), /\/calls$/],
  ])("the value is written by %s only to the file of that switch", async (_, args, env, ownFile) => {
    const stack = await startYaml({ CRM: value.text });
    Object.assign(stack.env, env(stack.folder));

    const run = await stack.up(...args(stack.folder));

    expect(run.code).toBe(0);
    expect(withValue(run.output)).toEqual([]);
    const files = [...(await stack.writtenFiles())].filter(([, text]) => value.foundIn(text).length > 0);
    expect(files.map(([file]) => file).filter((file) => !ownFile.test(file))).toEqual([]);
    expect(files).not.toEqual([]);
  });

  test("no command shows a value with --debug, and no file has it", async () => {
    const stack = await startYaml({ CRM: value.text });

    const runs = [await stack.preview("--debug"), await stack.up("--debug")];
    await useYaml(stack, { ...PROGRAM, outputs: {} });
    runs.push(await stack.preview("--debug", "--diff"), await stack.refresh("--debug"), await stack.destroy("--debug"));

    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    expect(runs.flatMap(({ output }) => withValue(output))).toEqual([]);
    for (const [file, text] of await stack.writtenFiles()) expect([file, value.foundIn(text)]).toEqual([file, []]);
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: YAML's own references
