import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { cli, envOf, newKey, start } from "../support/commandRun";
import { kindIn } from "../support/problems";
import { emulate } from "../support/servers";

test.each(["SIGINT", "SIGTERM"] as const)(
  "the emulator prints its URL, serves requests, and exits with 0 at %s",
  async (signal) => {
    const { child, ended } = start(["emulator", "--port", "0"]);
    const [banner] = await once(child.stdout, "data");
    const [, url = ""] =
      /^ElevenLabs emulator at (http:\/\/127\.0\.0\.1:\d+), API key sk_emulator\n$/.exec(String(banner)) ?? [];

    const { code } = await cli(["doctor"], { env: { ELEVENLABS_BASE_URL: url, ELEVENLABS_API_KEY: "sk_emulator" } });
    child.kill(signal);

    expect(code).toBe(0);
    expect(await ended).toBe(0);
  },
);

test("each given key opens its workspace, and the emulator prints none", async () => {
  const [a, b] = [newKey(), newKey()];
  const { child, ended } = start(["emulator", "--port", "0", "--key", `${a}=one`, "--key", `${b}=two`]);
  const [banner] = await once(child.stdout, "data");
  const [, url = ""] = / at (http\S+), API keys as given: 2\n$/.exec(String(banner)) ?? [];
  const value = { type: "new", name: "A", value: "v" };
  const headers = { "xi-api-key": a, "content-type": "application/json" };
  await fetch(`${url}/v1/convai/secrets`, { method: "POST", headers, body: JSON.stringify(value) });

  const [one, two] = await Promise.all(
    [a, b].map((key) => cli(["list", "--json"], { env: { ELEVENLABS_BASE_URL: url, ELEVENLABS_API_KEY: key } })),
  );
  child.kill("SIGTERM");

  expect(JSON.parse(one?.out ?? "").secrets).toMatchObject([{ name: "A" }]);
  expect(JSON.parse(two?.out ?? "").secrets).toEqual([]);
  expect(await ended).toBe(0);
});

test("the emulator can have a read-only key, a secret in use, and faults", async () => {
  const [all, readOnly] = [newKey(), newKey()];
  const options = ["--key", all, "--read-only-key", readOnly, "--in-use", "CRM_TOKEN", "--fault", "list=500:1"];
  const { child, ended } = start(["emulator", "--port", "0", ...options]);
  const [banner] = await once(child.stdout, "data");
  const [, url = ""] = / at (http\S+), API keys as given: 2\n$/.exec(String(banner)) ?? [];
  const env = (apiKey: string) => ({ env: envOf({ url, apiKey }) });

  const failing = await fetch(`${url}/v1/convai/secrets`, { headers: { "xi-api-key": all } });
  const used = await cli(["dependents", "CRM_TOKEN", "--json"], env(all));
  const doctor = await cli(["doctor"], env(readOnly));
  child.kill("SIGTERM");

  expect(failing.status).toBe(500);
  expect(JSON.parse(used.out).dependents).toMatchObject([{ kind: "agents", name: "Support" }]);
  expect(doctor.out).toMatch(/^ {2}failed +write +missing permission/m);
  expect(await ended).toBe(0);
});

test.each([["create"], ["crate=500"], ["create=200"], ["create=599"]])(
  "the emulator refuses the fault %j, and says which are valid",
  async (fault) => {
    const { code, out, err, kind } = await cli(["emulator", "--port", "0", "--fault", fault]);

    expect({ code, out, kind }).toEqual({ code: 1, out: "", kind: "invalid-option" });
    expect(err).toMatch(/--fault .*create, list, get, update, delete, dependencies.*create=503/);
  },
);

test("the emulator exits with code 1 if the port is in use", async () => {
  const { port } = new URL((await emulate()).url);
  const { child, ended } = start(["emulator", "--port", port]);
  const [err, code] = await Promise.all([text(child.stderr), ended]);

  expect({ code, kind: kindIn(err) }).toEqual({ code: 1, kind: "port-taken" });
  expect(err).toContain(port);
  expect(err).toContain("--port PORT");
});
