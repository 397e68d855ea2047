import * as pulumi from "@pulumi/pulumi";
import { inputNames, type WorkspaceSecretInputs } from "../../provider/secret/inputs.js";
import { checkedTriggers } from "./triggers.js";
import { isUnderMocks } from "./underMocks.js";
import { uniqueExistingId, uniqueName } from "./uniqueInputs.js";

/** The arguments of a `WorkspaceSecret`. Only `value` is required. */
export type WorkspaceSecretArgs = {
  [Key in keyof Pick<WorkspaceSecretInputs, "value">]: pulumi.Input<WorkspaceSecretInputs[Key]>;
} & {
  // With `undefined`, for programs that use `exactOptionalPropertyTypes`.
  [Key in keyof Omit<WorkspaceSecretInputs, "value">]?: pulumi.Input<WorkspaceSecretInputs[Key]> | undefined;
};

const SECRET_INPUTS = inputNames(({ isSecret }) => isSecret === true);
const OUTPUTS = ["secretId", ...inputNames(({ inState }) => inState === "output"), "endpoint"];

/** `{ secret_id }`: how the config of an agent or a tool refers to a secret. */
export type SecretReference = pulumi.Output<{ secret_id: string }>;

// Pulumi notes the program's line that declares a resource by counting calls, and expects the class of the resource directly
// above its own. So the classes of both hosts share functions, and no class.

/** The properties that make Pulumi give a resource its outputs. */
export function secretOutputs(): Record<string, undefined> {
  return Object.fromEntries(OUTPUTS.map((output) => [output, undefined]));
}

/** To be called at the end of the constructor. */
export function completeUnderMocks(resource: pulumi.CustomResource & { secretId: pulumi.Output<string> }): void {
  if (!isUnderMocks()) return;
  // A mock returns the inputs as outputs, usually without `secretId`: then the resource's id serves.
  const { id, secretId } = resource;
  resource.secretId = pulumi
    .all([id, secretId as pulumi.Output<string | undefined>])
    .apply(([mockedId, given]) => given ?? mockedId);
}

export function referenceTo(secretId: pulumi.Output<string>): SecretReference {
  return secretId.apply((secret_id) => ({ secret_id }));
}

/** The inputs of a secret that this stack manages. `scope` is the explicit provider, if there is one. */
export function managedInputs(
  logicalName: string,
  args: WorkspaceSecretArgs,
  scope?: pulumi.ProviderResource,
): Record<string, unknown> {
  return {
    ...args,
    name: uniqueName({ logicalName, scope }, args.name, args.workspace),
    // With the value `undefined`, an input that isn't given would become an output.
    ...(args.triggers === undefined ? {} : { triggers: checkedTriggers(logicalName, args.triggers) }),
    ...(args.existingId === undefined ? {} : { existingId: uniqueExistingId({ logicalName, scope }, args.existingId) }),
    ...Object.fromEntries(SECRET_INPUTS.map((input) => [input, secretInput(args[input])])),
  };
}

/** Null counts as not given, and so fails the check. */
function secretInput(given: unknown): pulumi.Output<unknown> | undefined {
  return given === undefined || given === null ? undefined : pulumi.secret(given);
}
