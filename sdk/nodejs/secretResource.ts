import * as pulumi from "@pulumi/pulumi";
import { inputNames, type WorkspaceSecretInputs } from "../../provider/secret/inputs.js";
import { checkedTriggers } from "./triggers.js";
import { isUnderMocks } from "./underMocks.js";

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

/**
 * Makes sure that a program that exports the whole resource exports its outputs only: Pulumi makes a property of each input,
 * too, such as the value.
 */
export function hideInputs(resource: pulumi.CustomResource): void {
  const shown = new Set(["id", "urn", ...OUTPUTS]);
  for (const name of Object.keys(resource).filter((name) => !name.startsWith("__") && !shown.has(name))) {
    Object.defineProperty(resource, name, { enumerable: false });
  }
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

/** The inputs of a secret that this stack manages. */
export function managedInputs(logicalName: string, args: WorkspaceSecretArgs): Record<string, unknown> {
  return {
    ...args,
    name: nameOf(logicalName, args.name),
    // With the value `undefined`, an input that isn't given would become an output.
    ...(args.triggers === undefined ? {} : { triggers: checkedTriggers(logicalName, args.triggers) }),
    ...Object.fromEntries(SECRET_INPUTS.map((input) => [input, secretInput(args[input])])),
  };
}

function nameOf(logicalName: string, given: pulumi.Input<string | undefined>): pulumi.Input<string> {
  if (given === undefined) return logicalName;
  const isPlain = typeof given !== "object";
  return isPlain ? given : pulumi.output(given).apply((name) => name ?? logicalName);
}

/** Null counts as not given, and so fails the check. */
function secretInput(given: unknown): pulumi.Output<unknown> | undefined {
  return given === undefined || given === null ? undefined : pulumi.secret(given);
}
