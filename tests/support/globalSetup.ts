import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTemplate } from "./template";
import { startVault } from "./vault";

const run = promisify(execFile);

/** Finds the engine, and creates the empty stack that each engine test copies. A copy saves a second per test. */
export default async function globalSetup(): Promise<void> {
  const { stdout } = await run(process.execPath, ["scripts/engine/engine.mjs"], { maxBuffer: 1 << 24 });
  const root = await mkdtemp(join(tmpdir(), "pulumi-elevenlabs-tests-"));
  process.env.TEST_ENGINE = stdout.trim();
  process.env.TEST_ROOT = root;
  try {
    process.env.TEST_VAULT = await startVault();
    await makeTemplate(root);
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}
