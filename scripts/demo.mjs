// Runs the real Pulumi CLI against the emulator, with the program at the root of the repository. Each step checks that its
// heading is correct.
import { deepEqual, equal, ok } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { count, createSandbox } from "./demo/sandbox.mjs";
import { engine } from "./engine/engine.mjs";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const { startEmulator } = createRequire(import.meta.url)("../dist/emulator.js");

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(name, () => interrupt.abort(new Error(`Interrupted by ${name}.`)));
}

const names = ["CRM_TOKEN", "BILLING_KEY", "WEBHOOK_SECRET"];
const values = Object.fromEntries(names.map((name) => [name, randomUUID()]));
const rotated = randomUUID();
const allValues = [...Object.values(values), rotated];
const apiKey = `sk_${randomUUID()}`;

async function main({ step, emulator, sandbox }) {
  const { pulumi, search } = sandbox;
  const workspace = emulator.workspace();
  const foreign = workspace.add("MADE_BY_HAND", "someone else's");
  const ours = () => workspace.secrets().filter(({ id }) => id !== foreign.id);
  const named = (name) => ours().find((secret) => secret.name === name);
  const byName = () => Object.fromEntries(ours().map(({ name, value }) => [name, value]));
  const setSecret = (path, input, variable) =>
    pulumi(["config", "set", "--secret", ...path], {
      input,
      shown: `printf %s "$${variable}" | pulumi config set --secret ${path.join(" ")}`,
    });
  const up = ["up", "--yes", "--skip-preview"];

  await step(
    "Store three secrets in the stack's encrypted config. `pulumi up` creates them in the workspace",
    async () => {
      await pulumi(["stack", "init", "demo"]);
      await pulumi(["config", "set", "elevenlabs:baseUrl", emulator.url]);
      await setSecret(["elevenlabs:apiKey"], apiKey, "ELEVENLABS_API_KEY");
      for (const name of names) await setSecret(["--path", `secrets.${name}`], values[name], name);
      await pulumi(up);
      deepEqual(byName(), values);
      const ids = JSON.parse(await pulumi(["stack", "output", "secretIds", "--json"]));
      deepEqual(ids, Object.fromEntries(ours().map(({ id, name }) => [name, id])));
    },
  );

  await step("Preview without changes. It makes no API request", async () => {
    const before = emulator.requests.length;
    await pulumi(["preview", "--expect-no-changes"]);
    equal(emulator.requests.length, before);
  });

  await step("Change one value. The secret is updated and keeps its id", async () => {
    const { id } = named("CRM_TOKEN");
    values.CRM_TOKEN = rotated;
    await setSecret(["--path", "secrets.CRM_TOKEN"], rotated, "CRM_TOKEN");
    equal(count(await pulumi(up), "updated"), 1);
    deepEqual(byName(), values);
    equal(named("CRM_TOKEN").id, id);
  });

  await step(
    "Someone renames BILLING_KEY and deletes WEBHOOK_SECRET. `preview --refresh` detects the drift",
    async () => {
      workspace.rename(named("BILLING_KEY").id, "RENAMED_BY_HAND");
      workspace.remove(named("WEBHOOK_SECRET").id);
      const found = await pulumi(["preview", "--refresh"]);
      equal(count(found, "to replace"), 1);
      equal(count(found, "to create"), 1);
      ok(named("RENAMED_BY_HAND"));
      equal(ours().length, 2);
    },
  );

  await step("`up --refresh` repairs the drift", async () => {
    await pulumi([...up, "--refresh"]);
    deepEqual(byName(), values);
  });

  await step("`preview --refresh` finds no more drift", async () => {
    await pulumi(["preview", "--refresh", "--expect-no-changes"]);
  });

  await step("Set a prefix, which changes every name. Each secret is replaced", async () => {
    const before = ours().map(({ id }) => id);
    await pulumi(["config", "set", "prefix", "prod_"]);
    equal(count(await pulumi(up), "replaced"), names.length);
    deepEqual(byName(), Object.fromEntries(names.map((name) => [`prod_${name}`, values[name]])));
    for (const { id } of ours()) ok(!before.includes(id));
  });

  await step("Search all files of the stack. None contains a value or the API key in plain text", async () => {
    const { files, hits } = await search([apiKey, ...allValues]);
    ok(files.some((file) => file.endsWith("Pulumi.demo.yaml")) && files.some((file) => /stacks.*\.json$/.test(file)));
    deepEqual(hits, []);
    console.log(`    searched ${files.length} files (config, state, history and logs): no match`);
  });

  await step("`destroy` deletes the secrets of the stack, and no others", async () => {
    await pulumi(["destroy", "--yes", "--skip-preview"]);
    deepEqual(workspace.secrets(), [foreign]);
  });
}

let passed = 0;
let failed = 0;
let current = "before the first step";
const cleanups = [];
try {
  const folder = await engine(interrupt.signal);
  const emulator = await startEmulator({ keys: { [apiKey]: {} } });
  cleanups.push(() => emulator.close());
  const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(300_000)]);
  const root = await mkdtemp(join(tmpdir(), "pulumi-elevenlabs-demo-"));
  cleanups.push(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const sandbox = await createSandbox(root, { repository, engine: folder, signal });
  console.log(`Engine: ${join(folder, "pulumi")}\nAPI: the emulator, at ${emulator.url}`);
  const step = async (heading, run) => {
    current = `${passed + 1}. ${heading}`;
    console.log(`\n${current}`);
    await run();
    passed++;
  };
  await main({ step, emulator, sandbox });
} catch (error) {
  failed++;
  console.error(`\nFailed: ${current}\n${error.message}`);
} finally {
  for (const cleanup of cleanups) await cleanup();
}
console.log(`\ndemo: ${passed} passed, ${failed} failed`);
process.exitCode = failed && 1;
