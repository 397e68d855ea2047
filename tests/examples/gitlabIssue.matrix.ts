import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { json as readJson } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { makeGitopsStack, openGitops } from "../support/gitopsExample";
import { json, serve } from "../support/servers";

test("the GitLab drift job keeps one issue, and changes no other issue", async () => {
  const { example, kept } = await openGitops();
  const { emulator } = example;
  const gitlab = await fakeGitlab();
  await makeGitopsStack(example, kept, "v");
  const pipeline = parse(await readFile(join(example.folder, ".gitlab-ci.yml"), "utf8"));
  const run = (job: string) => {
    const env = { ...pipeline.variables, ...kept, CI_API_V4_URL: `${gitlab.url}/api/v4`, CI_PROJECT_ID: "42" };
    return example.shell(pipeline[job].script.join("\n"), { env });
  };
  expect(await run("up")).toMatchObject({ code: 0 });
  expect(await run("drift")).toMatchObject({ code: 0 });
  expect(gitlab.writes).toEqual([]);

  const [secret] = emulator.workspace().secrets();
  emulator.workspace().remove(secret?.id ?? "");
  for (let times = 0; times < 2; times++) expect(await run("drift")).toMatchObject({ code: 0 });
  const description = expect.stringMatching(/^<!-- drift of ElevenLabs secrets, stack prod -->\n### .*missing/s);
  expect(gitlab.writes).toEqual([
    ["POST", "/api/v4/projects/42/issues", { title: "ElevenLabs secrets have drifted", labels: "drift", description }],
    ["PUT", "/api/v4/projects/42/issues/7", { description }],
  ]);

  emulator.fault({ kind: "status", status: 403, times: Number.POSITIVE_INFINITY });
  expect((await run("drift")).code).not.toBe(0);
  expect(gitlab.writes).toHaveLength(2);

  emulator.clearFaults();
  expect(await run("up")).toMatchObject({ code: 0 });
  for (let times = 0; times < 2; times++) expect(await run("drift")).toMatchObject({ code: 0 });
  expect(gitlab.writes.slice(2)).toEqual([["PUT", "/api/v4/projects/42/issues/7", { state_event: "close" }]]);
});

/** The part of GitLab's API that the pipeline needs. If an issue is open, it has number 7. */
async function fakeGitlab() {
  const writes: [string, string, unknown][] = [];
  const server = await serve(async (request, response) => {
    const { method = "", url = "", headers } = request;
    if (headers["private-token"] !== "glpat") return json({}, 401)(request, response);
    const isQuery = method === "GET" && url.endsWith("/issues?state=opened&labels=drift&per_page=100");
    if (!isQuery) writes.push([method, url, await readJson(request)]);
    const isOpen = writes.length > 0 && !JSON.stringify(writes.at(-1)).includes('"close"');
    const own = { iid: 7, description: "<!-- drift of ElevenLabs secrets, stack prod -->\n###" };
    const other = { iid: 6, description: null };
    json(isQuery ? [other, ...(isOpen ? [own] : [])] : { web_url: `${server.url}/7` })(request, response);
  });
  return Object.assign(server, { writes });
}
