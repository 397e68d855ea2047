import { randomUUID } from "node:crypto";
import { json as readJson, text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import type { Emulator } from "pulumi-elevenlabs/emulator";
import { commandsOf, openExample } from "../support/exampleProject";
import { json, type PlainServer, serve } from "../support/servers";

interface ToolRequest {
  tool_config: { name: string; api_schema: { request_headers: Record<string, { secret_id: string }> } };
}

test("agent-tool updates the tool before the old secret is deleted", async () => {
  const example = await openExample("agent-tool");
  const api = await withTools(example.emulator);
  const workspace = example.emulator.workspace();
  const [init = "", setToken = "", up = "", rename = "", upAgain = "", destroy = ""] = await commandsOf("agent-tool");
  const run = async (command: string, input?: string) => {
    const before = api.calls.length;
    await example.run(command, { input, env: { ELEVENLABS_BASE_URL: api.url } });
    return api.calls.slice(before).filter((call) => !call.startsWith("GET"));
  };

  await run(init);
  await run(setToken, "v1");
  expect(await run(up)).toEqual(["POST secrets", "POST tools"]);
  const [old] = workspace.secrets();
  expect(old).toMatchObject({
    name: "CRM_TOKEN_1",
    value: "v1",
    dependents: { tools: [{ name: "look_up_customer" }] },
  });

  await run(rename);
  expect(await run(upAgain)).toEqual(["POST secrets", "PATCH tools", `DELETE secrets ${old?.id}`]);
  const [made, ...others] = workspace.secrets();
  expect(others).toEqual([]);
  expect(made).toMatchObject({
    name: "CRM_TOKEN_2",
    value: "v1",
    dependents: { tools: [{ name: "look_up_customer" }] },
  });

  expect(await run(destroy)).toEqual(["DELETE tools", `DELETE secrets ${made?.id}`]);
  expect(workspace.secrets()).toEqual([]);
});

/** Starts the emulator with the part of the tools API that the example needs: a tool uses the secrets in its config. */
async function withTools(emulator: Emulator): Promise<PlainServer & { calls: string[] }> {
  const workspace = emulator.workspace();
  const tools = new Map<string, ToolRequest["tool_config"]>();
  const calls: string[] = [];
  const server = await serve(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const [, , , kind = "", id = ""] = url.split(/[/?]/);
    if (kind === "secrets") {
      calls.push(`${method} secrets ${id}`.trim());
      const body = await text(request);
      const forwarded = await fetch(emulator.url + url, {
        method,
        headers: { "xi-api-key": String(headers["xi-api-key"]), "content-type": "application/json" },
        ...(body && { body }),
      });
      response.writeHead(forwarded.status, { "content-type": "application/json" });
      response.end(await forwarded.text());
      return;
    }
    calls.push(`${method} ${kind}`);
    const toolId = id || randomUUID();
    if (method === "DELETE") tools.delete(toolId);
    else tools.set(toolId, ((await readJson(request)) as ToolRequest).tool_config);
    for (const secret of workspace.secrets()) {
      const users = [...tools.values()].filter(({ api_schema }) =>
        Object.values(api_schema.request_headers).some(({ secret_id }) => secret_id === secret.id),
      );
      workspace.use(secret.id, { tools: users.map(({ name }) => name) });
    }
    json({ id: toolId })(request, response);
  });
  return Object.assign(server, { calls });
}
