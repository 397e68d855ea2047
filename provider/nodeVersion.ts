import { nodeTooOld } from "./messages/environment.js";
import type { Action, Problem } from "./messages/problem.js";

const OLDEST = 22;

/** Returns a problem if the Node.js of this process is too old: it would fail halfway, because a function is missing. */
export function nodeProblem(action: Action = { step: "start pulumi-elevenlabs" }): Problem | undefined {
  const { node } = process.versions;
  return Number.parseInt(node, 10) < OLDEST ? nodeTooOld({ version: node, oldest: OLDEST }, action) : undefined;
}
