import { constants, fstatSync } from "node:fs";
import { notShared } from "../../messages/environment.js";
import { nodeProblem } from "../../nodeVersion.js";
import { Journal } from "../../ownership/journal.js";
import { EngineLog } from "./engineLog.js";
import { PluginHost } from "./host.js";
import { serve } from "./server.js";

// The entry point of the plugin process. It prints only its port, and ends with the engine.

/** The engine's address. The engine may pass flags before it. */
const engine = process.argv.slice(2).find((argument) => /^\S+:\d+$/.test(argument));
// The engine shows a plugin's output only if the plugin dies, so an uncaught error must end the process. Don't print the
// error's message, because it may contain a secret.
process.on("uncaughtException", (error) => {
  process.stderr.write(`pulumi-resource-elevenlabs: this is a bug in pulumi-elevenlabs (${error.name})\n`);
  process.exit(1);
});
// The engine ends a plugin with SIGINT, after the current calls. With Ctrl-C, the engine sends the call `Cancel` instead.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
// If the engine is killed, its end of the pipe closes. Don't watch anything other than a pipe: /dev/null, for example, ends
// immediately. An engine that is about to end the plugin also closes the pipe, and reports a bug if the plugin exits first.
const GRACE_MS = 2_000;
if (isPipe(0)) process.stdin.on("end", () => setTimeout(() => process.exit(0), GRACE_MS)).resume();

serve(nodeProblem() ?? startHost()).then(({ port }) => process.stdout.write(`${port}\n`));

/** `Stats.isFIFO()` is false for every pipe on Windows, and `fstat` can fail on Windows. */
function isPipe(descriptor: number): boolean {
  try {
    return (fstatSync(descriptor).mode & constants.S_IFMT) === constants.S_IFIFO;
  } catch {
    return false;
  }
}

function startHost(): PluginHost {
  const log = engine === undefined ? undefined : new EngineLog(engine);
  const journal = new Journal(engine, (facts) => {
    log?.warn(notShared(facts).text(), "").catch(() => undefined);
  });
  journal.join();
  process.on("exit", () => journal.close());
  return new PluginHost({
    env: process.env,
    journal,
    warn: async (message, urn) => log?.warn(message, urn),
  });
}
