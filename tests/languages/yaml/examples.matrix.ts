import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "@jest/globals";
import { commandsOf, type Example } from "../../support/exampleProject";
import { copyProject, SET_UP_MS } from "../languageProject";

let PATH: string;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/engine/engine.mjs", "--yaml"]);
  PATH = `${stdout.trim()}:${dirname(process.execPath)}:${process.env.PATH}`;
}, SET_UP_MS);

/** Runs the commands of the example's README for Pulumi. `inputs` are the values for the commands that ask for one. */
async function runReadme(name: string, example: Example, inputs: string[]): Promise<string> {
  let output = "";
  for (const command of (await commandsOf(name)).filter((line) => line.startsWith("pulumi "))) {
    const input = command.includes("--secret") ? inputs.shift() : undefined;
    output = await example.run(command, { env: { PATH }, ...(input && { input }) });
  }
  expect(inputs).toEqual([]);
  return output;
}

test("the YAML example manages every secret of the config", async () => {
  const example = await copyProject("examples/yaml");

  await runReadme("yaml", example, ["the-value", "the-value of the pager"]);

  const writes = example.emulator.requests.map(({ operation }) => operation).filter((name) => name !== "list");
  expect(writes).toEqual(["create", "create", "delete"]);
  expect(example.secrets()).toEqual({ dev_CRM_TOKEN: "the-value" });
  for (const [path, text] of await example.files()) expect([path, text.includes("the-value")]).toEqual([path, false]);
});

test("the YAML example with two providers creates a secret in each workspace", async () => {
  const example = await copyProject("examples/yaml-providers", {
    keys: { sk_default: {}, sk_eu: { workspace: "eu" } },
  });
  example.env.ELEVENLABS_API_KEY = "sk_default";

  const output = await runReadme("yaml-providers", example, ["sk_eu", "the-value"]);

  for (const workspace of ["default", "eu"]) {
    const [secret] = example.emulator.workspace(workspace).secrets();
    expect(secret).toMatchObject({ name: "SHIPPING_TOKEN", value: "the-value" });
    expect(output).toContain(secret?.id);
  }
  for (const [path, text] of await example.files()) expect([path, /the-value|sk_eu/.test(text)]).toEqual([path, false]);
});
