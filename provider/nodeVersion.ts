import type { Attempt } from "./messages/attempts.js";
import { Problem } from "./messages/problem.js";

const OLDEST = 22;

/** What is wrong with the Node.js of this process: an older one would run for a while, and then lack a function halfway. */
export function nodeProblem(attempt: Attempt = { step: "start" }): Problem | undefined {
  const { node } = process.versions;
  return Number.parseInt(node, 10) < OLDEST
    ? new Problem("node-too-old", { version: node, oldest: OLDEST }, attempt)
    : undefined;
}
