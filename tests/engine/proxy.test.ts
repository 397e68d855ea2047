import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { ENDPOINT, TARGET } from "../support/behindProxy";
import { cliIn } from "../support/commandRun";
import { addWorkspaces } from "../support/namedWorkspaces";
import { expectError } from "../support/shownProblems";
import { leaksOfPassword, startStackBehindProxy } from "../support/stackBehindProxy";

test("up, refresh, functions and doctor use the proxy and hide its password", async () => {
  const { stack, proxy, directUrl } = await startStackBehindProxy();
  await addWorkspaces(stack, { direct: { apiKey: stack.emulator.apiKey, url: directUrl } });
  // The entry includes the port, because the default workspace is at the same host.
  stack.env.NO_PROXY = `other.example, ${new URL(directUrl).host}`;
  stack.workspace.add("EXISTING");
  await stack.program(`
    const { listWorkspaceSecrets } = require("pulumi-elevenlabs");
    new WorkspaceSecret("A", { value: "v" });
    new WorkspaceSecret("B", { value: "v", workspace: "direct" });
    exports.found = listWorkspaceSecrets({ prefix: "EX" }).then((secrets) => secrets.map(({ name }) => name));
  `);

  const up = await stack.up();
  const ofUp = proxy.asked.splice(0).map(({ target }) => target);
  const { output } = await stack.cli(["stack", "output", "--json"]).orThrow();
  const refresh = await stack.refresh();
  const ofRefresh = proxy.asked.splice(0).map(({ target }) => target);
  const doctor = await cliIn(stack, ["doctor"]);
  const ofDoctor = proxy.asked.splice(0).map(({ target }) => target);
  const stateBefore = await readFile(stack.checkpointFile, "utf8");
  proxy.fault({ status: 403 }, 2);
  const refused = await stack.refresh();

  expect(up).toMatchObject({ code: 0, steps: { A: "create", B: "create" } });
  expect(JSON.parse(output)).toEqual({ found: ["EXISTING"] });
  expect(refresh).toMatchObject({ code: 0, calls: ["get", "get"] });
  expect(doctor).toMatchObject({ code: 0, err: "" });
  expect(doctor.out).toContain(`host     ${ENDPOINT}\n  -        proxy    ${proxy.shownUrl}, from HTTPS_PROXY\n`);
  expect(doctor.out).toContain(`host     ${directUrl}\n  -        proxy    none: NO_PROXY has `);
  expect({ ofUp, ofRefresh, ofDoctor }).toEqual({
    // The provider and the function run in two processes.
    ofUp: [TARGET, TARGET],
    ofRefresh: [TARGET],
    ofDoctor: [TARGET],
  });
  expectError(refused, "A", { kind: "proxy-refused", facts: [proxy.shownUrl, "HTTPS_PROXY", "(403)"] });
  expect(refused.problems.filter(({ severity }) => severity === "error")).toHaveLength(1);
  expect(await stack.secrets()).toHaveLength(2);
  expect(stateBefore).not.toMatch(new RegExp(`${new URL(proxy.shownUrl).host}|proxy`, "i"));
  const outputs = [up.output, refresh.output, doctor.out, refused.output];
  expect(await leaksOfPassword(stack, outputs)).toEqual([]);
});
