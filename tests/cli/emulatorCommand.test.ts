import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "@jest/globals";
import { cli, envOf, newKey, start } from "../support/commandRun";
import { kindIn } from "../support/problems";
import { kill } from "../support/processes";
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

/** Starts the emulator with these options, and waits until it is ready. */
async function startWith(...options: string[]) {
  const { child, ended } = start(["emulator", "--port", "0", ...options]);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  const [, url = ""] = / at (http\S+), /.exec(await line()) ?? [];
  const headers = { "xi-api-key": "sk_emulator", "content-type": "application/json" };
  const send = (method: string, path: string, body?: object) =>
    fetch(url + path, { method, headers, body: JSON.stringify(body) });
  const end = () => {
    child.kill("SIGTERM");
    return ended;
  };
  return { url, line, send, end };
}

const A = { type: "new", name: "A", value: "t0p" };
const SECRETS = "/v1/convai/secrets";

test("emulator --no-unique-names lets several secrets have one name", async () => {
  const [strict, lenient] = [await startWith(), await startWith("--no-unique-names")];

  const statuses: number[] = [];
  for (const { send } of [strict, lenient]) {
    for (const body of [A, A]) statuses.push((await send("POST", SECRETS, body)).status);
  }

  expect(statuses).toEqual([200, 409, 200, 200]);
  expect(await Promise.all([strict.end(), lenient.end()])).toEqual([0, 0]);
});

test("emulator --verbose prints requests without query, key and value", async () => {
  const { send, line, end } = await startWith("--verbose", "--fault", "list=503");
  await send("POST", SECRETS, A);
  await send("GET", `${SECRETS}?search=sk_123`);
  await send("GET", "/v2/\u001b[2J");

  expect([await line(), await line(), await line()]).toEqual([
    "POST /v1/convai/secrets: 200",
    "GET /v1/convai/secrets: 503 (fault: status)",
    "GET /v2/%1B[2J: 404",
  ]);
  await end();
});

test("emulator --state keeps the secrets in a file of mode 600", async () => {
  const file = join(await mkdtemp(join(process.env.TEST_ROOT ?? "", "emulator-")), "state.json");
  const first = await startWith("--state", file, "--in-use", "USED=other");
  const made = (await (await first.send("POST", SECRETS, A)).json()) as { secret_id: string };
  await first.send("POST", SECRETS, { ...A, name: "B" });
  await first.send("DELETE", `${SECRETS}/${made.secret_id}`);
  await first.end();
  const second = await startWith(
    "--state",
    file,
    "--key",
    "sk_emulator",
    "--key",
    "sk_o=other",
    "--in-use",
    "USED=other",
  );

  const listed = await cli(["list", "--json"], { env: envOf({ url: second.url, apiKey: "sk_emulator" }) });
  const used = await cli(["dependents", "USED", "--json"], { env: envOf({ url: second.url, apiKey: "sk_o" }) });
  await second.end();

  expect(JSON.parse(listed.out).secrets).toMatchObject([{ name: "B" }]);
  expect(JSON.parse(used.out).dependents).toHaveLength(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.each([
  ["isn't JSON", "{", "emulator-state-unusable"],
  ["isn't a state", '{"default":[{"name":"A"}]}', "emulator-state-unusable"],
])("a --state file that %s is refused and left alone", async (_title, content, kind) => {
  const file = join(await mkdtemp(join(process.env.TEST_ROOT ?? "", "emulator-")), "state.json");
  await writeFile(file, content);

  const run = await cli(["emulator", "--port", "0", "--state", file]);

  expect(run).toMatchObject({ code: 1, out: "", kind });
  expect(await readFile(file, "utf8")).toBe(content);

  expect(await (await startWith("--state", `${file}.other`)).end()).toBe(0);
  await rm(file);
  expect(await (await startWith("--state", file)).end()).toBe(0);
});

test("a --state file that can't be written is refused", async () => {
  const folder = await mkdtemp(join(process.env.TEST_ROOT ?? "", "emulator-"));

  const run = await cli(["emulator", "--port", "0", "--state", join(folder, "none/state.json")]);

  expect(run).toMatchObject({ code: 1, out: "", kind: "file-not-written" });
  expect(await (await startWith("--state", join(folder, "state.json"))).end()).toBe(0);
});

const groups: number[] = [];
afterEach(() => {
  for (const group of groups.splice(0)) kill({ pid: -group, command: "npm" });
});

test("the emulator ends if the npm that started it is killed", async () => {
  const args = ["run", "--silent", "emulator", "--", "--port", "0"];
  // Its own process group, which ends with the test even if that fails.
  const npm = spawn("npm", args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  groups.push(npm.pid ?? 0);
  const [banner] = await once(npm.stdout, "data");
  const [, url = ""] = / at (http\S+), /.exec(String(banner)) ?? [];

  npm.kill("SIGTERM");
  // The other end belongs to the emulator.
  await once(npm.stdout, "close");

  await expect(fetch(url)).rejects.toThrow("fetch failed");
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
  expect(err).toContain("--port PORT (0 means any free port)");
});
