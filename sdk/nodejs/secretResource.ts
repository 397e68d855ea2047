import * as pulumi from "@pulumi/pulumi";
import { REGISTRATION_INPUT } from "../../provider/ownership/registration.js";
import { inputNames, type WorkspaceSecretInputs } from "../../provider/secret/inputs.js";
import { isMocked } from "./mocks.js";
import type { Registered, WaitingRegistration } from "./registration.js";
import { suspendStackTraces } from "./stackTraces.js";
import { checkedTriggers } from "./triggers.js";

/** The arguments of a `WorkspaceSecret`. Only `value` is required. */
export type WorkspaceSecretArgs = {
  [Key in keyof Pick<WorkspaceSecretInputs, "value">]: pulumi.Input<WorkspaceSecretInputs[Key]>;
} & {
  // Adds `undefined` to the types, for programs that use `exactOptionalPropertyTypes`.
  [Key in keyof Omit<WorkspaceSecretInputs, "value">]?: pulumi.Input<WorkspaceSecretInputs[Key]> | undefined;
};

const SECRET_INPUTS = inputNames(({ isSecret }) => isSecret === true);
const OUTPUTS = ["secretId", ...inputNames(({ inState }) => inState === "output"), "endpoint"];

/** `{ secret_id }`: the object with which the config of an agent or a tool refers to a secret. */
export type SecretReference = pulumi.Output<{ secret_id: string }>;

// Pulumi finds the program's line by counting stack frames, so each resource class must extend Pulumi's class directly. The
// classes of both hosts, and the components, therefore share functions instead of a base class.

/**
 * Prepares the constructor of a secret: its inputs, and the functions to call after Pulumi's constructor has succeeded or
 * failed. Call `super` immediately afterwards: until then, stack traces are off.
 */
export function construction(
  resource: Registered,
  args: WorkspaceSecretArgs,
  register: (resource: Registered, args: Partial<WorkspaceSecretArgs>) => WaitingRegistration,
) {
  const isLookup = resource.opts.id !== undefined;
  const registration = isLookup || isMocked() ? undefined : register(resource, args);
  const inputs: Record<string, unknown> = {
    // Pulumi creates an output for each of these properties.
    ...Object.fromEntries(OUTPUTS.map((output) => [output, undefined])),
    ...(isLookup ? args : managedInputs(resource.name, args)),
    ...(registration && { [REGISTRATION_INPUT]: registration.input }),
  };
  const stackTraces = suspendStackTraces();
  return {
    inputs,
    succeeded(made: SecretResource) {
      stackTraces.resume();
      registration?.complete(made);
      hideInputs(made);
      completeUnderMocks(made);
    },
    failed: stackTraces.addTo,
  };
}

type SecretResource = pulumi.CustomResource & { secretId: pulumi.Output<string> };

/**
 * Makes sure that a program that exports the whole resource exports only its outputs. Pulumi also creates a property for
 * each input, such as the value.
 */
function hideInputs(resource: SecretResource): void {
  const shown = new Set(["id", "urn", ...OUTPUTS]);
  for (const name of Object.keys(resource).filter((name) => !name.startsWith("__") && !shown.has(name))) {
    Object.defineProperty(resource, name, { enumerable: false });
  }
}

function completeUnderMocks(resource: SecretResource): void {
  if (!isMocked()) return;
  // A mock returns the inputs as outputs, usually without `secretId`. Then the resource's id is used.
  const { id, secretId } = resource;
  resource.secretId = pulumi
    .all([id, secretId as pulumi.Output<string | undefined>])
    .apply(([mockedId, given]) => given ?? mockedId);
}

const references = new WeakMap<SecretResource, SecretReference>();

/** Created lazily, because each output slows the program down. The state contains the id anyway. */
export function referenceOf(resource: SecretResource): SecretReference {
  const made = references.get(resource) ?? resource.secretId.apply((secret_id) => ({ secret_id }));
  references.set(resource, made);
  return made;
}

/** The inputs of a secret that this stack manages. */
function managedInputs(logicalName: string, args: WorkspaceSecretArgs): Record<string, unknown> {
  return {
    ...args,
    name: nameOf(logicalName, args.name),
    // Omit triggers that aren't set: with the value `undefined`, they would become an output.
    ...(args.triggers === undefined ? {} : { triggers: checkedTriggers(logicalName, args.triggers) }),
    ...Object.fromEntries(SECRET_INPUTS.map((input) => [input, secretInput(args[input])])),
  };
}

function nameOf(logicalName: string, given: pulumi.Input<string | undefined>): pulumi.Input<string> {
  if (given === undefined) return logicalName;
  const isPlain = typeof given !== "object";
  return isPlain ? given : pulumi.output(given).apply((name) => name ?? logicalName);
}

/** Null is treated as a missing value, and so fails the check. */
function secretInput(given: unknown): pulumi.Output<unknown> | undefined {
  return given === undefined || given === null ? undefined : pulumi.secret(given);
}
