import { beforeAll, describe, expect, test } from "@jest/globals";
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
describe("a program in YAML", () => {
  test("a YAML program creates, rotates, adds, removes and destroys secrets", async () => {
    const stack = await startYaml({ CRM: "crm-1", PAY: "pay-1" });
    const foreign = stack.workspace.add("FOREIGN", "theirs");

    const preview = await stack.preview();
    const up = await stack.up();
    const again = await stack.preview("--refresh", "--expect-no-changes");

    expect(preview).toMatchObject({
      code: 0,
      calls: [],
      steps: { "workspace-CRM": "create", "workspace-PAY": "create" },
    });
    expect(up).toMatchObject({ code: 0, changes: { create: 2 }, problems: [] });
    expect(valuesOf(stack)).toEqual({ FOREIGN: "theirs", dev_CRM: "crm-1", dev_PAY: "pay-1" });
    expect(again.code).toBe(0);
    const ids = idsOf(stack);
    expect(JSON.parse((await stack.cli(["stack", "output", "--json"]).orThrow()).output)).toEqual({
      secretIds: { dev_CRM: ids.dev_CRM, dev_PAY: ids.dev_PAY },
    });

    await setSecret(stack, "CRM", "crm-2");
    await removeSecret(stack, "PAY");
    await setSecret(stack, "NEW", "new-1");
    const changed = await stack.up();

    expect(changed).toMatchObject({
      code: 0,
      steps: { "workspace-CRM": "update", "workspace-NEW": "create", "workspace-PAY": "delete" },
    });
    expect(valuesOf(stack)).toEqual({ FOREIGN: "theirs", dev_CRM: "crm-2", dev_NEW: "new-1" });
    expect(idsOf(stack).dev_CRM).toBe(ids.dev_CRM);

    const destroy = await stack.destroy();

    expect(destroy).toMatchObject({ code: 0, changes: { delete: 2 } });
    expect(stack.workspace.secrets()).toEqual([foreign]);
  });

  test("a component and its secrets have one provider, so one plugin process", async () => {
    const stack = await startYaml({ CRM: "v" });

    expect(await stack.up()).toMatchObject({ code: 0 });

    const providers = (await stack.resources()).filter(({ type }) => type === "pulumi:providers:elevenlabs");
    expect(providers).toMatchObject([{ urn: expect.stringMatching(/::default$/) }]);
  });

  test("a new prefix keeps the ids with onNameChange rename", async () => {
    const stack = await startYaml({ CRM: "v" });
    await useYaml(stack, programWith({ secrets: "${secrets}", prefix: "old_", onNameChange: "rename" }));
    await stack.up();
    const { old_CRM } = idsOf(stack);

    await useYaml(stack, programWith({ secrets: "${secrets}", prefix: "new_", onNameChange: "rename" }));
    const run = await stack.up();

    expect(run).toMatchObject({ code: 0, changes: { update: 1 } });
    expect(idsOf(stack)).toEqual({ new_CRM: old_CRM });
  });

  test("a YAML program adopts an existing secret if onExisting allows it", async () => {
    const stack = await startYaml({ CRM: "ours" });
    const theirs = stack.workspace.add("dev_CRM", "theirs");
    const refused = await stack.up();

    await useYaml(stack, programWith({ secrets: "${secrets}", prefix: "dev_", onExisting: "overwrite" }));
    const adopted = await stack.up();

    expect(refused.kinds).toEqual(["name-taken"]);
    expect(adopted.code).toBe(0);
    expect(stack.workspace.secrets()).toMatchObject([{ id: theirs.id, name: "dev_CRM", value: "ours" }]);
  });

  test("a refresh finds a renamed and a deleted secret; up repairs both", async () => {
    const stack = await startYaml({ CRM: "crm", PAY: "pay" });
    await stack.up();
    const ids = idsOf(stack);
    stack.workspace.rename(ids.dev_CRM ?? "", "by_hand");
    stack.workspace.remove(ids.dev_PAY ?? "");

    const drift = await stack.preview("--refresh", "--expect-no-changes");
    const up = await stack.up("--refresh");

    expect(drift.code).not.toBe(0);
    expect(up.code).toBe(0);
    expect(valuesOf(stack)).toEqual({ dev_CRM: "crm", dev_PAY: "pay" });
  });

  test("an imported secret belongs to the component by its alias", async () => {
    const stack = await startYaml({ CRM: "v" });
    const theirs = stack.workspace.add("dev_CRM", "theirs");
    await useYaml(stack, { config: PROGRAM.config });
    await stack.up();
    const imported = await stack.import("CRM", "dev_CRM");
    expect(imported.code).toBe(0);
    const urn = (await stack.secrets())[0]?.urn ?? "";

    await useYaml(stack, programWith({ secrets: "${secrets}", prefix: "dev_", aliases: { CRM: urn } }));
    const run = await stack.up();

    expect(run).toMatchObject({ code: 0, changes: { update: 1 }, calls: ["update"] });
    expect(stack.workspace.secrets()).toMatchObject([{ id: theirs.id, name: "dev_CRM", value: "v" }]);
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: YAML's own references
