#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import type { Reader } from "../provider/messages/problem.js";
import { nodeProblem } from "../provider/nodeVersion.js";
import { adopt } from "./adopt/command.js";
import { dependents } from "./commands/dependents.js";
import { list } from "./commands/list.js";
import { readerOf } from "./context.js";
import { doctor } from "./doctor/command.js";
import { drift } from "./drift/command.js";
import { emulator } from "./emulator/command.js";
import { render } from "./render/command.js";
import { fail } from "./terminal.js";
import { reportUsageProblems } from "./usage.js";

const NOTES = `
Config comes from the Pulumi stack of this folder, if there is one, and then
from the environment: ELEVENLABS_API_KEY, ELEVENLABS_REGION,
ELEVENLABS_BASE_URL.
No command prints an API key or the value of a secret.

Exit codes: 0 success, 1 failure or failed check, 2 drift or stale output.

Examples:
  pulumi-elevenlabs doctor           check the API key, region and network
  pulumi-elevenlabs list --stack     list secrets, and who owns them
  pulumi-elevenlabs drift            find secrets that were changed by hand
  pulumi-elevenlabs render agents --out build/dev
                                     write agents' files with this stack's ids
  pulumi-elevenlabs help adopt       more about one command`;

// The process that reads the output may close it early, as "head" does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

let reader: Reader = {};

const program = new Command("pulumi-elevenlabs")
  .description("Manage the secrets of ElevenLabs workspaces.")
  .version(version)
  .addHelpText("after", NOTES)
  .hook("preAction", (_program, command) => {
    reader = readerOf(command.opts());
  });

for (const command of [doctor(), list(), dependents(), drift(), adopt(), render(), emulator()]) {
  program.addCommand(reportUsageProblems(command));
}

const tooOld = nodeProblem();
if (tooOld) fail(tooOld, reader);
else reportUsageProblems(program).parseAsync().catch(end);

function end(error: unknown): void {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else fail(error, reader);
}
