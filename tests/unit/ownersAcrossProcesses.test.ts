import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { OwnersAcrossProcesses } from "../../provider/hosts/plugin/ownersAcrossProcesses";

const OWNER = { resource: "urn:a", name: "A", workspace: "default" };
const ENDPOINT = "https://api.example";

test("two workspaces of one endpoint share their owners, and two of one key their names", () => {
  const store = new OwnersAcrossProcesses(`test ${Math.random()}`);
  store.ownersAt(ENDPOINT).set("1", [OWNER]);
  store.namesAt(ENDPOINT, "key").add("A");

  expect(store.ownersAt(ENDPOINT).get("1")).toEqual([OWNER]);
  expect(store.ownersAt("https://other.example").get("1")).toEqual([]);
  expect(store.namesAt(ENDPOINT, "key").has("A")).toBe(true);
  expect(store.namesAt(ENDPOINT, "other").has("A")).toBe(false);
  store.close();
});

test("what another live process of the operation has is seen, and goes with that process", async () => {
  const operation = `test ${Math.random()}`;
  const folder = await mkdtemp(join(tmpdir(), "owners-"));
  const script = join(folder, "other.cjs");
  await writeFile(script, "process.on('message', () => process.exit(0)); process.send('ready');");
  const other = fork(script);
  await once(other, "message");
  const asOther = { value: other.pid, configurable: true };
  const own = process.pid;
  // The other process writes its files under its own id.
  Object.defineProperty(process, "pid", asOther);
  const theirs = new OwnersAcrossProcesses(operation);
  theirs.ownersAt(ENDPOINT).set("1", [OWNER]);
  theirs.namesAt(ENDPOINT, "key").add("A");
  Object.defineProperty(process, "pid", { value: own, configurable: true });
  const store = new OwnersAcrossProcesses(operation);
  const seen = () => [store.ownersAt(ENDPOINT).get("1"), store.namesAt(ENDPOINT, "key").has("A")];

  const whileItRuns = seen();
  other.send("end");
  await once(other, "exit");
  const afterwards = seen();

  expect(whileItRuns).toEqual([[{ ...OWNER, process: String(other.pid) }], true]);
  expect(afterwards).toEqual([[], false]);
  store.close();
  await rm(folder, { recursive: true, force: true });
});
