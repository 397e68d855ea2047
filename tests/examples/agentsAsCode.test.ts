import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { commandsOf, openExample } from "../support/exampleProject";

const REGISTRIES = ["agents.json", "tools.json"].map((file) => `environments/dev/${file}`);

test("agents-as-code renders files with the ids of the stack", async () => {
  const example = await openExample("agents-as-code");
  const read = (paths: string[]) => Promise.all(paths.map((path) => readFile(join(example.folder, path), "utf8")));
  const registries = await read(REGISTRIES);
  const commands = await commandsOf("agents-as-code");
  // tests/vendor runs the commands of ElevenLabs' CLI.
  const own = commands.filter((command) => !command.includes(" elevenlabs "));
  expect(commands.length - own.length).toBe(2);
  expect(own.at(-1)).toMatch(/^npx --no -- pulumi-elevenlabs render agents /);

  for (const command of own) await example.run(command, { input: "a value" });

  const ids = Object.fromEntries(
    example.emulator
      .workspace()
      .secrets()
      .map(({ name, id }) => [name, id]),
  );
  for (const file of ["agent_configs/support.json", "tool_configs/look_up_customer.json"]) {
    const [named = "", rendered] = await read([`agents/${file}`, `environments/dev/${file}`]);
    const withIds = named.replaceAll(/\$\{secret:(\w+)\}/g, (_, name) => ids[name] ?? "");
    expect(withIds).not.toBe(named);
    expect(rendered).toBe(withIds);
  }
  expect(await read(REGISTRIES)).toEqual(registries);
});
