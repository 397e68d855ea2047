import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Secrets } from "../support/canaryProject";
import type { TestStack } from "../support/testStack";

// docs/debug.md documents these results. The secrets contain no line break, because the tests check each line
// separately.
const secrets = new Secrets(" \"'ü\\/%<&+");
const ALL = ["inConfig", "inObject", "inProgram", "key"];

/**
 * Matches lines in which Pulumi itself prints values: Pulumi's log (plain or JSON) and the debug messages of Pulumi's
 * SDK.
 */
const OF_PULUMI = new RegExp(
  [
    String.raw`^(?:[DIWEF]\d{4} .*\.go:\d+\] |\{"time":"[^"]*","level":"\w+","msg":")`,
    String.raw`(?:Marshaling|Unmarshaling) property for RPC\[`,
    String.raw`|^(?:[DIWEF]\d{4} .*|\{"time":"[^"]*","level":"\w+","msg":"(?:eventSink::Debug\([^ ]*)?|.*debug: )`,
    "RegisterResource RPC finished: ",
  ].join(""),
);

const withSecret = (output: string) => output.split("\n").filter((line) => secrets.foundIn(line).length > 0);
const namesIn = (found: string[]) => [...new Set(found.map((what) => /(\w+) as \w+$/.exec(what)?.[1]))].sort();

async function expectNoneInFiles(stack: TestStack, but = /^$/): Promise<void> {
  expect((await secrets.foundInFiles(stack)).filter((line) => !but.test(line))).toEqual([]);
}

describe("a secret", () => {
  test("preview --debug prints a program's secret only in lines of the SDK", async () => {
    const stack = await secrets.startStack();
    await stack.program(secrets.program("1"));
    const preview = await stack.preview("--debug");
    const runs = [preview, await stack.up("--debug")];
    await stack.program(secrets.program("2"));
    runs.push(await stack.up("--debug"), await stack.refresh("--debug"), await stack.destroy("--debug"));

    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    const [first, ...others] = runs.map(({ output }) => withSecret(output));
    expect(others).toEqual(others.map(() => []));
    expect(first).not.toEqual([]);
    for (const line of first ?? []) {
      expect(secrets.foundIn(line)).toEqual(["inProgram as text"]);
      expect(line).toMatch(/ debug: RegisterResource RPC finished: resource:inProgram\[/);
    }
    await expectNoneInFiles(stack);
  });

  test("at -v=9 and --debug, only the SDK's lines contain a program's secret", async () => {
    const stack = await secrets.startStack();
    const flags = ["-v=9", "--logtostderr", "--logflow", "--debug"];
    await stack.program(secrets.program("1"));
    const runs = [await stack.preview(...flags), await stack.up(...flags)];
    runs.push(await stack.refresh(...flags), await stack.destroy(...flags));

    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    const lines = runs.flatMap(({ output }) => withSecret(output));
    expect(namesIn(lines.flatMap((line) => secrets.foundIn(line)))).toEqual(["inProgram"]);
    expect(lines.filter((line) => !OF_PULUMI.test(line))).toEqual([]);
    await expectNoneInFiles(stack);
  });

  test("-v=9 without --logtostderr writes no secret", async () => {
    const stack = await secrets.startStack();
    await stack.program(secrets.program(""));

    const { code, output } = await stack.up("-v=9");

    expect(code).toBe(0);
    expect(withSecret(output)).toEqual([]);
    await expectNoneInFiles(stack);
  });

  test.each<[string, (folder: string) => string[], (folder: string) => Record<string, string>, RegExp]>([
    ["--tracing", (folder) => [`--tracing=file:${folder}/traced`], () => ({}), /^\/traced: /],
    ["PULUMI_DEBUG_GRPC", () => [], (folder) => ({ PULUMI_DEBUG_GRPC: join(folder, "calls") }), /^\/calls: /],
  ])("a secret is written by %s only to the file of that switch", async (_, args, env, file) => {
    const stack = await secrets.startStack();
    Object.assign(stack.env, env(stack.folder));
    await stack.program(secrets.program(""));

    const { code, output } = await stack.up(...args(stack.folder));

    expect(code).toBe(0);
    expect(withSecret(output)).toEqual([]);
    const found = await secrets.foundInFiles(stack);
    expect(namesIn(found)).toEqual(ALL);
    expect(found.filter((line) => !file.test(line))).toEqual([]);
  });

  test("the debug switches of Node.js, gRPC and promises show no secret", async () => {
    const stack = await secrets.startStack();
    // The engine masks secrets that are in the stack's config, so the key comes from the environment.
    await stack.cli(["config", "rm", "elevenlabs:apiKey"]).orThrow();
    Object.assign(stack.env, {
      ELEVENLABS_API_KEY: secrets.key.text,
      NODE_DEBUG: "http,https,http2,net,tls,stream,timer,undici,fetch",
      NODE_OPTIONS: "--trace-uncaught --trace-warnings --trace-exit",
      GRPC_VERBOSITY: "DEBUG",
      GRPC_TRACE: "all",
      PULUMI_DEBUG_PROMISE_LEAKS: "true",
    });
    await stack.program(secrets.program(""));

    const { code, output } = await stack.up();

    expect(code).toBe(0);
    expect(output).toMatch(/HTTP \d+: outgoing message end/);
    expect(withSecret(output)).toEqual([]);
    await expectNoneInFiles(stack);
  });
});
