import { beforeEach, describe, expect, test } from "@jest/globals";
import { SECRET_TYPE, type StateResource, startStack, type TestStack } from "../support/testStack";

type Properties = Record<string, unknown>;

/** Outputs in earlier formats, by the logical name of the resource that gets them. An undefined output is removed. */
const SHAPES: Record<string, (id: string | undefined) => Properties> = {
  workspace: () => ({ workspace: undefined }),
  endpoint: () => ({ endpoint: undefined }),
  secretId: () => ({ secretId: undefined }),
  reference: (id) => ({ reference: { secret_id: id } }),
  provider: () => ({ __provider: EARLIER_PROVIDER }),
  digest: () => ({ valueDigest: undefined }),
  triggers: () => ({ triggersDigest: undefined }),
  most: () => ({ ...MOST, __provider: EARLIER_PROVIDER }),
  all: () => ({ ...MOST, name: undefined }),
};
const EARLIER_PROVIDER =
  'exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-elevenlabs/provider").dynamic()';
const MOST = {
  workspace: undefined,
  endpoint: undefined,
  secretId: undefined,
  valueDigest: undefined,
  triggersDigest: undefined,
};
const NAMES = Object.keys(SHAPES);
/** Resources whose state lacks the digest of the value or of the triggers. */
const PUSHED = ["all", "digest", "most", "triggers"];
/** Resources whose state lacks only values that have a default. */
const COMPLETE = ["provider", "reference", "workspace"];

const PROGRAM = `for (const name of ${JSON.stringify(NAMES)}) new WorkspaceSecret(name, { value: "v", triggers: [1] })`;

/** Edits the state as users do it: export, edit, import. */
async function age(stack: TestStack): Promise<void> {
  const { output } = await stack.cli(["stack", "export"]).orThrow();
  const state = JSON.parse(output) as { deployment: { resources: StateResource[] } };
  for (const { type, urn, id, outputs } of state.deployment.resources) {
    if (type === SECRET_TYPE && outputs) Object.assign(outputs, SHAPES[urn.split("::").at(-1) ?? ""]?.(id));
  }
  await stack.cli(["stack", "import"], JSON.stringify(state)).orThrow();
}

describe("a state in an earlier format", () => {
  let stack: TestStack;

  beforeEach(async () => {
    stack = await startStack();
    await stack.deploy(PROGRAM);
    await age(stack);
  });

  test("up completes an old state, and pushes only values it can't compare", async () => {
    const before = stack.workspace.secrets();

    const run = await stack.up();

    expect(run.code).toBe(0);
    const steps = NAMES.map((name) => [name, COMPLETE.includes(name) ? "same" : "update"]);
    expect(run.steps).toEqual(Object.fromEntries(steps));
    const pushed = run.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
    const expected = before
      .filter(({ name }) => PUSHED.includes(name))
      .map(({ id }) => `PATCH /v1/convai/secrets/${id}`);
    expect(pushed.sort()).toEqual(expected.sort());
    expect(stack.workspace.secrets()).toEqual(before);
    const secrets = await stack.decryptedSecrets();
    expect(before).toHaveLength(NAMES.length);
    for (const { id, name } of before) {
      expect(secrets[name]?.outputs).toMatchObject({
        secretId: id,
        name,
        endpoint: stack.emulator.url,
        valueDigest: expect.any(String),
        triggersDigest: expect.any(String),
      });
    }
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("a refresh reads an old state, and later commands work as usual", async () => {
    const before = stack.workspace.secrets();

    const refresh = await stack.refresh();
    expect(refresh.code).toBe(0);
    expect(Object.values(refresh.steps).filter((step) => step === "delete")).toEqual([]);
    const run = await stack.up();
    expect(run.code).toBe(0);
    expect(Object.values(run.steps).filter((step) => step !== "update" && step !== "same")).toEqual([]);
    expect(stack.workspace.secrets()).toEqual(before);
    expect((await stack.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });

  test("destroy works with an old state", async () => {
    const run = await stack.destroy();

    expect(run.code).toBe(0);
    expect(run.calls).toEqual(NAMES.map(() => "delete"));
    expect(stack.workspace.secrets()).toEqual([]);
  });
});
