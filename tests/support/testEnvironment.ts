import { TestEnvironment } from "jest-environment-node";
import { COMMANDS, type LoggedCommand } from "./commandLog";
import { addReport } from "./failureReport";
import { PROGRAMS, ProgramServer } from "./programServer";

/** One for all test files of a jest worker. */
const programs = new ProgramServer();

/** Jest's own, but a test that fails also shows its commands, their output and their requests. */
export default class extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global[PROGRAMS] = programs;
  }

  async handleTestEvent(event: { name: string; test?: { errors: unknown[] } }): Promise<void> {
    if (event.name === "test_start") this.global[COMMANDS] = [];
    if (event.name !== "test_done") return;
    // The first error is the test's; those of cleaning up follow it. Jest pairs each with the place that it comes from.
    const [first] = event.test?.errors ?? [];
    const [error, place] = Array.isArray(first) ? first : [first];
    addReport(error ?? place, this.global[COMMANDS] as LoggedCommand[]);
  }
}
