// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the marker only looks like a placeholder of JavaScript

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { json as readJson } from "node:stream/consumers";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Emulator } from "pulumi-elevenlabs/emulator";
import { compile } from "../support/compile";
import { blocksOf } from "../support/docBlocks";
import { commandsOf, copyExample, type Example, install, openExample, openProject } from "../support/exampleProject";
import { json, type PlainServer, serve } from "../support/servers";

const run = promisify(execFile);
const TOOL = "tool_configs/look_up_customer.json";
const AGENT = "agent_configs/support.json";

/** The packages of this folder, in a folder that is removed after the tests. */
let packages: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(process.env.TEST_ROOT ?? "", "vendor-"));
  for (const file of ["package.json", "package-lock.json"]) await cp(join(__dirname, file), join(folder, file));
  await run("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder });
  packages = join(folder, "node_modules");
}, 600_000);

describe("the example agents-as-code", () => {
  const SDK = "@elevenlabs/elevenlabs-js/serialization";

  /** A program that compiles if the SDK's types allow this JSON. */
  const ofType = (type: string, text: string) =>
    `import type * as sdk from "${SDK}";\nexport const given: sdk.${type}.Raw = ${text};\n`;
  const ofTool = (text: string) => ofType("ToolRequestModelToolConfig", text);
  const ofAgent = (text: string) => ofType("conversationalAi.BodyCreateAgentV1ConvaiAgentsCreatePost", text);

  test("the example's files match the types of ElevenLabs' SDK", async () => {
    const [tool, agent] = await Promise.all(
      [TOOL, AGENT].map((file) => readFile(join("examples/agents-as-code/agents", file), "utf8")),
    );
    const withIds = (text = "") => text.replaceAll(/\$\{secret:\w+\}/g, "2f6Hx0QTzq");
    const programs = [ofTool(tool ?? ""), ofAgent(agent ?? ""), ofTool(withIds(tool)), ofAgent(withIds(agent))];
    const files = programs.map((text, index) => [`program${index}.ts`, text]);
    expect(await compile(Object.fromEntries(files), packages)).toBe("");
    // The check works: the types refuse a name in place of the id.
    const named = tool?.replace('"secret_id": "${secret:', '"secret_name": "${secret:') ?? "";
    expect(await compile({ "named.ts": ofTool(named) }, packages)).toContain("secret_name");
  });

  test("ElevenLabs' CLI pushes the example with ids, even after a replacement", async () => {
    const example = await openExample("agents-as-code");
    const elevenlabs = await serveAgents(example.emulator);
    const command = join(packages, "@elevenlabs/cli-linux-x64/elevenlabs");
    await symlink(command, join(example.folder, "node_modules/.bin/elevenlabs"));
    const commands = await commandsOf("agents-as-code");
    const [pushTools = "", pushAgents = ""] = commands.slice(-2);
    const push = async () => {
      for (const one of [pushTools, pushAgents])
        await example.run(one, { env: { ELEVENLABS_BASE_URL: elevenlabs.url } });
      return elevenlabs.take();
    };
    for (const one of commands.slice(0, -2)) await example.run(one, { input: "v1" });

    expect(await push()).toEqual([
      { call: "POST /v1/convai/tools", ids: [idOf(example, "CRM_TOKEN")] },
      { call: "POST /v1/convai/agents/create", ids: [idOf(example, "LLM_KEY"), idOf(example, "CRM_TOKEN")] },
    ]);

    // A new name is a new secret. The old secret can be deleted once nothing uses it.
    const [up = "", render = ""] = commands.slice(-4, -2);
    const old = idOf(example, "CRM_TOKEN");
    await example.run("pulumi config rm --path secrets.CRM_TOKEN");
    await example.run("pulumi config set --secret --path secrets.CRM_KEY", { input: "v2" });
    await example.run(`sed -i 's/secret:CRM_TOKEN/secret:CRM_KEY/' agents/*/*.json`);
    expect(await example.shell(up)).toMatchObject({ code: 1, output: expect.stringContaining("[in-use]") });
    await example.run(render);
    expect(await push()).toEqual([
      { call: "PATCH /v1/convai/tools/tool_1", ids: [idOf(example, "CRM_KEY")] },
      { call: "PATCH /v1/convai/agents/agent_1", ids: [idOf(example, "LLM_KEY"), idOf(example, "CRM_KEY")] },
    ]);
    await example.run(up);
    expect(
      example.emulator
        .workspace()
        .secrets()
        .map(({ id }) => id),
    ).not.toContain(old);
  });
});

describe("the programs of docs/values.md", () => {
  const VALUES = ["the first token", "the second token"];

  test("the programs compile with the types of the stores' packages", async () => {
    const programs = await programsOf("docs/values.md");
    expect(programs.length).toBeGreaterThan(7);
    const files = programs.map((text, index) => [`program${index}.ts`, text]);
    expect(await compile(Object.fromEntries(files), packages)).toBe("");
  });

  test.each<[string, (project: Example, value: string) => Promise<Record<string, string>>]>([
    ["@aws-sdk/client-secrets-manager", async (_, value) => awsWith("crm-token", value)],
    ["VAULT_ADDR", async (_, value) => vaultWith("crm", { token: value })],
    ["op run", async (_, CRM_TOKEN) => ({ CRM_TOKEN })],
    [
      "parseEnv",
      async (project, value) => {
        await writeFile(join(project.folder, ".env"), `CRM_TOKEN="${value}"\n`);
        return {};
      },
    ],
  ])("a program with %s updates a secret, and no file has its value", async (word, store) => {
    const project = await openProject();
    const programs = (await programsOf("docs/values.md")).filter((text) => text.includes(word));
    expect(programs).toHaveLength(1);
    await copyExample("config-secrets", project.folder);
    await writeFile(join(project.folder, "index.ts"), programs[0] ?? "");
    await install(project.folder);
    await linkPackages(join(project.folder, "node_modules"));
    await project.run("pulumi stack init dev");
    const ids = new Set<string>();

    for (const value of VALUES) {
      await project.run("pulumi up", { env: await store(project, value) });

      expect(project.secrets()).toEqual({ CRM_TOKEN: value });
      for (const { id } of project.emulator.workspace().secrets()) ids.add(id);
    }

    expect(ids.size).toBe(1);
    const files = [...(await project.files())].filter(([path]) => !path.endsWith("/.env"));
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter(([, text]) => VALUES.some((value) => text.includes(value))).map(([path]) => path)).toEqual([]);
  });
});

/** Links all packages: Pulumi's compiler searches for the dependencies of a package next to its link, not next to the target. */
async function linkPackages(folder: string): Promise<void> {
  const present = await readdir(folder);
  const names = (await readdir(packages)).filter((name) => !present.includes(name));
  for (const name of names) await symlink(join(packages, name), join(folder, name));
}

async function programsOf(page: string): Promise<string[]> {
  return (await blocksOf(page)).filter(({ language }) => language === "ts").map(({ text }) => text);
}

/** Starts an AWS Secrets Manager with one secret, and returns the environment variables for the manager's client. */
async function awsWith(id: string, value: string): Promise<Record<string, string>> {
  const { url } = await serve(async (request, response) => {
    const isRight = request.headers["x-amz-target"] === "secretsmanager.GetSecretValue";
    const { SecretId } = (await readJson(request)) as { SecretId: string };
    json({ Name: id, SecretString: value }, isRight && SecretId === id ? 200 : 400)(request, response);
  });
  const credentials = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "none" };
  return { AWS_ENDPOINT_URL: url, AWS_REGION: "eu-west-1", ...credentials };
}

/** Does the same for a Vault with the KV engine, version 2. */
async function vaultWith(path: string, data: Record<string, string>): Promise<Record<string, string>> {
  const { url } = await serve((request, response) => {
    const isRight = request.url === `/v1/secret/data/${path}` && request.headers["x-vault-token"] === "hvs";
    json(isRight ? { data: { data, metadata: { version: 1 } } } : { errors: [] }, isRight ? 200 : 404)(
      request,
      response,
    );
  });
  return { VAULT_ADDR: url, VAULT_TOKEN: "hvs" };
}

function idOf({ emulator }: Example, name: string): string {
  return (
    emulator
      .workspace()
      .secrets()
      .find((secret) => secret.name === name)?.id ?? `no id of ${name}`
  );
}

interface Write {
  call: string;
  /** The secrets that the body refers to, each one once, in order. */
  ids: string[];
}

/** The part of the API of tools and agents that ElevenLabs' CLI needs. A tool or agent uses the secrets in its body. */
async function serveAgents(emulator: Emulator): Promise<PlainServer & { take(): Write[] }> {
  const bodies = { tools: {}, agents: {} };
  let writes: Write[] = [];
  const server = await serve(async (request, response) => {
    const { method = "", url = "" } = request;
    const kind = url.includes("/tools") ? "tools" : "agents";
    if (method !== "GET") {
      bodies[kind] = (await readJson(request)) as object;
      const ids = JSON.stringify(bodies[kind]).match(/(?<="secret_id":")[^"]+/g) ?? [];
      writes.push({ call: `${method} ${url}`, ids: [...new Set(ids)] });
      for (const { id } of emulator.workspace().secrets()) {
        const usedBy = (one: keyof typeof bodies) => (JSON.stringify(bodies[one]).includes(id) ? [one] : []);
        emulator.workspace().use(id, { tools: usedBy("tools"), agents: usedBy("agents") });
      }
    }
    json({ id: "tool_1", agent_id: "agent_1", ...bodies[kind] })(request, response);
  });
  const take = () => {
    const taken = writes;
    writes = [];
    return taken;
  };
  return Object.assign(server, { take });
}
