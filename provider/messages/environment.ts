import { sanitized } from "../text/sanitize.js";
import { problem, warning } from "./problem.js";

/** Pulumi starts the `node` that is first on its `PATH`. Check with `node --version`. */
export const nodeTooOld = problem("node-too-old", ({ version, oldest }: { version: string; oldest: number }) => [
  `this is Node.js ${version}, but pulumi-elevenlabs requires ${oldest} or newer`,
  `Install Node.js ${oldest} or newer, and put it first on the PATH: https://nodejs.org/en/download`,
]);

/**
 * The provider processes of one command use this private folder to share which resource owns which secret. The disk is
 * full, or the folder belongs to someone else, is a link, or can be read by others. Each process still has the owners
 * of its own secrets.
 */
export const notShared = warning("not-shared", ({ folder, reason }: { folder: string; reason: string }) => [
  `The folder ${sanitized(folder)} can't be used: ${sanitized(reason)}`,
  "Without it, the provider processes of this command can't see each other's secrets. Set TMPDIR to a folder that you can write to.",
]);
