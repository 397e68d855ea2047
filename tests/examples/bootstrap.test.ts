import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { commandsOf, openExample } from "../support/exampleProject";

test("bootstrap says which value it can't set, shows none, and makes no call", async () => {
  const example = await openExample("bootstrap");
  const [bootstrap = ""] = await commandsOf("bootstrap");
  const env = { PULUMI_OPTION_SECRETS_PROVIDER: "passphrase", PULUMI_CONFIG_PASSPHRASE: "right" };
  await example.run("pulumi stack init staging", { env });
  await writeFile(join(example.folder, ".env.staging"), "CRM_TOKEN=staging-token\nERP_TOKEN=staging-token-2\n");

  const { code, output } = await example.shell(bootstrap, { env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } });

  expect(code).not.toBe(0);
  expect(output).toMatch(/incorrect passphrase.*Could not set CRM_TOKEN in the config of stack staging\./s);
  expect(output).not.toMatch(/staging-token|^\s+at /m);
  expect(example.emulator.requests).toEqual([]);
});

test("bootstrap deploys a .env file; a second run changes nothing", async () => {
  const example = await openExample("bootstrap");
  const { emulator, folder } = example;
  const [bootstrap = ""] = await commandsOf("bootstrap");
  const env = (token: string) =>
    `# of the staging CRM\nCRM_TOKEN=${token}\nNOT_YET=\nexport WEBHOOK_KEY="two\\nlines\\n"\nQUOTED='a = "b" # c'\n`;
  const write = (token: string) => writeFile(join(folder, ".env.staging"), env(token));
  const expected = (token: string) => ({ CRM_TOKEN: token, WEBHOOK_KEY: "two\nlines\n", QUOTED: 'a = "b" # c' });

  await write("staging-token-1");
  let requestsAtUpdate: number | undefined;
  const output = await example.run(bootstrap, {
    onOutput(text) {
      if (text.includes("Updating (staging)")) requestsAtUpdate ??= emulator.requests.length;
    },
  });
  expect(example.secrets()).toEqual(expected("staging-token-1"));
  expect(output).toMatch(/Stack staging is ready\n.*Config: 3 set, 0 unchanged\n.*Updating.*CRM_TOKEN created/s);
  expect(output).toMatch(/^Skipped because they have no value: NOT_YET$/m);
  expect(requestsAtUpdate).toBe(0);

  const stackFile = await readFile(join(folder, "Pulumi.staging.yaml"), "utf8");
  const requests = emulator.requests.length;
  expect(await example.run(bootstrap)).toMatch(/Config: 0 set, 3 unchanged\n.*5 unchanged/s);
  expect(await readFile(join(folder, "Pulumi.staging.yaml"), "utf8")).toBe(stackFile);
  expect(emulator.requests).toHaveLength(requests);

  await write("staging-token-2");
  expect(await example.run(bootstrap)).toMatch(/Config: 1 set, 2 unchanged\n.*1 updated/s);
  expect(example.secrets()).toEqual(expected("staging-token-2"));

  expect(output).not.toMatch(/staging-token|two/);
  for (const [path, text] of await example.files()) {
    if (!path.endsWith(".env.staging")) expect([path, text.includes("staging-token")]).toEqual([path, false]);
  }
});

test.each<[string, string, Record<string, string>, RegExp]>([
  [
    "an update that fails",
    "CRM_TOKEN=a-token\n",
    { ELEVENLABS_API_KEY: "sk_wrong" },
    /401.*\[unauthorized\].*pulumi up failed/s,
  ],
  ["a backend that can't be opened", "CRM_TOKEN=a-token\n", { PULUMI_BACKEND_URL: "file:///nowhere" }, /nowhere/],
])("bootstrap shows %s as one short error", async (_title, dotenv, env, shown) => {
  const example = await openExample("bootstrap");
  const [bootstrap = ""] = await commandsOf("bootstrap");
  await writeFile(join(example.folder, ".env.staging"), dotenv);

  const { code, output } = await example.shell(`${bootstrap} 2> errors.txt || code=$?; cat errors.txt; exit $code`, {
    env,
  });

  const errors = await readFile(join(example.folder, "errors.txt"), "utf8");
  expect(code).toBe(1);
  expect(output).toMatch(shown);
  expect(errors.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
  expect(output).not.toMatch(/CommandError|a-token|^\s+at /m);
});

test("bootstrap shows the path of a .env file that it can't read", async () => {
  const example = await openExample("bootstrap");
  const [bootstrap = ""] = await commandsOf("bootstrap");

  const { code, output } = await example.shell(bootstrap);

  expect(code).toBe(1);
  expect(output).toMatch(/Could not read \.env\.staging/);
  expect(output).not.toMatch(/^\s+at /m);
});
