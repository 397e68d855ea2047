import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { cli, envOf, newKey, start } from "../support/commandRun";
import { emulate } from "../support/servers";

test.each(["SIGINT", "SIGTERM"] as const)(
  "says where it is, serves the other commands, and ends with 0 at %s",
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

test("keys that are given are taken, each with a workspace of its own, and not shown", async () => {
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

test("it can have a key that may not write, a secret in use, and requests that fail", async () => {
  const [all, readOnly] = [newKey(), newKey()];
  const options = ["--key", all, "--read-only-key", readOnly, "--in-use", "CRM_TOKEN", "--fault", "list=500:1"];
  const { child, ended } = start(["emulator", "--port", "0", ...options]);
  const [banner] = await once(child.stdout, "data");
  const [, url = ""] = / at (http\S+), API keys as given: 2\n$/.exec(String(banner)) ?? [];
  const env = (apiKey: string) => ({ env: envOf({ url, apiKey }) });

  const failing = await fetch(`${url}/v1/convai/secrets`, { headers: { "xi-api-key": all } });
  const users = await cli(["dependents", "CRM_TOKEN", "--json"], env(all));
  const doctor = await cli(["doctor"], env(readOnly));
  child.kill("SIGTERM");

  expect(failing.status).toBe(500);
  expect(JSON.parse(users.out).dependents).toMatchObject([{ kind: "agents", name: "Support" }]);
  expect(doctor.out).toMatch(/^ {2}failed +write +missing permission/m);
  expect(await ended).toBe(0);
});

test.each([["create"], ["crate=500"], ["create=200"], ["create=599"]])(
  "a fault of %j is refused, with what it takes",
  async (fault) => {
    const { code, out, err } = await cli(["emulator", "--port", "0", "--fault", fault]);

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("It takes one of create, list, get, update, delete, dependencies, and a status: create=503");
  },
);

test("a taken port is told, with exit code 1", async () => {
  const { port } = new URL((await emulate()).url);
  const { child, ended } = start(["emulator", "--port", port]);
  const [err, code] = await Promise.all([text(child.stderr), ended]);

  expect({ code, err }).toEqual({
    code: 1,
    err: `error: could not serve at port ${port}: the port is taken.\nGive another: --port PORT, 0 for any free one\n`,
  });
});
