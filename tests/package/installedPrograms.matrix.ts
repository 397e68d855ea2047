import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { commandsOf, copyExample, openProject } from "../support/exampleProject";
import { type Installation, installTarball, runProgram } from "../support/installedPackage";

let installation: Installation;

beforeAll(async () => {
  installation = await installTarball();
});

test.each(["plain JavaScript", "ESM"] as const)("a program in %s runs up, refresh and destroy", async (language) =>
  runProgram(installation, language),
);

test("the example config-secrets runs with the package that npm installs", async () => {
  const example = await openProject(join(installation.folder, "config-secrets"));
  await copyExample("config-secrets", example.folder);
  const commands = await commandsOf("config-secrets");
  for (const command of commands.slice(0, commands.indexOf("pulumi up") + 1))
    await example.run(command, { input: "v1" });
  expect(example.secrets()).toEqual({ dev_SHOP_TOKEN: "v1" });
  await example.run("pulumi destroy");
  expect(example.secrets()).toEqual({});
});
