import { describe, expect, test } from "@jest/globals";
import { owners, urn } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";
import { fails, held, outcome, succeeds, writes } from "./support";

/** A resource that is deleted before it is replaced. */
const source = (name: string) =>
  `const source = new WorkspaceSecret("source", { name: "${name}", value: "v" }, { deleteBeforeReplace: true });`;
/** An input that comes from this resource, but keeps its value. */
const fromSource = (value: string) => `source.secretId.apply(() => "${value}")`;

describe("an input of a resource that is deleted before it is replaced", () => {
  test.each(["name", "workspace", "existingId", "onNameChange"])(
    "an input (%s) that comes from a replaced resource deletes no secret",
    async (input) => {
      const stack = await startStack();
      const theirs = stack.workspace.add("OURS", "theirs");
      const inputs: Record<string, string> = {
        name: fromSource("OURS"),
        workspace: fromSource("default"),
        existingId: fromSource(theirs.id),
        onNameChange: fromSource("rename"),
      };
      const args = { name: '"OURS"', value: '"v"', onExisting: '"overwrite"', [input]: inputs[input] };
      const shown = Object.entries(args).map(([name, given]) => `${name}: ${given}`);
      const ours = `new WorkspaceSecret("ours", { ${shown.join(", ")} });`;
      await stack.deploy(source("ONE") + ours);

      const run = await stack.deploy(source("TWO") + ours);

      expect(run.steps.ours).toBe("same");
      expect(run.requests.filter(({ path }) => path.endsWith(theirs.id))).toEqual([]);
      expect(held(stack.workspace)).toEqual(expect.arrayContaining([`${theirs.id} OURS=v`]));
      expect(await owners(stack)).toContain(`ours ${theirs.id}`);
    },
  );
});

describe("a forced replacement that deletes first", () => {
  const ours = (args: string) =>
    `new WorkspaceSecret("ours", { name: "OURS", value: "v", ${args} }, { deleteBeforeReplace: true });`;

  test("a replacement that deletes first never deletes a kept value", async () => {
    const stack = await startStack();
    const theirs = stack.workspace.add("OURS", "theirs");
    await stack.deploy(ours('onExisting: "keep"'));

    const run = await stack.up("--replace", urn("ours"));
    const quiet = await stack.preview("--expect-no-changes");

    expect(outcome(run)).toEqual(fails(run, "kept-value-at-risk"));
    expect(writes(run)).toEqual([]);
    expect(held(stack.workspace)).toEqual([`${theirs.id} OURS=theirs`]);
    expect(await owners(stack)).toEqual([`ours ${theirs.id}`]);
    expect(quiet.code).toBe(0);
  });

  test.each([true, false])("a forced rename never replaces a kept value (deletes first: %s)", async (deletesFirst) => {
    const stack = await startStack();
    const theirs = stack.workspace.add("OURS", "theirs");
    const named = (name: string) =>
      `new WorkspaceSecret("ours", { name: "${name}", value: "v", onExisting: "keep" }, { deleteBeforeReplace: ${deletesFirst} });`;
    await stack.deploy(named("OURS"));
    await stack.program(named("OTHER"));

    const run = await stack.up("--replace", urn("ours"));
    await stack.program(named("OURS"));
    const quiet = await stack.preview("--expect-no-changes");

    expect(outcome(run)).toEqual(fails(run, "kept-value-at-risk"));
    expect(writes(run)).toEqual([]);
    expect(held(stack.workspace)).toEqual([`${theirs.id} OURS=theirs`]);
    expect(await owners(stack)).toEqual([`ours ${theirs.id}`]);
    expect(quiet.code).toBe(0);
  });

  test("a replacement keeps the secret that existingId adopts again", async () => {
    const stack = await startStack();
    const theirs = stack.workspace.add("OURS", "theirs");
    await stack.deploy(ours(`existingId: "${theirs.id}"`));

    const run = await stack.up("--replace", urn("ours"));
    const quiet = await stack.preview("--expect-no-changes");

    expect(outcome(run)).toEqual(succeeds(run, "left-to-other-owner"));
    expect(writes(run)).not.toContain("delete");
    expect(held(stack.workspace)).toEqual([`${theirs.id} OURS=v`]);
    expect(await owners(stack)).toEqual([`ours ${theirs.id}`]);
    expect(quiet.code).toBe(0);
  });

  test("a replacement never adopts another resource's renamed secret", async () => {
    const stack = await startStack({ emulator: { uniqueNames: false }, config: { "elevenlabs:maxRetries": "0" } });
    const other = 'new WorkspaceSecret("other", { value: "v", onNameChange: "rename" });';
    await stack.deploy(ours('onExisting: "overwrite"') + other);
    const [id = ""] = stack.workspace.secrets().flatMap(({ id, name }) => (name === "other" ? [id] : []));
    stack.workspace.rename(id, "OURS");
    stack.emulator.fault({ kind: "status", status: 500, on: "update" });

    const run = await stack.up("--refresh", "--replace", urn("ours"), "--continue-on-error");

    expect(run.kinds).toContain("owned-by-other");
    expect(held(stack.workspace)).toEqual([`${id} OURS=v`]);
    expect((await owners(stack)).filter((owner) => owner.endsWith(id))).toEqual([`other ${id}`]);
  });

  test("a forced replacement that deletes first creates a new secret", async () => {
    const stack = await startStack();
    await stack.deploy(ours(""));
    const [before] = stack.workspace.secrets();

    const run = await stack.up("--replace", urn("ours"));

    expect(outcome(run)).toEqual(succeeds(run));
    expect(writes(run)).toEqual(["delete", "create"]);
    expect(held(stack.workspace)).toEqual([expect.not.stringContaining(before?.id ?? "none")]);
  });
});
