import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { NATIVE_TYPE } from "../../provider/hosts/typeTokens.js";
import type { Registration } from "../../provider/ownership/registration.js";
import { inputNames } from "../../provider/secret/inputs.js";
import type { WorkspaceSecretArgs } from "./secretResource.js";
import { shareState } from "./stackState.js";

/** A registration that waits for its resource: it needs the resource's aliases, which only exist after the constructor. */
export interface WaitingRegistration {
  input: { [Key in keyof Registration]?: unknown };
  /** Call this as soon as the resource is constructed. */
  complete(resource: pulumi.Resource): void;
}

/** A resource, as it is registered. */
export interface Registered {
  /** The type token. */
  type: string;
  /** The logical name. */
  name: string;
  opts: pulumi.CustomResourceOptions;
}

/** Returns the information that the dynamic provider gets only from the program, because its protocol contains only inputs. */
export function registrationOf(resource: Registered, args: Partial<WorkspaceSecretArgs>): WaitingRegistration {
  const { name, type } = resource;
  const { input, complete } = stateRegistrationOf(resource);
  const registration: WaitingRegistration["input"] = {
    ...input,
    registrationId: `${name} ${randomUUID()}`,
    name,
    type,
    value: pulumi.secret(args.value),
    secretInputs: secretInputsOf(args),
  };
  return { input: registration, complete };
}

/**
 * Returns the stack's state for this resource, which both hosts need. A provider must have the state before it decides
 * anything.
 */
export function stateRegistrationOf(resource: Registered): WaitingRegistration {
  const shared = shareState();
  const { promise: constructed, resolve: complete } = Promise.withResolvers<pulumi.Resource>();
  const state = constructed.then(async (made) => ({ ...(await shared), urns: await urnsOf(resource, made) }));
  return { input: { state }, complete };
}

/** The engine never prints these inputs: the state contains only a digest of them. */
const NEVER_PRINTED = new Set<string>(inputNames(({ inState }) => inState === "digest"));

/** Returns the inputs that the program marks as secrets, and that the engine would otherwise print if the check fails. */
async function secretInputsOf(args: Partial<WorkspaceSecretArgs>): Promise<string[]> {
  const outputs = Object.entries(args).filter(
    ([name, given]) => !NEVER_PRINTED.has(name) && pulumi.Output.isInstance(given),
  );
  const marked = outputs.map(async ([name, given]) =>
    (await pulumi.isSecret(given as pulumi.Output<unknown>)) ? [name] : [],
  );
  return (await Promise.all(marked)).flat();
}

/** Returns the URNs under which the state may contain the resource. Undefined if the plugin knows them. */
async function urnsOf({ type, name, opts: { parent } }: Registered, resource: pulumi.Resource) {
  // Pulumi's constructor sets this property from the options and the parent's aliases. It is missing from Pulumi's types.
  const { __aliases: aliases = [] } = resource as unknown as { __aliases?: pulumi.Input<string>[] };
  // The plugin knows the resource's URN, and the one in the dynamic provider: the alias that each resource of the plugin has.
  if (type === NATIVE_TYPE && aliases.length === 1) return undefined;
  const urns = pulumi.all([pulumi.createUrn(name, type, parent), ...aliases]);
  return new Promise<string[]>((resolve) => {
    urns.apply((known) => resolve([...new Set(known)]));
  });
}
