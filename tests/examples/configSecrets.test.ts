import { expect, test } from "@jest/globals";
import { commandsOf, openExample } from "../support/exampleProject";

test("each stack of config-secrets has its own values and prefix", async () => {
  const example = await openExample("config-secrets");
  const others = {
    staging_SHOP_TOKEN: "staging's SHOP_TOKEN",
    SHOP_TOKEN: "prod's SHOP_TOKEN",
    PAGER_KEY: "prod's PAGER_KEY",
  };
  let stack = "";
  for (const command of await commandsOf("config-secrets")) {
    [, stack = stack] = /^pulumi stack (?:init|select) (\w+)$/.exec(command) ?? [];
    const [, key] = /^pulumi config set --secret --path 'secrets\.(\w+)'$/.exec(command) ?? [];
    if (command === "pulumi destroy") {
      expect(example.secrets()).toEqual({ dev_SHOP_TOKEN: "dev's SHOP_TOKEN", ...others });
    }
    await example.run(command, { input: key && `${stack}'s ${key}` });
  }
  expect(example.secrets()).toEqual(others);
  for (const [path, text] of await example.files())
    expect([path, text.match(/(dev|staging|prod)'s/)]).toEqual([path, null]);
});
