import { beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { type DocBlock, docBlocks } from "../../support/docBlocks";
import { startStack } from "../../support/testStack";
import { SET_UP_MS } from "../languageProject";
import { idsOf, prepareYaml, setSecret, useYaml } from "./yamlStack";

beforeAll(prepareYaml, SET_UP_MS);

const isProgram = ({ language, text }: DocBlock) => language === "yaml" && text.includes("elevenlabs:WorkspaceSecrets");

test("every YAML program of the docs creates the secret of the config", async () => {
  const programs = (await docBlocks()).filter(isProgram);
  expect(programs.map(({ page }) => page).sort()).toEqual(["README.md", "docs/_index.md", "docs/plugin.md"]);

  for (const { page, text } of programs) {
    const stack = await startStack({ host: "native", inOwnProcess: true });
    const { name: _, runtime, plugins, ...program } = parse(text);
    await useYaml(stack, program);
    await setSecret(stack, "CRM_TOKEN", "v");

    const up = await stack.up();

    const prefix = text.includes("pulumi.stack") ? "test_" : "";
    expect([page, up.code, Object.keys(idsOf(stack))]).toEqual([page, 0, [`${prefix}CRM_TOKEN`]]);
    const { output } = await stack.cli(["stack", "output", "--json"]).orThrow();
    expect(JSON.parse(output)).toEqual({ secretIds: idsOf(stack) });
  }
});
