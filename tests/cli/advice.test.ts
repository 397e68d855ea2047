import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { cli, cliIn, envOf, stackEnv, start } from "../support/commandRun";
import { commandsIn, runPrinted } from "../support/printedAdvice";
import { emulate } from "../support/servers";
import { startStack, type TestStack } from "../support/testStack";

/** Runs a command of this package that a message has printed. */
function runOwn(stack: TestStack, command = "") {
  return cliIn(stack, command.split(" ").slice(1));
}

async function write(stack: TestStack, path: string, text: string, mode?: number): Promise<void> {
  await mkdir(join(stack.folder, path, ".."), { recursive: true });
  await writeFile(join(stack.folder, path), text, { mode });
}

test("after no-stack-selected, the printed option and command select a stack", async () => {
  const stack = await startStack();
  await stack.program("");
  const { PULUMI_STACK: _, ...env } = stackEnv(stack);
  const drift = (...args: string[]) => cli(["drift", ...args], { folder: stack.folder, env });
  const refused = await drift();
  const [select = ""] = /pulumi stack select NAME/.exec(refused.err) ?? [];
  const [option = ""] = /--stack NAME/.exec(refused.err) ?? [];

  const chosen = await drift(...option.replace("NAME", "test").split(" "));
  await runPrinted(stack, select.replace("NAME", "test"));
  const selected = await drift();

  expect(refused.kind).toBe("no-stack-selected");
  expect([chosen.code, selected.code]).toEqual([0, 0]);
});

test("after pulumi-failed, --no-stack uses only the environment", async () => {
  const stack = await startStack();
  const env = { ...envOf(stack.emulator), PULUMI_BACKEND_URL: "file:///nowhere" };
  const refused = await cliIn(stack, ["list"], env);
  const [option = ""] = /--no-stack$/m.exec(refused.err) ?? [];

  const followed = await cliIn(stack, ["list", option], env);

  expect(refused.kind).toBe("pulumi-failed");
  expect(followed.code).toBe(0);
});

test("after preview-failed, the printed commands show cause and drift", async () => {
  const stack = await startStack();
  await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v" });');
  await stack.program('throw new Error("the cause");');
  const failed = await cliIn(stack, ["drift"]);
  const [preview, drift] = commandsIn(failed.err);

  const compared = await runOwn(stack, drift);

  expect(failed.kind).toBe("preview-failed");
  await expect(runPrinted(stack, preview)).rejects.toMatchObject({ stdout: expect.stringContaining("the cause") });
  expect(compared.code).toBe(0);
});

test.each([
  ["secret-not-found", ["dependents", "B"]],
  ["invalid-id", ["dependents", "--id", ".."]],
  ["secrets-not-found", ["adopt", "--name", "B"]],
])("after %s, the printed command lists the secrets", async (expectedKind, args) => {
  const stack = await startStack();
  stack.workspace.add("A", "theirs");
  const refused = await cliIn(stack, args);

  const listed = await runOwn(stack, commandsIn(refused.err)[0]);

  expect(refused.kind).toBe(expectedKind);
  expect(listed).toMatchObject({ code: 0, out: expect.stringMatching(/^A /m) });
});

test("a command that needs a stack works once project and pulumi are there", async () => {
  const stack = await startStack();
  await stack.program("");
  await write(stack, "fake/pulumi", "#!/bin/sh\necho nonsense\n", 0o755);
  const paths = { none: "/nowhere", fake: `${join(stack.folder, "fake")}:/usr/bin:/bin` };

  const outside = await cli(["drift"], { env: stackEnv(stack) });
  const refused = [
    outside,
    await cliIn(stack, ["drift"], { PATH: paths.none }),
    await cliIn(stack, ["drift"], { PATH: paths.fake }),
  ];
  const followed = await cliIn(stack, ["drift"]);

  expect(refused.map(({ kind }) => kind)).toEqual(["no-project", "no-pulumi", "pulumi-unreadable"]);
  expect(followed.code).toBe(0);
});

test("after pulumi-gone, the same command works once pulumi is back", async () => {
  const stack = await startStack();
  await stack.deploy('new WorkspaceSecret("a", { name: "A", value: "v" });');
  const script = `case "$*" in "stack export"*) rm "$0";; esac\nexec '${process.env.TEST_ENGINE}/pulumi' "$@"`;
  await write(stack, "removed/pulumi", `#!/bin/sh\n${script}\n`, 0o755);

  const refused = await cliIn(stack, ["drift"], { PATH: `${join(stack.folder, "removed")}:/usr/bin:/bin` });
  const again = await cliIn(stack, ["drift"]);

  expect([refused.kind, again.code]).toEqual(["pulumi-gone", 0]);
});

test("after port-taken, the printed option starts the emulator", async () => {
  const { port } = new URL((await emulate()).url);
  const refused = await cli(["emulator", "--port", port]);
  const [option = ""] = /--port PORT/.exec(refused.err) ?? [];

  const { child, ended } = start(["emulator", ...option.replace("PORT", "0").split(" ")]);
  const [banner] = await once(child.stdout, "data");
  child.kill("SIGTERM");

  expect(refused.kind).toBe("port-taken");
  expect(String(banner)).toMatch(/^ElevenLabs emulator at http/);
  expect(await ended).toBe(0);
});

test("after conflicting-options, each of the two options works alone", async () => {
  const stack = await startStack();
  const env = envOf(stack.emulator);

  const both = await cliIn(stack, ["list", "--stack", "test", "--no-stack"], env);
  const each = [await cliIn(stack, ["list", "--stack", "test"], env), await cliIn(stack, ["list", "--no-stack"], env)];

  expect(both.kind).toBe("conflicting-options");
  expect(each.map(({ code }) => code)).toEqual([0, 0]);
});

test("the advice of each error of render leads to the rendered files", async () => {
  const stack = await startStack();
  await stack.deploy('new WorkspaceSecret("CRM", { value: "v" });');
  const { id } = stack.workspace.add("THEIRS", "theirs");
  const agent = (name: string, more = "") =>
    write(stack, "agents/a.json", `{ "secret_id": "$\{secret:${name}}"${more} }`);
  const render = (...options: string[]) => cliIn(stack, ["render", "agents", ...options]);
  const kinds: (string | undefined)[] = [];
  /** Renders, and returns the option that the error prints. */
  const optionOf = async (option: RegExp, ...options: string[]) => {
    const { kind, err } = await render(...options);
    kinds.push(kind);
    return option.exec(err)?.[0] ?? "";
  };

  await optionOf(/^/, "--out", "out");
  await write(stack, "agents/a.json", "{");
  await optionOf(/^/, "--out", "out");
  await write(stack, "agents/a.json", `{ "Authorization": "$\{secret:CRM}" }`);
  await optionOf(/^/, "--out", "out");
  await agent("CRM_TOKEN");
  await optionOf(/^/, "--out", "out");
  await agent("CRM");
  const out = (await optionOf(/--out FOLDER/, "--out", "agents")).replace("FOLDER", "out").split(" ");
  await write(stack, "agents/b.json", `{ "secret_id": "${id}" }`);
  const allowed = (await optionOf(/--allow-id ID/, ...out)).replace("ID", id).split(" ");
  const rendered = await render(...out, ...allowed);
  await agent("CRM", ', "more": 1');
  const overwrite = await optionOf(/--overwrite/, ...out, ...allowed);
  const again = await render(...out, ...allowed, overwrite);

  expect(kinds).toEqual([
    "nothing-to-render",
    "files-unusable",
    "markers-invalid",
    "names-not-in-stack",
    "output-in-input",
    "ids-not-in-stack",
    "outputs-differ",
  ]);
  expect([rendered.code, again.code]).toEqual([0, 0]);
});
