import { Command, InvalidArgumentError } from "commander";
import { type KeyOptions, startEmulator } from "../../emulator/index.js";
import { Problem } from "../../problem.js";
import { print } from "../terminal.js";

const DEFAULT_KEY = "sk_emulator";

const NOTES = `
Kept in memory, until interrupted. It is strict about the documented requests;
nothing of it reaches ElevenLabs.

Exit codes: 0 interrupted, 1 failed.

Examples:
  pulumi-elevenlabs emulator
  pulumi-elevenlabs emulator --port 0 --key sk_a=one --key sk_b=two

  # then, in another terminal:
  export ELEVENLABS_BASE_URL=http://127.0.0.1:8787
  export ELEVENLABS_API_KEY=${DEFAULT_KEY}
  pulumi-elevenlabs list --no-stack`;

interface Options {
  port: number;
  key?: [string, KeyOptions][];
  latency: number;
}

export function emulator(): Command {
  return new Command("emulator")
    .description("Serve the same API on this machine, to try things and for tests.")
    .option("--port <port>", "0 is any free port", wholeNumber(65_535), 8787)
    .option("--key <key[=workspace]>", `an API key, as often as needed (default: ${DEFAULT_KEY})`, collectedKeys)
    .option("--latency <ms>", "added to every answer", wholeNumber(3_600_000), 0)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run({ port, key, latency }: Options): Promise<void> {
  const keys = Object.fromEntries(key ?? [[DEFAULT_KEY, {}]]);
  try {
    const started = await startEmulator({ port, keys, latencyMs: latency });
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => started.close());
    const which = key === undefined ? `API key ${DEFAULT_KEY}` : `API keys as given: ${key.length}`;
    print(`ElevenLabs emulator at ${started.url}, ${which}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    const reason = code === "EADDRINUSE" ? "the port is taken" : `the system says ${code}`;
    throw new Problem(`could not serve at port ${port}`, reason, "Give another: --port PORT, 0 for any free one");
  }
}

function wholeNumber(most: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It takes a whole number from 0 to ${most}.`);
  };
}

function collectedKeys(text: string, before: [string, KeyOptions][] = []): [string, KeyOptions][] {
  const [key = "", workspace] = text.split(/=(.*)/s);
  if (key === "" || workspace === "") throw new InvalidArgumentError("It takes KEY or KEY=WORKSPACE.");
  return [...before, [key, workspace === undefined ? {} : { workspace }]];
}
