import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { addWorkspaces, startAnother } from "../../support/namedWorkspaces";
import { owners, urn } from "../../support/ownedSecrets";
import { commandsIn, runPrinted } from "../../support/printedAdvice";
import { startStack } from "../../support/testStack";
import { fails, held, names, outcome, succeeds } from "./support";

const PROGRAM = 'new WorkspaceSecret("a", { name: "A", value: "v" });';
const KEYS = { sk_old: { workspace: "old" }, sk_new: { workspace: "new" } };

describe("the advice of wrong-account", () => {
  test("after wrong-account, pulumi state delete lets up create the secret", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await stack.deploy(PROGRAM);
    stack.env.ELEVENLABS_API_KEY = "sk_new";
    const refused = await stack.refresh();

    expect(outcome(refused)).toEqual(fails(refused, "wrong-account"));
    const [forget, showUrns] = commandsIn(refused.problems[0]?.message);
    const [found = ""] = /urn:\S+::a$/m.exec(await runPrinted(stack, showUrns)) ?? [];
    await runPrinted(stack, forget?.replace("URN", found));
    const up = await stack.up();

    expect(outcome(up)).toEqual(succeeds(up));
    expect([names(stack.emulator.workspace("old")), names(stack.emulator.workspace("new"))]).toEqual([["A"], ["A"]]);
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });

  test("after wrong-account, the old key in the environment continues", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await stack.deploy(PROGRAM);
    const before = held(stack.emulator.workspace("old"));
    stack.env.ELEVENLABS_API_KEY = "sk_new";
    const refused = await stack.refresh();

    const [, variable = ""] = /Set (\w+) to the key/.exec(refused.problems[0]?.message ?? "") ?? [];
    stack.env[variable] = "sk_old";

    expect(outcome(refused)).toEqual(fails(refused, "wrong-account"));
    expect(await stack.refresh()).toMatchObject({ code: 0, changes: { same: 1 } });
    expect(held(stack.emulator.workspace("old"))).toEqual(before);
  });

  test.each(["key", "URL"])("after wrong-account, the old %s in the config continues", async (what) => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await stack.configureSecrets({ "elevenlabs:apiKey": "sk_old" });
    await stack.deploy(PROGRAM);
    const before = held(stack.emulator.workspace("old"));
    const other = await startAnother({ keys: KEYS });
    if (what === "key") await stack.configureSecrets({ "elevenlabs:apiKey": "sk_new" });
    else await stack.configure({ "elevenlabs:baseUrl": other.url });
    await stack.program(PROGRAM.replace('"v"', '"w"'));
    const refused = await stack.up();

    const [setOld] = commandsIn(refused.problems[0]?.message);
    await runPrinted(stack, setOld, "sk_old");
    const followed = await stack.up();

    expect(outcome(refused)).toEqual(fails(refused, "wrong-account"));
    expect(outcome(followed)).toEqual(succeeds(followed));
    expect(held(stack.emulator.workspace("old"))).toEqual(before.map((secret) => secret.replace("=v", "=w")));
    expect([...stack.emulator.workspace("new").secrets(), ...other.workspace("old").secrets()]).toEqual([]);
  });

  test("after wrong-account, another workspace in the config moves the secret", async () => {
    const stack = await startStack({ emulator: { keys: KEYS } });
    await stack.deploy(PROGRAM);
    await addWorkspaces(stack, { next: { apiKey: "sk_new", url: stack.emulator.url } });

    const up = await stack.deploy(PROGRAM.replace('"v"', '"v", workspace: "next"'));

    expect(outcome(up)).toEqual(succeeds(up));
    expect([names(stack.emulator.workspace("old")), names(stack.emulator.workspace("new"))]).toEqual([[], ["A"]]);
  });
});

test("after changed-meanwhile, the same command succeeds", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("A", "theirs");
  stack.emulator.fault({ kind: "delay", ms: 300, on: "list", when: "after" });
  await stack.program(PROGRAM.replace('"v"', '"v", onExisting: "overwrite"'));
  const isListed = stack.emulator.waitForRequest(({ operation }) => operation === "list", 60_000);
  const renamed = isListed.then(() => stack.workspace.rename(id, "THEIRS"));

  const refused = await stack.up();
  await renamed;
  const again = await stack.up();

  expect(outcome(refused)).toEqual(fails(refused, "changed-meanwhile"));
  expect(outcome(again)).toEqual(succeeds(again));
  expect(names(stack.workspace)).toEqual(["A", "THEIRS"]);
  expect(held(stack.workspace)).toContain(`${id} THEIRS=theirs`);
});

test("after name-ignored, the secret's current name works in the program", async () => {
  let isIgnored = false;
  const stack = await startStack({ emulator: { normalizeName: (name) => (isIgnored ? "A" : name) } });
  const named = (name: string) => `new WorkspaceSecret("a", { name: "${name}", value: "v", onNameChange: "rename" });`;
  await stack.deploy(named("A"));
  const [before] = stack.workspace.secrets();
  isIgnored = true;
  await stack.program(named("OTHER"));
  const refused = await stack.up();

  const followed = await stack.deploy(named("A"));

  expect(outcome(refused)).toEqual(fails(refused, "name-ignored"));
  expect(outcome(followed)).toEqual(succeeds(followed));
  expect(stack.workspace.secrets()).toEqual([before]);
  expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
});

test("after state-unreadable, another TMPDIR works", async () => {
  const stack = await startStack({ env: { TMPDIR: "/proc" } });
  const { id } = stack.workspace.add("A", "theirs");
  await stack.program(PROGRAM.replace('"v"', '"v", onExisting: "overwrite"'));
  const refused = await stack.up();
  stack.env.TMPDIR = join(stack.folder, "temporary");
  await mkdir(stack.env.TMPDIR);

  const followed = await stack.up();

  expect(refused.code).not.toBe(0);
  expect(refused.kinds).toEqual(["not-shared", "state-unreadable"]);
  expect(outcome(followed)).toEqual(succeeds(followed));
  expect(held(stack.workspace)).toEqual([`${id} A=v`]);
});

test("a kept value can be replaced after its triggers changed", async () => {
  const stack = await startStack();
  const { id } = stack.workspace.add("A", "theirs");
  const program = (more: string) =>
    `new WorkspaceSecret("a", { name: "A", value: "v", onExisting: "keep"${more} }, { deleteBeforeReplace: true });`;
  await stack.deploy(program(""));
  const refused = await stack.up("--replace", urn("a"));

  await stack.deploy(program(", triggers: [1]"));
  const replaced = await stack.up("--replace", urn("a"));

  expect(outcome(refused)).toEqual(fails(refused, "kept-value-at-risk"));
  expect(outcome(replaced)).toEqual(succeeds(replaced));
  expect(stack.workspace.secrets()).toMatchObject([{ name: "A", value: "v" }]);
  expect(stack.workspace.secrets()[0]?.id).not.toBe(id);
  expect(await owners(stack)).toHaveLength(1);
});
