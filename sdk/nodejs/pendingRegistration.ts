import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Registration } from "../../provider/ownership/registration.js";
import { inputNames } from "../../provider/secret/inputs.js";
import type { WorkspaceSecretArgs } from "./secretResource.js";
import { shareState } from "./stackState.js";

/** A registration that waits for its resource: the resource's own aliases, which its constructor makes, belong to it. */
export interface PendingRegistration {
  input: { [Key in keyof Registration]?: unknown };
  /** Call this as soon as the resource is constructed. */
  complete(resource: pulumi.Resource): void;
}

/** What a resource is registered with. */
export interface Registered {
  /** Its type token. */
  type: string;
  /** Its logical name. */
  name: string;
  opts: pulumi.CustomResourceOptions;
}

/** What only the program knows, for a host that is told nothing about a resource but its inputs. */
export function pendingRegistration(resource: Registered, args: Partial<WorkspaceSecretArgs>): PendingRegistration {
  const { name, type } = resource;
  const { input, complete } = pendingStateOf(resource);
  const registration: PendingRegistration["input"] = {
    ...input,
    resource: `${name} ${randomUUID()}`,
    name,
    type,
    value: pulumi.secret(args.value),
    secretInputs: secretInputsOf(args),
  };
  return { input: registration, complete };
}

/** What the stack's state has, for a host that knows everything else. The providers must know it before anything else. */
export function pendingStateOf(resource: Registered): PendingRegistration {
  const shared = shareState();
  const { promise: constructed, resolve: complete } = Promise.withResolvers<pulumi.Resource>();
  const state = constructed.then(async (made) => ({ ...(await shared), urns: await urnsOf(resource, made) }));
  return { input: { state }, complete };
}

/** The engine never prints these: only a digest of them is kept. */
const NEVER_PRINTED = new Set<string>(inputNames(({ inState }) => inState === "digest"));

/** The inputs that the program marks as secrets, and that the engine would print if they fail the check. */
async function secretInputsOf(args: Partial<WorkspaceSecretArgs>): Promise<string[]> {
  const outputs = Object.entries(args).filter(
    ([name, given]) => !NEVER_PRINTED.has(name) && pulumi.Output.isInstance(given),
  );
  const marked = outputs.map(async ([name, given]) =>
    (await pulumi.isSecret(given as pulumi.Output<unknown>)) ? [name] : [],
  );
  return (await Promise.all(marked)).flat();
}

/** The URNs under which the state may have the resource. */
async function urnsOf({ type, name, opts: { parent } }: Registered, resource: pulumi.Resource): Promise<string[]> {
  // Pulumi's constructor makes this property from the options and the parent's aliases. Its types leave it out.
  const { __aliases: aliases = [] } = resource as unknown as { __aliases?: pulumi.Input<string>[] };
  const urns = pulumi.all([pulumi.createUrn(name, type, parent), ...aliases]);
  return new Promise((resolve) => {
    urns.apply((known) => resolve([...new Set(known)]));
  });
}
