import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { OwnersAcrossProcesses } from "../../provider/hosts/plugin/ownersAcrossProcesses";

const OWNER = { resource: "urn:a", name: "A", workspace: "default" };
const ORIGIN = "https://api.example";

test("two workspaces of one origin share their owners, and two of one key their names", () => {
  const store = new OwnersAcrossProcesses(`test ${Math.random()}`);
  store.ownersAt(ORIGIN).set("1", [OWNER]);
  store.namesAt(ORIGIN, "key").add("A");

  expect(store.ownersAt(ORIGIN).get("1")).toEqual([OWNER]);
  expect(store.ownersAt("https://other.example").get("1")).toEqual([]);
  expect(store.namesAt(ORIGIN, "key").has("A")).toBe(true);
  expect(store.namesAt(ORIGIN, "other").has("A")).toBe(false);
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
  theirs.ownersAt(ORIGIN).set("1", [OWNER]);
  theirs.namesAt(ORIGIN, "key").add("A");
  Object.defineProperty(process, "pid", { value: own, configurable: true });
  const store = new OwnersAcrossProcesses(operation);
  const seen = () => [store.ownersAt(ORIGIN).get("1"), store.namesAt(ORIGIN, "key").has("A")];

  const whileItRuns = seen();
  other.send("end");
  await once(other, "exit");
  const afterwards = seen();

  expect(whileItRuns).toEqual([[{ ...OWNER, process: String(other.pid) }], true]);
  expect(afterwards).toEqual([[], false]);
  store.close();
  await rm(folder, { recursive: true, force: true });
});
