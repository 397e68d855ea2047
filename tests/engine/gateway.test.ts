import { expect, test } from "@jest/globals";
import { gatewayTo } from "../support/gateway";
import { addWorkspaces, startAnother } from "../support/namedWorkspaces";
import { serve } from "../support/servers";
import { expectError } from "../support/shownProblems";
import { startStack, type TestStack } from "../support/testStack";

/**
 * The base URL of each workspace at the first update, and later. `api` and the gateway's path `/elevenlabs` reach the
 * same API.
 */
function baseUrls({
  api,
  gateway,
}: {
  api: string;
  gateway: string;
}): Record<string, { first: string; later: string }> {
  return {
    "same-origin": { first: api, later: `${api}/` },
    "same-path": { first: `${gateway}/elevenlabs/`, later: `${gateway}/elevenlabs` },
    "path-added": { first: api, later: `${api}/elevenlabs` },
    "path-removed": { first: `${gateway}/elevenlabs`, later: gateway },
    "path-changed": { first: `${gateway}/elevenlabs`, later: `${gateway}/other` },
    "path-longer": { first: `${gateway}/elevenlabs`, later: `${gateway}/elevenlabs/eu` },
  };
}
const SAME = ["same-origin", "same-path"];
/**
 * The error that each later URL causes: the API doesn't have the path, or the URL belongs to a web server or another
 * API.
 */
const MOVED = {
  "path-added": "not-the-api",
  "path-removed": "not-the-api",
  "path-changed": "wrong-account",
  "path-longer": "not-the-api",
};

function programOf(names: string[], value: string): string {
  return `for (const workspace of ${JSON.stringify(names)}) new WorkspaceSecret(workspace, { workspace, value: "${value}" });`;
}

async function pointTo(stack: TestStack, urls: Record<string, string>): Promise<void> {
  const { apiKey } = stack.emulator;
  const workspaces = Object.entries(urls).map(([name, url]) => [name, { apiKey, url }]);
  await addWorkspaces(stack, Object.fromEntries(workspaces));
}

test("a secret's endpoint includes the base URL's path, but no final slash", async () => {
  const stack = await startStack();
  const elsewhere = await startAnother();
  const api = stack.emulator.url;
  const routes = [gatewayTo(stack.emulator, "/elevenlabs"), gatewayTo(elsewhere, "/other")];
  const gateway = await serve((request, response) =>
    routes[request.url?.startsWith("/other/") ? 1 : 0]?.(request, response),
  );
  const urls = baseUrls({ api, gateway: gateway.url });
  const chosen = (when: "first" | "later") =>
    Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, url[when]]));
  const names = Object.keys(urls);

  await pointTo(stack, chosen("first"));
  await stack.deploy(programOf(names, "v"));
  const stored = Object.entries(await stack.decryptedSecrets()).map(([name, { outputs }]) => [name, outputs?.endpoint]);
  expect(Object.fromEntries(stored)).toEqual(
    Object.fromEntries(names.map((name) => [name, urls[name]?.first.replace(/\/$/, "")])),
  );
  expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  const before = stack.workspace.secrets();
  const theirs = before.map(({ name }) => elsewhere.workspace().add(name, "theirs"));

  await pointTo(stack, chosen("later"));
  const preview = await stack.preview();
  expect([preview.code, preview.requests]).toEqual([0, []]);
  for (const name of names) expect(preview.steps[name]).toBe(SAME.includes(name) ? "same" : "update");
  const runs = [
    { verb: "update", run: await stack.up("--continue-on-error") },
    { verb: "read", run: await stack.refresh("--run-program") },
    { verb: "delete", run: await stack.program("").then(() => stack.up("--continue-on-error")) },
  ];

  for (const { verb, run } of runs) {
    const failed = run.problems.filter(({ severity }) => severity === "error").map(({ resource }) => resource);
    expect(failed.sort()).toEqual(Object.keys(MOVED).sort());
    for (const [name, kind] of Object.entries(MOVED)) {
      const places = [`"${name}"`, urls[name]?.later ?? ""];
      expectError(run, name, { kind, facts: [`could not ${verb} secret "${name}"`, ...places] });
    }
  }
  expect(elsewhere.workspace().secrets()).toEqual(theirs);
  expect(stack.workspace.secrets()).toEqual(before.filter(({ name }) => !SAME.includes(name)));
});
