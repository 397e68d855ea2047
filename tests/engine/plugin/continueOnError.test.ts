import { describe, expect, test } from "@jest/globals";
import { COMPONENT_TYPE, NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { urn } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";
import { fails, held, outcome, writes } from "../sequences/support";

// A failed secret of a component that the plugin creates doesn't end the program, so Pulumi continues with the deletes. A failed
// resource of a program in Node.js ends it.
const REMOTE = `
  class RemoteSecrets extends pulumi.ComponentResource {
    constructor(name, args) { super("${COMPONENT_TYPE}", name, { secretIds: undefined, ...args }, {}, true); }
  }`;
const component = (name: string, inputs = "") =>
  `${REMOTE} new RemoteSecrets("${name}", { secrets: { A: "v" }, ${inputs} });`;
const OWNER = urn("old-A", `${COMPONENT_TYPE}$${NATIVE_TYPE}`);

describe("a secret that moves to another resource with --continue-on-error", () => {
  test.each(["fail", "overwrite", "keep"])("with onExisting %s, the secret isn't deleted", async (policy) => {
    const stack = await startStack({ host: "native" });
    await stack.deploy(component("old"));
    const before = held(stack.workspace);
    await stack.program(component("new", `onExisting: "${policy}"`));

    const refused = await stack.up("--continue-on-error");

    expect(outcome(refused)).toEqual(fails(refused, "owned-by-other"));
    expect(refused.problems.map(({ message }) => message).join()).toContain(OWNER);
    expect(writes(refused)).toEqual([]);
    expect(held(stack.workspace)).toEqual(before);

    const followed = await stack.deploy(component("new", `aliases: { A: "${OWNER}" }`));

    expect(followed.calls).toEqual([]);
    expect(held(stack.workspace)).toEqual(before);
  });

  test("a removed secret that no other resource needs is deleted", async () => {
    const stack = await startStack({ host: "native" });
    await stack.deploy(`${component("old")} new WorkspaceSecret("c", { name: "C", value: "v" });`);
    await stack.program(component("new"));

    const run = await stack.up("--continue-on-error");

    expect(writes(run)).toEqual(["delete"]);
    expect(stack.workspace.secrets()).toMatchObject([{ name: "A" }]);
  });
});
