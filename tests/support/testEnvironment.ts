import { TestEnvironment } from "jest-environment-node";
import { COMMANDS, type LoggedCommand } from "./commandLog";
import { addReport } from "./failureReport";
import { PROGRAMS, ProgramServer } from "./programServer";

/** The program server of all test files of a jest worker. */
const programs = new ProgramServer();

/** Jest's environment, except that a failed test also shows its commands, their output and their requests. */
export default class extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global[PROGRAMS] = programs;
  }

  async handleTestEvent(event: { name: string; test?: { errors: unknown[] } }): Promise<void> {
    if (event.name === "test_start") this.global[COMMANDS] = [];
    if (event.name !== "test_done") return;
    // The first error is from the test. Errors of the clean-up follow it. Jest pairs each error with the place that caused it.
    const [first] = event.test?.errors ?? [];
    const [error, place] = Array.isArray(first) ? first : [first];
    addReport(error ?? place, this.global[COMMANDS] as LoggedCommand[]);
  }
}
