import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { blocksOf } from "../support/docBlocks";
import { openExample } from "../support/exampleProject";
import { closedOrigin } from "../support/servers";

test("the lines for CI start the emulator, wait for it, and stop it", async () => {
  const [recipe] = (await blocksOf("docs/ci.md")).filter(({ text }) => text.includes("emulator --port"));
  const origin = await closedOrigin();
  const example = await openExample("config-secrets");
  await example.run("pulumi stack init dev && pulumi config set --secret --path secrets.A", { input: "v" });

  // It ends when no process has its output open.
  const { code, output } = await example.shell(recipe?.text.replaceAll("8787", new URL(origin).port) ?? "");

  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/created/) });
  await expect(fetch(origin)).rejects.toThrow("fetch failed");
  expect(await readFile(join(example.folder, "emulator.log"), "utf8")).toMatch(/^POST \/v1\/convai\/secrets: 200$/m);
});
