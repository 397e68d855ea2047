import { parseArgs } from "node:util";
import { type Emulator, type EmulatorOptions, type KeyOptions, startEmulator } from "./index";

const HELP = `Usage: npm run emulator -- [--port PORT] [--key KEY[=WORKSPACE]]... [--latency MS]

Serves the ElevenLabs workspace-secret API on 127.0.0.1, kept in memory, until interrupted.

  --port PORT            default 8787; 0 is any free port
  --key KEY[=WORKSPACE]  an API key, as often as needed; default sk_emulator, in the workspace "default"
  --latency MS           added to every answer`;

function optionsFrom(): EmulatorOptions | "help" {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8787" },
      key: { type: "string", multiple: true, default: ["sk_emulator"] },
      latency: { type: "string", default: "0" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const latencyMs = wholeNumber("--latency", values.latency, 3_600_000);
  return { port: wholeNumber("--port", values.port, 65_535), latencyMs, keys: keysFrom(values.key) };
}

function wholeNumber(name: string, text: string, max: number): number {
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
  throw new Error(`${name} takes a whole number from 0 to ${max}`);
}

function keysFrom(given: string[]): Record<string, KeyOptions> {
  const keys = given.map((text): [string, KeyOptions] => {
    const [key = "", workspace] = text.split(/=(.*)/s);
    if (key === "" || workspace === "") throw new Error("--key takes KEY or KEY=WORKSPACE");
    return [key, workspace === undefined ? {} : { workspace }];
  });
  return Object.fromEntries(keys);
}

function banner(emulator: Emulator, keys: Record<string, KeyOptions>): string {
  const named = Object.entries(keys).map(([key, { workspace }]) => (workspace ? `${key} (${workspace})` : key));
  return `ElevenLabs emulator at ${emulator.url}, API key${named.length > 1 ? "s" : ""} ${named.join(", ")}`;
}

function fail(message: string, exitCode: number): void {
  console.error(`emulator: ${message}`);
  process.exitCode = exitCode;
}

async function main(): Promise<void> {
  let options: EmulatorOptions | "help";
  try {
    options = optionsFrom();
  } catch (error) {
    return fail((error as Error).message, 2);
  }
  if (options === "help") return console.log(HELP);
  try {
    const emulator = await startEmulator(options);
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => emulator.close());
    console.log(banner(emulator, options.keys ?? {}));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    fail(code === "EADDRINUSE" ? `port ${options.port} is taken; give another with --port` : message, 1);
  }
}

void main();
