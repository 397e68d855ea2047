import { describe, expect, test } from "@jest/globals";
import type { DependentSeeds } from "../../emulator/index";
import { Workspace } from "../../provider/workspaces/workspace";
import { emulate } from "../support/servers";

const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

async function workspaceWith(dependents: DependentSeeds) {
  const emulator = await emulate();
  const { id } = emulator.workspace().add("A", "v", { dependents });
  const { url: endpoint, apiKey } = emulator;
  const limits = { timeoutMs: 10_000, maxRetries: 0, maxConcurrency: 16 };
  const workspace = new Workspace({ name: "default", keySource: "config", endpoint, apiKey, ...limits });
  const asked = () => emulator.requests.slice(1).map(({ path }) => path.split("/").at(-1));
  return { emulator, workspace, id, asked };
}

describe("the dependents of a secret", () => {
  test("dependents are read with one GET if no kind has more", async () => {
    const { workspace, id, asked } = await workspaceWith({ agents: ["a"], others: ["webhook"], mcp_servers: ["m"] });
    const names = (await workspace.dependents(id)).map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toEqual(["agents a", "mcp_servers m", "others webhook"]);
    expect(asked()).toEqual([]);
  });

  test("each dependent is listed once, across all pages of every kind", async () => {
    const { workspace, id, asked } = await workspaceWith({ agents: many(120), tools: ["t"], phone_numbers: many(11) });
    const dependents = await workspace.dependents(id);
    const count = (kind: string) => dependents.filter((dependent) => dependent.kind === kind).length;
    expect([count("agents"), count("tools"), count("phone_numbers")]).toEqual([120, 1, 11]);
    expect(new Set(dependents.map((dependent) => dependent.id)).size).toBe(132);
    expect(asked().sort()).toEqual(["agents", "agents", "phone_numbers"]);
  });

  test("dependents are read page by page if the first response lacks them", async () => {
    const { emulator, workspace, id, asked } = await workspaceWith({ tools: ["t"] });
    const none = { tools: [], agents: [], others: [] };
    emulator.fault({
      kind: "malformed",
      on: "get",
      body: JSON.stringify({ secret_id: id, name: "A", used_by: none }),
    });
    expect(await workspace.dependents(id)).toEqual([{ kind: "tools", id: expect.any(String), name: "t" }]);
    expect(asked().sort()).toEqual(["agents", "phone_numbers", "tools"]);
  });
});
