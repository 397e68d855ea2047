import { describe, expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { canary } from "../../support/canary";
import { type StateResource, startStack } from "../../support/testStack";

/** A component that the plugin creates, as programs in other languages do. */
const REMOTE = `
  class RemoteSecrets extends pulumi.ComponentResource {
    constructor(name, args, opts) {
      super("elevenlabs:index:WorkspaceSecrets", name, { secretIds: undefined, ...args }, opts, true);
    }
  }
`;

/** The parts of a resource that don't depend on the program's source or on the time. */
function essence({
  urn,
  id,
  inputs = {},
  outputs = {},
  ...rest
}: StateResource & { parent?: string; provider?: string }) {
  const { value: _, ...shown } = inputs;
  return { urn, id, inputs: Object.keys(inputs), shown, outputs, parent: rest.parent, provider: rest.provider };
}

const urnOf = (name: string) => `urn:pulumi:test::test::elevenlabs:index:WorkspaceSecrets$${NATIVE_TYPE}::${name}`;

describe("a component that the plugin creates", () => {
  test("a stack moves between both components without a request", async () => {
    const stack = await startStack({ host: "native" });
    const args = `{ secrets: { A: "1", B: "2" }, prefix: "p_", onInUse: "retain", triggers: [1] }`;
    const made = await stack.deploy(`exports.ids = new WorkspaceSecrets("all", ${args}).secretIds;`);
    const before = await stack.resources();

    const moved = await stack.deploy(`${REMOTE} exports.ids = new RemoteSecrets("all", ${args}).secretIds;`);
    const after = await stack.resources();
    const back = await stack.deploy(`exports.ids = new WorkspaceSecrets("all", ${args}).secretIds;`);

    expect(made.changes).toEqual({ create: 2 });
    for (const run of [moved, back]) expect(run).toMatchObject({ calls: [], changes: { same: 2 }, problems: [] });
    const sorted = (resources: StateResource[]) => resources.map(essence).sort((a, b) => a.urn.localeCompare(b.urn));
    expect(sorted(after)).toEqual(sorted(before));
  });

  test("without the input secrets, the plugin reads secrets from the config", async () => {
    const value = canary("");
    const stack = await startStack({ host: "native" });
    await stack.configureSecrets({ "test:secrets": JSON.stringify({ CRM: value.text }) });

    const run = await stack.deploy(`${REMOTE} new RemoteSecrets("all");`);

    expect(run).toMatchObject({ changes: { create: 1 }, problems: [] });
    expect(stack.workspace.secrets()).toMatchObject([{ name: "CRM", value: value.text }]);
    expect(value.foundIn(run.output)).toEqual([]);
    expect((await stack.secret("all-CRM"))?.inputs?.value).toBe(value.text);
    for (const [file, text] of await stack.writtenFiles()) expect([file, value.foundIn(text)]).toEqual([file, []]);
  });

  test("a preview deletes no secret if it doesn't know the keys yet", async () => {
    const stack = await startStack({ host: "native" });
    const remote = (secrets: string) => `${REMOTE}
      const first = new WorkspaceSecret("first", { value: "v", triggers: [${secrets.length}] });
      exports.ids = new RemoteSecrets("all", { secrets: ${secrets} }).secretIds;`;
    await stack.deploy(remote(`{ A: "1", B: "2" }`));

    await stack.program(
      remote(`new WorkspaceSecret("new", { value: "v" }).secretId.apply(() => ({ A: "1", B: "3" }))`),
    );
    const preview = await stack.preview();
    const up = await stack.up();

    const steps = { "all-A": "update", "all-B": "update", first: "update", new: "create" };
    expect(preview).toMatchObject({ code: 0, calls: [], steps, problems: [] });
    expect(up).toMatchObject({ code: 0, steps: { ...steps, "all-A": "same" } });
  });

  test("a component's provider, protection and aliases apply to its secrets", async () => {
    const stack = await startStack({ host: "native", emulator: { keys: { sk_eu: { workspace: "eu" } } } });
    const provider = `const eu = new Provider("eu", { apiKey: "sk_eu", baseUrl: "${stack.emulator.url}" });`;
    const remote = (name: string, options: string) =>
      `${REMOTE} ${provider} new RemoteSecrets("${name}", { secrets: { A: "1" } }, { providers: [eu], ${options} });`;
    await stack.deploy(remote("old", "protect: true"));
    const [secret] = stack.emulator.workspace("eu").secrets();

    await stack.program(provider);
    const removed = await stack.up();
    const renamed = await stack.deploy(remote("new", `aliases: [{ name: "old" }]`));

    expect(stack.workspace.secrets()).toEqual([]);
    expect(removed.code).not.toBe(0);
    expect(removed.output).toContain("protect");
    expect(renamed).toMatchObject({ calls: [], steps: { "new-A": "same" } });
    expect((await stack.secrets()).map(({ urn, id }) => [urn, id])).toEqual([[urnOf("new-A"), secret?.id]]);
  });

  test("a transform of the stack reaches the component's secrets", async () => {
    const stack = await startStack({ host: "native" });

    await stack.deploy(`${REMOTE}
      pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
        type.endsWith(":WorkspaceSecret") ? { props: { ...props, onInUse: "retain" }, opts } : undefined);
      new RemoteSecrets("all", { secrets: { A: "v" } });`);

    expect(await stack.secrets()).toMatchObject([{ inputs: { name: "A", onInUse: "retain" } }]);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("deletedWith on a component leaves its secrets in the workspace", async () => {
    const stack = await startStack({ host: "native" });
    await stack.deploy(`${REMOTE}
      const other = new WorkspaceSecret("other", { name: "OTHER", value: "v" });
      new RemoteSecrets("all", { secrets: { A: "v" } }, { deletedWith: other });`);

    const run = await stack.destroy();

    expect(run).toMatchObject({ code: 0, calls: ["delete"] });
    expect(stack.workspace.secrets()).toMatchObject([{ name: "A" }]);
  });

  test("the component adopts no secret that another resource owns", async () => {
    const stack = await startStack({ host: "native" });
    const owner = 'new WorkspaceSecret("owner", { name: "A", value: "v" });';
    await stack.deploy(owner);
    const before = stack.workspace.secrets();

    await stack.program(`${REMOTE} new RemoteSecrets("all", { secrets: { A: "w" }, onExisting: "overwrite" });`);
    const run = await stack.up("--target", urnOf("all-A"), "--target-dependents");

    expect(run.code).not.toBe(0);
    expect(run.problems).toMatchObject([{ kind: "owned-by-other", resource: "all-A" }]);
    expect(run.calls).toEqual([]);
    expect(stack.workspace.secrets()).toEqual(before);
  });
});

describe("wrong inputs of a component that the plugin creates", () => {
  const cases: [string, string][] = [
    ["a number", "{ secrets: 5 }"],
    ["a list", '{ secrets: ["a"] }'],
    ["a value that is a number", "{ secrets: { A: 5 } }"],
    ["a value that is an object", '{ secrets: { A: { b: "c" } } }'],
    ["an empty value", '{ secrets: { A: "" } }'],
    ["a blank key", '{ secrets: { " ": "v" } }'],
    ["an unknown input", '{ secrets: { A: "v" }, prefx: "p_" }'],
    ["a prefix that is a number", '{ secrets: { A: "v" }, prefix: 5 }'],
    ["a secret prefix", '{ secrets: { A: "v" }, prefix: pulumi.secret("p_") }'],
    ["aliases that aren't URNs", '{ secrets: { A: "v" }, aliases: { A: 5 } }'],
    ["a wrong policy", '{ secrets: { A: "v", B: "w" }, onExisting: "never" }'],
    ["no secrets", "{}"],
  ];

  test("each wrong input is one error of the component at preview", async () => {
    const stack = await startStack({ host: "native" });
    const shown: Record<string, string> = {};
    for (const [title, args] of cases) {
      await stack.program(`${REMOTE} new RemoteSecrets("all", ${args});`);
      const run = await stack.preview();
      expect(run.code).not.toBe(0);
      expect(run.steps).toEqual({});
      expect([title, run.problems.length]).toEqual([title, 1]);
      shown[title] = run.problems[0]?.message ?? "";
    }
    expect(shown).toMatchSnapshot();
  });
});

describe("the advice of an error of the component", () => {
  test("after component-inputs-invalid, the printed command sets the value", async () => {
    const stack = await startStack({ host: "native", config: { secrets: { A: 5 } } });
    await stack.program(
      `${REMOTE} new RemoteSecrets("all", { secrets: new pulumi.Config().requireObject("secrets") });`,
    );

    const refused = await stack.up();
    const [, command = ""] = /: pulumi (config set .*)$/m.exec(refused.problems[0]?.message ?? "") ?? [];
    await stack.cli(command.split(" "), "v").orThrow();
    const followed = await stack.up();

    expect(refused.kinds).toEqual(["component-inputs-invalid"]);
    expect(followed.code).toBe(0);
    expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "v" }]);
  });
});

describe("plain text in the config", () => {
  test("values that the config has in plain text cause a warning", async () => {
    const stack = await startStack({ host: "native", config: { secrets: { PLAIN: "plain" }, token: "plain too" } });
    await stack.program(`${REMOTE}
      new RemoteSecrets("own");
      const config = new pulumi.Config();
      new RemoteSecrets("given", { secrets: { CRM: config.require("token"), PAY: "other" }, prefix: "p_" });`);

    const run = await stack.up();

    expect(run.code).toBe(0);
    expect(run.problems).toMatchObject([
      { severity: "warning", kind: "plain-values" },
      { severity: "warning", kind: "plain-values" },
    ]);
    const messages = run.problems.map(({ message }) => message).sort();
    expect(messages[0]).toContain('Config secrets has "PLAIN" in plain text');
    expect(messages[1]).toContain("Config token is in plain text");
    expect(messages[1]).toContain("pulumi config set --secret token");
    for (const { message } of run.problems) expect(message).not.toContain("in the state");
  });

  test("an API key in plain text is refused at preview", async () => {
    const stack = await startStack({ host: "native", config: { "elevenlabs:apiKey": "sk_plain" } });
    await stack.program(`${REMOTE} new RemoteSecrets("all", { secrets: { A: "v" } });`);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["plain-api-key"]);
    expect(run.output).not.toContain("sk_plain");
  });
});
