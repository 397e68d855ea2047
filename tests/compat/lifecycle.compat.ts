import { beforeAll, describe, expect, test } from "@jest/globals";
import { HOSTS, type HostName } from "../support/hosts";
import { type Installation, installTarball } from "../support/installedPackage";
import { CompatStack, UP } from "./stack";

let installation: Installation;

beforeAll(async () => {
  installation = await installTarball();
});

const PROGRAM = (value: string) => `
  new WorkspaceSecret("alone", { value: "${value}" });
  new WorkspaceSecrets("all", { secrets: { A: "value-of-a", B: "value-of-b" }, prefix: "p_" });`;
const NO_CHANGES = "pulumi preview --refresh --expect-no-changes";

describe.each(Object.keys(HOSTS) as HostName[])("with the %s host", (host) => {
  const start = (topic: string) => CompatStack.start(installation, `${host}-${topic}`);

  test("a stack is created, rotated and destroyed", async () => {
    const stack = await start("lifecycle");
    await stack.deploy(host, PROGRAM("first-value"));
    const created = stack.workspace.secrets();

    await stack.project.run(NO_CHANGES);
    await stack.deploy(host, PROGRAM("second-value"));
    const rotated = stack.project.secrets();
    await stack.project.run("pulumi refresh --yes --skip-preview");
    await stack.project.run("pulumi destroy --yes --skip-preview");

    expect(created.map(({ name }) => name).sort()).toEqual(["alone", "p_A", "p_B"]);
    expect(rotated).toEqual({ alone: "second-value", p_A: "value-of-a", p_B: "value-of-b" });
    expect(stack.writes).toEqual(["create", "create", "create", "update", "delete", "delete", "delete"]);
    expect(stack.workspace.secrets()).toEqual([]);
  });

  test("drift is found and repaired", async () => {
    const stack = await start("drift");
    await stack.deploy(host, PROGRAM("v"));
    const [alone] = stack.workspace.secrets().filter(({ name }) => name === "alone");
    stack.workspace.rename(alone?.id ?? "", "RENAMED");
    const found = await stack.project.shell(NO_CHANGES);
    const command = await stack.project.shell("../node_modules/.bin/pulumi-elevenlabs drift");

    await stack.project.run(`${UP} --refresh`);
    const after = await stack.project.shell("../node_modules/.bin/pulumi-elevenlabs drift");

    expect(found.code).not.toBe(0);
    expect(command).toMatchObject({ code: 2, output: expect.stringContaining("RENAMED") });
    expect(after.code).toBe(0);
    expect(Object.keys(stack.project.secrets()).sort()).toEqual(["alone", "p_A", "p_B"]);
  });

  test("an existing secret is adopted, with keep and with overwrite", async () => {
    const stack = await start("adopt");
    const theirs = ["KEPT", "OVERWRITTEN"].map((name) => stack.workspace.add(name, "theirs").id);

    await stack.deploy(
      host,
      `new WorkspaceSecret("KEPT", { value: "ours", onExisting: "keep" });
       new WorkspaceSecret("OVERWRITTEN", { value: "ours", onExisting: "overwrite" });`,
    );

    expect(stack.project.secrets()).toEqual({ KEPT: "theirs", OVERWRITTEN: "ours" });
    expect(stack.workspace.secrets().map(({ id }) => id)).toEqual(theirs);
  });

  test("no value or key is in the state, the log files or the output", async () => {
    const stack = await start("leaks");
    const value = "canary-of-the-value";
    const outputs = [await stack.deploy(host, PROGRAM(value))];
    for (const command of ["preview", "refresh --yes", "up --yes", "stack export", "destroy --yes"])
      outputs.push(await stack.project.run(`pulumi ${command}`));

    const files = await stack.project.files();

    expect([...files.keys()].some((file) => /stacks.*\.json$/.test(file))).toBe(true);
    const texts = [...files.values(), ...outputs];
    for (const secret of [value, stack.project.emulator.apiKey])
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  });

  test("a taken name is one error that names the existing secret", async () => {
    const stack = await start("taken");
    const { id } = stack.workspace.add("TAKEN", "theirs");
    await stack.program(host, 'new WorkspaceSecret("TAKEN", { value: "ours" });');

    const run = await stack.project.shell(UP);

    expect(run.code).not.toBe(0);
    expect(run.output).toContain("[name-taken]");
    expect(run.output).toContain(id);
    expect(stack.project.secrets()).toEqual({ TAKEN: "theirs" });
  });
});

test("a stack moves to the plugin and back, without a write", async () => {
  const stack = await CompatStack.start(installation, "move");
  const secret = (options = "") => `new WorkspaceSecret("A", { value: "v" }, { ${options} });`;
  await stack.deploy("dynamic", secret());
  const before = stack.workspace.secrets();

  await stack.deploy("native", secret());
  await stack.project.run(NO_CHANGES);
  await stack.deploy("dynamic", secret(`aliases: ["urn:pulumi:dev::compat::${HOSTS.native.type}::A"]`));

  expect(stack.workspace.secrets()).toEqual(before);
  expect(stack.writes).toEqual(["create"]);
});

test("pulumi import by name adopts a secret, and up pushes the value", async () => {
  const stack = await CompatStack.start(installation, "import");
  const { id } = stack.workspace.add("CRM", "theirs");
  await stack.program("native", "");

  await stack.project.run(`pulumi import ${HOSTS.native.type} CRM CRM --yes --generate-code=false --protect=false`);
  const imported = stack.project.secrets();
  await stack.deploy("native", 'new WorkspaceSecret("CRM", { value: "ours" });');

  expect(imported).toEqual({ CRM: "theirs" });
  expect(stack.workspace.secrets()).toMatchObject([{ id, value: "ours" }]);
  expect(stack.writes).toEqual(["update"]);
});
