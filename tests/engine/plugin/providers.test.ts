import { describe, expect, test } from "@jest/globals";
import { canary } from "../../support/canary";
import { startStack } from "../../support/testStack";

const KEYS = { sk_first_workspace: {}, sk_second_workspace: { workspace: "second" } };

async function twoWorkspaces() {
  const stack = await startStack({ host: "native", emulator: { keys: KEYS } });
  const url = JSON.stringify(stack.emulator.url);
  const provider = (name: string, key: string) =>
    `const ${name} = new Provider("${name}", { apiKey: "${key}", baseUrl: ${url}, maxRetries: 1 });\n`;
  return { stack, provider };
}

test("after wrong-account, destroy continues with --run-program", async () => {
  const { stack } = await twoWorkspaces();
  delete stack.env.ELEVENLABS_API_KEY;
  const useKey = (key: string) => stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], key).orThrow();
  await useKey("sk_first_workspace");
  await stack.deploy('new WorkspaceSecret("A", { value: "v" });');
  await useKey("sk_second_workspace");
  await stack.up();

  const refused = await stack.destroy();
  await useKey("sk_first_workspace");
  const again = await stack.destroy();
  const followed = await stack.destroy("--run-program");

  for (const run of [refused, again]) {
    expect(run).toMatchObject({ kinds: ["wrong-account"] });
    expect(run.output).toContain("Run the command with --run-program, after you set the key");
  }
  expect(followed).toMatchObject({ code: 0, changes: { delete: 1 } });
  expect(stack.workspace.secrets()).toEqual([]);
});

describe("two provider objects", () => {
  test("two provider objects manage two workspaces, each with its own key", async () => {
    const { stack, provider } = await twoWorkspaces();

    const run = await stack.deploy(`
      ${provider("first", "sk_first_workspace")}${provider("second", "sk_second_workspace")}
      new WorkspaceSecret("one", { name: "CRM", value: "1" }, { provider: first });
      new WorkspaceSecret("two", { name: "CRM", value: "2" }, { provider: second });`);
    const again = await stack.up();
    const destroy = await stack.destroy();

    expect(run.changes).toEqual({ create: 2 });
    expect(again.changes).toEqual({ same: 2 });
    expect(
      run.requests
        .filter(({ operation }) => operation === "create")
        .map(({ workspace }) => workspace)
        .sort(),
    ).toEqual(["default", "second"]);
    expect(destroy.code).toBe(0);
    expect([...stack.workspace.secrets(), ...stack.emulator.workspace("second").secrets()]).toEqual([]);
  });

  test.each(["fail", "overwrite"])(
    "two explicit providers never own the same secret (onExisting %s)",
    async (onExisting) => {
      const { stack, provider } = await twoWorkspaces();
      const theirs = onExisting === "overwrite" ? stack.workspace.add("CRM", "theirs") : undefined;

      await stack.program(`
      ${provider("first", "sk_first_workspace")}${provider("twin", "sk_first_workspace")}
      const args = { name: "CRM", onExisting: "${onExisting}" };
      const one = new WorkspaceSecret("one", { ...args, value: "1" }, { provider: first });
      new WorkspaceSecret("two", { ...args, value: pulumi.interpolate\`2\${one.secretId}\` }, { provider: twin });`);
      const run = await stack.up();

      expect(run.code).not.toBe(0);
      expect(run.problems).toMatchObject([{ severity: "error", kind: "owned-by-other", resource: "two" }]);
      expect(stack.workspace.secrets()).toMatchObject([{ value: "1", ...(theirs && { id: theirs.id }) }]);
      expect((await stack.secrets()).length).toBe(1);
    },
  );

  test("a provider never adopts a secret that another provider already owns", async () => {
    const { stack, provider } = await twoWorkspaces();
    const one = `${provider("first", "sk_first_workspace")}
      const one = new WorkspaceSecret("one", { name: "CRM", value: "1" }, { provider: first });\n`;
    await stack.deploy(one);
    const [owned] = stack.workspace.secrets();

    await stack.program(`${one}${provider("twin", "sk_first_workspace")}
      new WorkspaceSecret("two", { name: "CRM", value: "2", onExisting: "overwrite" }, { provider: twin, dependsOn: one });`);
    const run = await stack.up();

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["owned-by-other"]);
    expect(stack.workspace.secrets()).toEqual([owned]);
  });
});

test("a provider's changed config replaces no secret", async () => {
  const { stack, provider } = await twoWorkspaces();
  const secret = 'new WorkspaceSecret("one", { name: "CRM", value: "1" }, { provider: first });';
  await stack.deploy(provider("first", "sk_first_workspace") + secret);
  const [before] = stack.workspace.secrets();

  const run = await stack.deploy(
    provider("first", "sk_first_workspace").replace("maxRetries: 1", "maxRetries: 2") + secret,
  );

  expect(run).toMatchObject({ calls: [], changes: { same: 1 } });
  expect(stack.workspace.secrets()).toEqual([before]);
});

describe("bad config of a provider", () => {
  test("all faults of a provider's config are shown at preview", async () => {
    const { stack, provider } = await twoWorkspaces();
    await stack.program(`
      const bad = new Provider("bad", { apiKey: "sk_first_workspace", region: "mars", timeoutSeconds: -1 });
      new WorkspaceSecret("one", { value: "1" }, { provider: bad });`);

    const run = await stack.preview();

    expect(run.code).not.toBe(0);
    expect(run.kinds).toEqual(["provider-config-invalid"]);
    for (const word of ["elevenlabs:region", "elevenlabs:timeoutSeconds"]) expect(run.output).toContain(word);
    expect(run.output).toContain('Correct it in the arguments of provider "bad" in the program.');
    expect(run.output).not.toContain("pulumi config");
    expect(run.calls).toEqual([]);

    await stack.deploy(`${provider("bad", "sk_first_workspace")}
      new WorkspaceSecret("one", { value: "1" }, { provider: bad });`);
  });

  test("a wrong key of a provider is corrected in the program's arguments", async () => {
    const { stack, provider } = await twoWorkspaces();
    const secret = 'new WorkspaceSecret("one", { value: "1" }, { provider: first });';
    await stack.program(provider("first", "sk_wrong") + secret);
    const refused = await stack.up();

    const [, argument = ""] = /Set (\w+) of provider "first" in the program/.exec(refused.output) ?? [];
    const corrected = provider("first", "sk_wrong").replace(/(\w+): "sk_wrong"/, `${argument}: "sk_first_workspace"`);
    const followed = await stack.deploy(corrected + secret);

    expect(refused.kinds).toEqual(["unauthorized"]);
    expect(refused.output).not.toContain("pulumi config");
    expect(followed.changes).toEqual({ create: 1 });
  });

  test("an unknown workspace of a provider is added to the program's arguments", async () => {
    const { stack, provider } = await twoWorkspaces();
    const secret = 'new WorkspaceSecret("one", { value: "1", workspace: "eu" }, { provider: first });';
    await stack.program(provider("first", "sk_first_workspace") + secret);
    const refused = await stack.preview();

    const [, argument = ""] = /Add it to (\w+) in the arguments of provider "first"/.exec(refused.output) ?? [];
    const eu = JSON.stringify({ eu: { apiKey: "sk_second_workspace", baseUrl: stack.emulator.url } });
    const corrected = provider("first", "sk_first_workspace").replace("{ ", `{ ${argument}: ${eu}, `);
    const followed = await stack.deploy(corrected + secret);

    expect(refused).toMatchObject({ calls: [], kinds: ["workspace-unusable"] });
    expect(refused.output).not.toContain("pulumi config");
    expect(followed.changes).toEqual({ create: 1 });
    expect(stack.emulator.workspace("second").secrets()).toHaveLength(1);
  });

  test("an unknown key is refused", async () => {
    const stack = await startStack({ host: "native" });
    await stack.program(`
      const bad = new Provider("bad", { colour: "red" });
      new WorkspaceSecret("one", { value: "1" }, { provider: bad });`);

    const run = await stack.up();

    expect(run.kinds).toEqual(["provider-config-unknown"]);
    expect(stack.emulator.requests).toEqual([]);
  });

  test("a missing API key doesn't stop a preview; up says how to set it", async () => {
    const stack = await startStack({ host: "native" });
    delete stack.env.ELEVENLABS_API_KEY;
    await stack.program('new WorkspaceSecret("one", { value: "1" });');

    const preview = await stack.preview();
    const up = await stack.up();

    expect(preview.code).toBe(0);
    expect(up.kinds).toEqual(["no-api-key"]);
    expect(up.output).toContain("pulumi config set --secret elevenlabs:apiKey");
    expect(stack.emulator.requests).toEqual([]);
  });
});

test("no debug output of any command contains a value, a key or a digest", async () => {
  const key = canary("sk_");
  const value = canary(" ");
  const stack = await startStack({ host: "native", emulator: { keys: { [key.text]: {} } } });
  delete stack.env.ELEVENLABS_API_KEY;
  await stack.cli(["config", "set", "--secret", "elevenlabs:apiKey"], key.text).orThrow();
  const url = JSON.stringify(stack.emulator.url);
  await stack.program(`
    const apiKey = new pulumi.Config("elevenlabs").requireSecret("apiKey");
    const explicit = new Provider("explicit", { apiKey, baseUrl: ${url} });
    const value = ${JSON.stringify(value.text)};
    new WorkspaceSecret("A", { value, triggers: [value] });
    new WorkspaceSecret("B", { value, onExisting: "overwrite" }, { provider: explicit });`);

  const runs = [
    await stack.preview("--debug"),
    await stack.up("--debug"),
    await stack.refresh("--debug"),
    await stack.destroy("--debug"),
  ];

  for (const { code, output } of runs) {
    expect(code).toBe(0);
    // Triggers are not secret, unless the program marks them as secret.
    const shown = output.replaceAll(/triggers[^\n]*/g, "");
    expect([...key.foundIn(shown), ...value.foundIn(shown)]).toEqual([]);
    expect(output).not.toContain("Digest");
  }
});
