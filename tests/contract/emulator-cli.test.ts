import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { startEmulator } from "../../provider/emulator/index";

const folder = mkdtempSync(join(tmpdir(), "emulator-cli-"));
const program = join(folder, "cli.js");
const running = new Set<ChildProcess>();

beforeAll(async () => {
  const entry = join(__dirname, "../../provider/emulator/cli.ts");
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "cjs" });
});

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const exit = once(child, "exit").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { child, exit };
}

async function result(...args: string[]) {
  const { child, exit } = run(...args);
  const [code, out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

async function firstLine({ child }: ReturnType<typeof run>): Promise<string> {
  const [chunk] = await once(child.stdout, "data");
  return String(chunk);
}

test.each(["SIGINT", "SIGTERM"] as const)("it says where it is, serves, and ends with 0 at %s", async (signal) => {
  const started = run("--port", "0");
  const line = await firstLine(started);
  const [, url] = /^ElevenLabs emulator at (http:\/\/127\.0\.0\.1:\d+), API key sk_emulator\n$/.exec(line) ?? [];
  const response = await fetch(`${url}/v1/convai/secrets`, { headers: { "xi-api-key": "sk_emulator" } });
  expect(await response.json()).toEqual({ secrets: [], next_cursor: null });
  started.child.kill(signal);
  expect(await started.exit).toBe(0);
});

test("each key may have a workspace of its own, and answers wait for the latency", async () => {
  const started = run("--port", "0", "--key", "A=one", "--key", "B=two", "--key", "C", "--latency", "50");
  const line = await firstLine(started);
  expect(line).toMatch(/, API keys A \(one\), B \(two\), C\n$/);
  const url = `${/http:\S+(?=,)/.exec(line)}/v1/convai/secrets`;
  const body = JSON.stringify({ type: "new", name: "S", value: "v" });
  const began = performance.now();
  await fetch(url, { method: "POST", body, headers: { "xi-api-key": "A", "content-type": "application/json" } });
  expect(performance.now() - began).toBeGreaterThan(45);
  const seen = (key: string) => fetch(url, { headers: { "xi-api-key": key } }).then((response) => response.json());
  expect(await seen("A")).toMatchObject({ secrets: [{ name: "S" }] });
  expect(await seen("B")).toMatchObject({ secrets: [] });
});

test("--help prints the options and ends with 0", async () => {
  const { code, out, err } = await result("--help");
  expect([code, err]).toEqual([0, ""]);
  for (const option of ["--port", "--key", "--latency"]) expect(out).toContain(option);
});

test.each([
  ["an unknown option", ["--nope"], /--nope/],
  ["a port that is no number", ["--port", "web"], /--port takes a whole number/],
  ["a port out of range", ["--port", "65536"], /--port takes a whole number/],
  ["a latency that is no number", ["--latency", "1s"], /--latency takes a whole number/],
  ["an empty key", ["--key", "=one"], /--key takes/],
  ["an empty workspace", ["--key", "A="], /--key takes/],
])("%s is told in one line, with exit code 2", async (_, args, told) => {
  const { code, out, err } = await result("--port", "0", ...args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(told);
  expect(err).toMatch(/^emulator: .*\n$/);
});

test("a taken port is told in one line, with exit code 1", async () => {
  const other = await startEmulator();
  const { port } = new URL(other.url);
  const { code, err } = await result("--port", port);
  await other.close();
  expect([code, err]).toEqual([1, `emulator: port ${port} is taken; give another with --port\n`]);
});
