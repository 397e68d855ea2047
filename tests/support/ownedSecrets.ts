import { expect } from "@jest/globals";
import { newMark } from "../../provider/ownership/mark";
import { digest } from "../../provider/secret/digest";
import { kindIn } from "./problems";
import { type Run, SECRET_TYPE, type StateResource, type TestStack } from "./testStack";

/** The URN of a resource of the host under test, or of another type. */
export const urn = (name: string, type: string = SECRET_TYPE) => `urn:pulumi:test::test::${type}::${name}`;

/** Each resource of the state with the id of the secret that it owns, sorted by name. */
export async function owners(stack: TestStack): Promise<string[]> {
  const secrets = await stack.secrets();
  return secrets
    .map((secret) => `${secret.urn.split("::").at(-1)} ${secret.id}${secret.delete ? " (to delete)" : ""}`)
    .sort();
}

/** All warnings of a run, including the engine's own warnings. */
export function warnings({ diagnostics }: Run) {
  return diagnostics
    .filter(({ severity }) => severity === "warning")
    .map(({ message }) => ({ kind: kindIn(message), message }));
}

/**
 * Adds a resource `logical` to the state that owns the same secret as the first resource. People can do that with
 * `pulumi state`. Old versions of this package could also do it, because they did not read the state.
 */
export async function addOwner(
  stack: TestStack,
  logical: string,
  changes: { name?: string; existingId?: string } = {},
) {
  await editState(
    stack,
    (resources) => {
      const first = resources.find(({ type }) => type === SECRET_TYPE);
      if (!first) throw new Error("The state has no secret");
      const { valueDigest, mark: _, ...outputs } = first.outputs ?? {};
      const secret = { ...(valueDigest as object), plaintext: JSON.stringify(digest("w")) };
      const value = { ...(first.inputs?.value as object), plaintext: JSON.stringify("w") };
      const added = {
        ...first,
        urn: urn(logical),
        inputs: { ...first.inputs, value, ...changes },
        // Each entry has a different mark. The new mark doesn't contain the route that wrote the secret.
        outputs: { ...outputs, ...changes, mark: newMark(), valueDigest: secret },
      };
      return [...resources, added];
    },
    ["--show-secrets"],
  );
}

/** Edits the state as users do: export, edit, import. */
export async function editState(
  stack: TestStack,
  edit: (resources: StateResource[]) => StateResource[],
  exportArgs: string[] = [],
): Promise<void> {
  const { output } = await stack.cli(["stack", "export", ...exportArgs]).orThrow();
  const state = JSON.parse(output) as { deployment: { resources: StateResource[] } };
  state.deployment.resources = edit(state.deployment.resources);
  await stack.cli(["stack", "import"], JSON.stringify(state)).orThrow();
}

/** The warning that a secret is not deleted, because another resource owns it. */
export const isLeft = (name: string, id: string | undefined) => ({
  kind: "left-to-other-owner",
  message: expect.stringMatching(new RegExp(`"${name}" \\(${id}\\)[^]*triggers`)),
});

/** The error of a resource that declares the same name or id as `holder`. */
export const declaredTwice = (resource: string, holder: string, input: "name" | "existingId") => ({
  severity: "error",
  kind: "declared-twice",
  resource,
  message: expect.stringContaining(`${input} is also the ${input} of resource "${holder}"`),
});
