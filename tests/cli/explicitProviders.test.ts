import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { cliIn, newKey } from "../support/commandRun";
import { startAnother } from "../support/namedWorkspaces";
import { startStack, type TestStack } from "../support/testStack";

// biome-ignore lint/suspicious/noTemplateCurlyInString: the marker only looks like a placeholder of JavaScript
const TOOL = '{ "secret_id": "${secret:CRM}" }';

/**
 * Deploys three secrets named CRM: one with the default provider, and two with an explicit provider of two workspaces. Only
 * one of the workspaces has `OURS`.
 */
async function threeWorkspaces() {
  const keys = { eu: newKey(), asia: newKey() };
  const eu = await startAnother({ keys: { [keys.eu]: {}, [keys.asia]: { workspace: "asia" } } });
  const stack = await startStack({ host: "native", emulator: { keys: { [newKey()]: {} } } });
  const provider = `
    const baseUrl = "${eu.url}";
    const workspaces = pulumi.secret({ asia: { apiKey: "${keys.asia}", baseUrl } });
    const eu = new Provider("eu", { apiKey: pulumi.secret("${keys.eu}"), baseUrl, workspaces });\n`;
  const program = `${provider}
    new WorkspaceSecret("of-stack", { name: "CRM", value: "v" });
    new WorkspaceSecret("of-eu", { name: "CRM", value: "v" }, { provider: eu });
    new WorkspaceSecret("of-asia", { name: "CRM", value: "v", workspace: "asia" }, { provider: eu });`;
  await stack.deploy(`${program}\nnew WorkspaceSecret("ours", { name: "OURS", value: "v" }, { provider: eu });`);
  const idOf = (of: { secrets(): { id: string; name: string }[] }, name = "CRM") =>
    of.secrets().find((secret) => secret.name === name)?.id ?? "";
  const ids = {
    stack: idOf(stack.workspace),
    eu: idOf(eu.workspace()),
    asia: idOf(eu.workspace("asia")),
    ours: idOf(eu.workspace(), "OURS"),
  };
  return { stack, eu, ids, program, provider };
}

async function rendered(stack: TestStack, ...args: string[]) {
  await mkdir(join(stack.folder, "agents"), { recursive: true });
  await writeFile(join(stack.folder, "agents/tool.json"), TOOL);
  const run = await cliIn(stack, ["render", "agents", "--out", "out", "--overwrite", ...args]);
  return run.code === 0 ? JSON.parse(await readFile(join(stack.folder, "out/tool.json"), "utf8")).secret_id : run;
}

test("drift compares each secret with the workspace of its own provider", async () => {
  const { stack, eu, ids, program } = await threeWorkspaces();

  const clean = await cliIn(stack, ["drift"]);
  eu.workspace("asia").remove(ids.asia);
  eu.workspace().add("THEIRS", "v");
  const all = await cliIn(stack, ["drift"]);
  const asJson = await cliIn(stack, ["drift", "--json"]);
  const markdown = await cliIn(stack, ["drift", "--markdown"]);
  const ofStack = await cliIn(stack, ["drift", "--provider", "default"]);
  const ofEu = await cliIn(stack, ["drift", "--provider", "eu", "--workspace", "default"]);
  await stack.program(program.replaceAll('"v"', '"w"'));
  const pending = await cliIn(stack, ["drift", "--provider", "eu", "--workspace", "default"]);

  expect(clean).toMatchObject({ code: 0, out: "Stack test: 4 secrets, no drift\n", err: "" });
  expect(all.code).toBe(2);
  expect(all.out).toMatch(
    new RegExp(`^of-asia +CRM +${ids.asia} +eu +asia +missing +gone; will be created again$`, "m"),
  );
  expect(all.out).toMatch(/^1 secret in the workspace of provider "eu" isn't managed by this stack\.$/m);
  expect(JSON.parse(asJson.out)).toMatchObject({
    drift: [{ resource: "of-asia", provider: "eu", workspace: "asia" }],
    workspaces: expect.arrayContaining([
      { provider: "eu", name: "default", endpoint: eu.url, unmanaged: 1 },
      { provider: "default", name: "default", endpoint: stack.emulator.url, unmanaged: 0 },
    ]),
  });
  expect(markdown.out).toMatch(
    new RegExp(`^\\| of-asia \\| CRM \\| ${ids.asia} \\| eu \\| asia \\| missing \\| `, "m"),
  );
  expect(ofStack).toMatchObject({ code: 0, out: "Stack test: 1 secret, no drift\n" });
  expect(ofEu).toMatchObject({ code: 0, out: expect.stringMatching(/^Stack test: 2 secrets, no drift$/m) });
  expect(pending).toMatchObject({ code: 2, out: expect.stringMatching(/^ours +OURS +\S+ +eu +pending /m) });
  expect(pending.out).not.toContain("of-stack");
});

test("render uses the ids of --provider; the default is the stack's config", async () => {
  const { stack, ids } = await threeWorkspaces();

  expect(await rendered(stack)).toBe(ids.stack);
  expect(await rendered(stack, "--provider", "eu")).toBe(ids.eu);
  expect(await rendered(stack, "--provider", "eu", "--workspace", "asia")).toBe(ids.asia);
  const elsewhere = await rendered(stack, "--workspace", "asia");
  expect(elsewhere).toMatchObject({ code: 1, kind: "names-not-in-stack" });
  for (const place of ["--provider eu", "--provider eu --workspace default", "--workspace default"]) {
    expect(elsewhere.err).toMatch(new RegExp(`"CRM" with ${place}[;.]`));
  }
});

test("render needs no --provider if all secrets have the same provider", async () => {
  const { stack, ids, provider } = await threeWorkspaces();
  await stack.deploy(`${provider} new WorkspaceSecret("of-eu", { name: "CRM", value: "v" }, { provider: eu });`);

  expect(await rendered(stack)).toBe(ids.eu);
});

test("list, dependents and adopt see the owners of every provider", async () => {
  const { stack, ids, program } = await threeWorkspaces();
  // Adds a second provider for the workspace of the stack's config.
  await stack.deploy(`${program}
    const twin = new Provider("twin", { baseUrl: "${stack.emulator.url}" });
    new WorkspaceSecret("of-twin", { name: "TWIN", value: "v" }, { provider: twin });`);

  const ofStack = await cliIn(stack, ["list", "--stack"]);
  const adopt = await cliIn(stack, ["adopt"]);
  const ofEu = await cliIn(stack, ["list", "--stack", "--provider", "eu"]);
  const ofAsia = await cliIn(stack, ["list", "--provider", "eu", "--workspace", "asia", "--json"]);
  const dependents = await cliIn(stack, ["dependents", "CRM", "--provider", "eu"]);

  expect(ofStack.out).toMatch(/^CRM .* of-stack\nTWIN .* of-twin$/m);
  expect(adopt.err).toContain("Nothing to adopt.");
  expect(ofEu.out).toMatch(new RegExp(`^CRM +${ids.eu} +0 +of-eu$`, "m"));
  expect(JSON.parse(ofAsia.out)).toMatchObject({
    provider: "eu",
    workspace: "asia",
    secrets: [{ secretId: ids.asia }],
  });
  expect(dependents.err).toContain(ids.eu);
});

test("doctor checks the workspaces of --provider, and shows its arguments", async () => {
  const { stack, eu } = await threeWorkspaces();

  const healthy = await cliIn(stack, ["doctor", "--provider", "eu"]);
  eu.fault({ kind: "status", status: 401, times: Number.POSITIVE_INFINITY });
  const refused = await cliIn(stack, ["doctor", "--provider", "eu", "--workspace", "asia"]);

  expect(healthy.code).toBe(0);
  expect(healthy.out).toMatch(
    /^Workspace default\n.*key +from apiKey of provider "eu" in the program.*^Workspace asia$/ms,
  );
  expect(healthy.out).toContain(eu.url);
  expect(refused.code).toBe(1);
  expect(refused.out).toContain(`Set workspaces.asia.apiKey of provider "eu" in the program to the key of`);
  expect(refused.out).not.toContain("pulumi config");
});

test("an unknown provider is an error that lists the known providers", async () => {
  const { stack } = await threeWorkspaces();

  for (const command of [["list"], ["drift"], ["doctor"], ["dependents", "CRM"]]) {
    const run = await cliIn(stack, [...command, "--provider", "us"]);

    expect(run).toMatchObject({ code: 1, out: "", kind: "unknown-provider" });
    const [, provider = ""] = /Explicit providers of the stack: "(\w+)"/.exec(run.err) ?? [];
    expect((await cliIn(stack, [...command, "--provider", provider])).code).toBe(0);
  }
  const withoutStack = await cliIn(stack, ["list", "--provider", "eu", "--no-stack"]);
  expect(withoutStack).toMatchObject({ code: 1, kind: "conflicting-options" });
});
