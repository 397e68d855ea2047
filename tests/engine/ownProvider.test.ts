import { describe, expect, test } from "@jest/globals";
import { testFor } from "../support/hosts";
import { OWN_URN, ownProvider } from "../support/ownProvider";
import { type Run, startStack, type TestStack } from "../support/testStack";

const secret = (inputs: string, options = "") =>
  `new WorkspaceSecret("crm", { name: "CRM", value: "w", ${inputs} }, { ${options} });`;

/** Starts a stack in which another provider has created the secret `CRM`. */
async function startWithOwnProvider(outs?: string) {
  const stack = await startStack();
  await stack.deploy(ownProvider(stack, outs));
  const [made] = stack.workspace.secrets();
  if (!made) throw new Error("The provider has made no secret");
  return { stack, made };
}

function expectRefused(run: Run): void {
  expect(run.code).not.toBe(0);
  expect(run.problems).toMatchObject([{ severity: "error", kind: "owned-by-other", resource: "crm" }]);
  expect(run.problems[0]?.message).toContain(`aliases: ["${OWN_URN}"]`);
  expect(run.problems[0]?.message).toContain(`pulumi state delete ${OWN_URN}`);
  expect(run.calls).not.toContain("update");
}

async function expectAdopted(stack: TestStack, id: string): Promise<void> {
  expect(stack.workspace.secrets()).toMatchObject([{ id, name: "CRM", value: "w" }]);
  expect(await stack.secrets()).toMatchObject([{ id }]);
  expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
}

describe("a secret that another provider in the stack has created", () => {
  test.each([
    ["overwrite", 'onExisting: "overwrite"', "inputs"],
    ["keep", 'onExisting: "keep"', "inputs"],
    ["existingId", 'existingId: "ID"', "{ token: id }"],
  ])("another provider's secret is refused at preview with %s, and kept", async (_, inputs, outs) => {
    const { stack, made } = await startWithOwnProvider(`(${outs})`);

    await stack.program(secret(inputs.replace("ID", made.id)));
    for (const run of [await stack.preview(), await stack.up()]) expectRefused(run);

    expect(stack.workspace.secrets()).toEqual([made]);
  });

  test("another provider's secret is refused before it is adopted or created", async () => {
    const { stack, made } = await startWithOwnProvider("({ id })");

    for (const inputs of ['onExisting: "overwrite"', ""]) {
      await stack.program(secret(inputs));
      expectRefused(await stack.up());
    }

    expect(stack.workspace.secrets()).toEqual([made]);
  });

  testFor("native")("another provider's secret is refused with the option import", async () => {
    const { stack, made } = await startWithOwnProvider();

    await stack.program(secret("", 'import: "CRM"'));
    expectRefused(await stack.up());

    expect(stack.workspace.secrets()).toEqual([made]);
  });

  test.each(["inputs", "({ token: id })", "({})"])(
    "the error's alias adopts another provider's secret: outputs %s",
    async (outs) => {
      const { stack, made } = await startWithOwnProvider(outs);

      const up = await stack.deploy(secret('onExisting: "overwrite"', `aliases: ["${OWN_URN}"]`));

      expect(up.changes).toEqual({ update: 1 });
      expect(up.calls).not.toContain("delete");
      await expectAdopted(stack, made.id);
    },
  );

  test("another provider's secret is adopted after pulumi state delete", async () => {
    const { stack, made } = await startWithOwnProvider();

    await stack.cli(["state", "delete", OWN_URN, "--yes"]).orThrow();
    const up = await stack.deploy(secret('onExisting: "overwrite"'));

    expect(up.calls).not.toContain("delete");
    await expectAdopted(stack, made.id);
  });

  test("the error's alias moves a secret into a WorkspaceSecrets", async () => {
    const { stack, made } = await startWithOwnProvider();
    const secrets = (more = "") =>
      `new WorkspaceSecrets("all", { secrets: { CRM: "w" }, onExisting: "overwrite", ${more} });`;

    await stack.program(secrets());
    const refused = await stack.preview();
    await stack.deploy(secrets(`aliases: { CRM: "${OWN_URN}" }`));

    expect(refused.problems[0]?.message).toContain(
      `aliases: { KEY: "${OWN_URN}" } to the arguments of WorkspaceSecrets`,
    );
    await expectAdopted(stack, made.id);
  });
});

test("a resource that only refers to a secret doesn't block its adoption", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("THEIRS", "theirs");
  const tool = ownProvider(stack, `({ name: "look up", headers: { Authorization: { secret_id: "${id}" } } })`);
  await stack.deploy(tool);

  await stack.deploy(`${tool} new WorkspaceSecret("crm", { name: "THEIRS", value: "w", existingId: "${id}" });`);

  expect(await stack.secrets()).toMatchObject([{ id }]);
});
