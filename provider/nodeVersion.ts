import type { Attempt } from "./messages/attempts.js";
import { Problem } from "./messages/problem.js";

const OLDEST = 22;

/** Returns a problem if the Node.js of this process is too old: it would fail halfway, because a function is missing. */
export function nodeProblem(attempt: Attempt = { step: "start" }): Problem | undefined {
  const { node } = process.versions;
  return Number.parseInt(node, 10) < OLDEST
    ? new Problem("node-too-old", { version: node, oldest: OLDEST }, attempt)
    : undefined;
}
