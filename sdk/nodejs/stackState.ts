import * as pulumi from "@pulumi/pulumi";
import { Journal } from "../../provider/ownership/journal.js";
import type { StateHint } from "../../provider/ownership/registration.js";
import {
  readStackResources,
  type StateMonitor,
  shareResources,
  stateProblemOf,
} from "../../provider/ownership/stackReader.js";
import { engineAddress } from "./inlineProgram.js";
import { oncePerRun } from "./oncePerRun.js";

/**
 * Sends the providers a list of the secrets in the stack's state, as it was when this operation began. A provider receives
 * one resource at a time, and never the state. Runs once for each run of a program.
 */
export const shareState: () => Promise<StateHint> = oncePerRun(async () => {
  const stack = { organization: pulumi.getOrganization(), project: pulumi.getProject(), stack: pulumi.getStack() };
  try {
    // Don't use `pulumi.runtime.invoke`: it prints the whole response if the engine runs with `--debug`.
    const resources = await readStackResources(pulumi.runtime.getMonitor() as unknown as StateMonitor, stack);
    let problem = "";
    const noteProblem = ({ folder, reason }: { folder: string; reason: string }) => {
      problem = `${folder}: ${reason}`;
    };
    return shareResources(new Journal(engineAddress(), noteProblem, true), resources) ?? { problem };
  } catch (error) {
    return stateProblemOf(error);
  }
});
