#!/usr/bin/env node
import { Command } from "commander";
import { version } from "../package.json";
import { Problem } from "../provider/messages/problem.js";
import { adopt } from "./commands/adoptCommand.js";
import { dependents } from "./commands/dependentsCommand.js";
import { doctor } from "./commands/doctorCommand.js";
import { drift } from "./commands/driftCommand.js";
import { emulator } from "./commands/emulatorCommand.js";
import { list } from "./commands/listCommand.js";
import { fail } from "./terminal.js";

const NOTES = `
Config comes from the Pulumi stack of this folder, where there is one, then from
the environment: ELEVENLABS_API_KEY, ELEVENLABS_REGION, ELEVENLABS_BASE_URL.
No command shows a key or the value of a secret.

Exit codes: 0 fine, 1 failed or a fault found, 2 drift found.

Examples:
  pulumi-elevenlabs doctor           is everything as it should be?
  pulumi-elevenlabs list --stack     what is there, and what does this stack own?
  pulumi-elevenlabs drift            has someone changed it by hand?
  pulumi-elevenlabs help adopt       more about one command`;

// What reads the output may stop early, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

const program = new Command("pulumi-elevenlabs")
  .description("Looks after the secrets of ElevenLabs workspaces.")
  .version(version)
  .addHelpText("after", NOTES)
  .showHelpAfterError("Run it with --help to see what there is.")
  .configureOutput({ outputError: (text, write) => write(withoutArguments(text)) });

for (const command of [doctor(), list(), dependents(), drift(), adopt(), emulator()]) {
  program.addCommand(command.copyInheritedSettings(program));
}

const { node } = process.versions;
if (Number.parseInt(node, 10) < 22) {
  fail(new Problem("could not start", `this is Node ${node}`, "Get Node 22 or newer: https://nodejs.org/en/download"));
} else {
  program.parseAsync().catch(fail);
}

/** What was given may hold a key, in a place where none is expected. */
function withoutArguments(text: string): string {
  return text
    .replace(/^(error: unknown option '[^=]*)=.*'/s, "$1=...'")
    .replace(/( arguments? but got \d+): .*(?=\n)/s, "$1.")
    .replace(/ argument '.*' is invalid\./s, " has an argument that is invalid.");
}
