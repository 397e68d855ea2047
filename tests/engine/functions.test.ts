import { expect, test } from "@jest/globals";
import { canary } from "../support/canary";
import { HOST, HOSTS } from "../support/hosts";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { kindIn } from "../support/problems";
import { startStack } from "../support/testStack";

const value = canary("");

test("functions find secrets and dependents, and return no value", async () => {
  const eu = await startAnother();
  eu.workspace().add("CRM_EU", value.text, { id: "sec_eu" });
  const stack = await startStack({ emulator: { forcePageSize: 2 } });
  await addWorkspaces(stack, { eu });
  for (const name of ["CRM_A", "ERP", "CRM_B", "CRM_C", "crm"])
    stack.workspace.add(name, value.text, { id: `sec_${name}` });
  // The first page of dependents contains 10.
  const agents = Array.from({ length: 11 }, (_, index) => `Agent ${index}`);
  stack.workspace.use("sec_CRM_B", { agents, tools: ["Look up"] });
  await stack.program(`
    const lib = require("pulumi-elevenlabs");
    module.exports = async () => ({
      byName: await lib.getWorkspaceSecret({ name: "CRM_B" }),
      byId: await lib.getWorkspaceSecret({ secretId: "sec_ERP" }),
      byBoth: await lib.getWorkspaceSecret({ secretId: "sec_ERP", name: "ERP" }),
      notBoth: await lib.getWorkspaceSecret({ secretId: "sec_ERP", name: "CRM_A" }).catch(({ message }) => message),
      neither: await lib.getWorkspaceSecret({}).catch(({ message }) => message),
      emptyId: await lib.getSecretDependents({ secretId: "" }).catch(({ message }) => message),
      inEu: await lib.getWorkspaceSecret({ name: "CRM_EU", workspace: "eu" }),
      all: (await lib.listWorkspaceSecrets()).map(({ name }) => name),
      ofPrefix: await lib.listWorkspaceSecrets({ prefix: "CRM_" }),
      ofEu: await lib.listWorkspaceSecrets({ workspace: "eu" }),
      dependents: (await lib.getSecretDependents({ secretId: "sec_CRM_B" })).map(({ kind, name }) => kind + " " + name),
      byOutput: lib.getWorkspaceSecretOutput({ name: pulumi.output("CRM_C") }),
      listOutput: lib.listWorkspaceSecretsOutput({ prefix: pulumi.output("ER") }),
      dependentsOutput: lib.getSecretDependentsOutput({ secretId: pulumi.output("sec_CRM_A") }),
    });`);

  const run = await stack.up();

  expect(run).toMatchObject({ code: 0 });

  const { output } = await stack.cli(["stack", "output", "--json"]).orThrow();
  const found = (name: string) => ({ secretId: `sec_${name}`, name });
  const { dependents, notBoth, neither, emptyId, ...others } = JSON.parse(output);
  expect([notBoth, neither, emptyId].map(kindIn)).toEqual(["name-mismatch", "no-secret-given", "invalid-id"]);
  expect(notBoth).toMatch(/secret "sec_ERP".* named "CRM_A"/);
  expect(others).toEqual({
    byName: found("CRM_B"),
    byId: found("ERP"),
    byBoth: found("ERP"),
    inEu: { secretId: "sec_eu", name: "CRM_EU" },
    all: ["CRM_A", "ERP", "CRM_B", "CRM_C", "crm"],
    ofPrefix: ["CRM_A", "CRM_B", "CRM_C"].map(found),
    ofEu: [{ secretId: "sec_eu", name: "CRM_EU" }],
    byOutput: found("CRM_C"),
    listOutput: [found("ERP")],
    dependentsOutput: [],
  });
  expect(dependents.sort()).toEqual(["tools Look up", ...agents.map((name) => `agents ${name}`)].sort());
  expect(value.foundIn(run.output + output)).toEqual([]);
});

test("after several-with-this-name, a function finds one secret by its id", async () => {
  const stack = await startStack();
  for (const id of ["sec_first", "sec_second"]) stack.workspace.add("TWICE", "theirs", { id });
  const program = (argument: string) =>
    `module.exports = () => require("pulumi-elevenlabs").getWorkspaceSecret({ ${argument} });`;
  await stack.program(program('name: "TWICE"'));
  const refused = await stack.up();
  const [argument = ""] = /secretId: ".+"/.exec(refused.problems[0]?.message ?? "") ?? [];

  await stack.deploy(program(argument));

  expect(refused.kinds).toEqual(["several-with-this-name"]);
  const { output } = await stack.cli(["stack", "output", "--json"]).orThrow();
  expect(JSON.parse(output)).toEqual({ name: "TWICE", secretId: "sec_first" });
});

test("isInstance accepts a WorkspaceSecret of another copy of the package", async () => {
  const stack = await startStack();
  await stack.program(`
    const ours = new WorkspaceSecret("a", { value: "v" });
    const path = require.resolve("${HOSTS[HOST].module}");
    delete require.cache[path];
    const { WorkspaceSecret: Other } = require("${HOSTS[HOST].module}");
    exports.isOtherClass = Other !== WorkspaceSecret;
    exports.known = [Other.isInstance(ours), WorkspaceSecret.isInstance(new Other("b", { value: "v" }))];
    exports.unknown = [new WorkspaceSecrets("c", { secrets: {} }), { __pulumiType: ours.__pulumiType }, undefined].map((one) => Other.isInstance(one));`);

  expect(await stack.up()).toMatchObject({ code: 0 });

  expect(JSON.parse((await stack.cli(["stack", "output", "--json"]).orThrow()).output)).toEqual({
    isOtherClass: true,
    known: [true, true],
    unknown: [false, false, false],
  });
});
