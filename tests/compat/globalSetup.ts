import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates the folder of all tests. The engine, Node.js and the SDK come from `scripts/compat.mjs`. */
export default async function globalSetup(): Promise<void> {
  process.env.TEST_ROOT = await mkdtemp(join(tmpdir(), "pulumi-elevenlabs-tests-"));
}
