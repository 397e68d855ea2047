import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect } from "@jest/globals";
import type { RecordedRequest } from "pulumi-elevenlabs/emulator";
import { logCommand } from "./commandLog";
import { kindIn } from "./problems";
import { environmentOf } from "./pulumiCli";
import type { TestStack } from "./testStack";

export interface CliOptions {
  folder?: string;
  env?: Record<string, string>;
  /** The API whose requests are shown with the command if the test fails. */
  api?: { requests: readonly RecordedRequest[] };
}

export interface CliResult {
  code: number | null;
  out: string;
  err: string;
  /** The kind of the error in `err`, such as `no-project`. */
  kind: string | undefined;
}

/** Runs the built command line as users do. Each run also checks that it shows neither its API key nor a stack trace. */
export async function cli(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const { child, ended } = start(args, options);
  const logged = logCommand(["pulumi-elevenlabs", ...args].join(" "), options.api);
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  Object.assign(logged, { code, output: out + err });
  const key = options.env?.ELEVENLABS_API_KEY?.trim();
  if (key) expect(out + err).not.toContain(key);
  expect(out + err).not.toMatch(/^\s+at /m);
  return { code, out, err, kind: kindIn(err) };
}

export function start(args: string[], { folder, env = {} }: CliOptions = {}) {
  const { TEST_ROOT = "", PATH = "" } = process.env;
  const child = spawn(process.execPath, [join(process.cwd(), "dist/cli.js"), ...args], {
    cwd: folder ?? TEST_ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH, HOME: TEST_ROOT, ...env },
  });
  started.add(child);
  const ended = once(child, "close").then(([code]) => {
    started.delete(child);
    return code as number | null;
  });
  return { child, ended };
}

const started = new Set<ChildProcess>();
afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** Runs the command line in a stack's project. The stack's config has no API key, so the one in the environment is used. */
export function cliIn(stack: TestStack, args: string[], env: Record<string, string> = {}): Promise<CliResult> {
  return cli(args, { folder: stack.folder, env: { ...stackEnv(stack), ...env }, api: stack.emulator });
}

export function stackEnv(stack: TestStack): Record<string, string> {
  return { ...environmentOf(stack.folder), PULUMI_STACK: "test", ...stack.env };
}

/** A key that appears nowhere else. */
export function newKey(): string {
  return `sk_${randomUUID()}`;
}

/** The environment variables that point to an emulator. */
export function envOf({ url, apiKey }: { url: string; apiKey: string }): Record<string, string> {
  return { ELEVENLABS_BASE_URL: url, ELEVENLABS_API_KEY: apiKey };
}
