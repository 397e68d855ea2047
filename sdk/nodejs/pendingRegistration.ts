import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { SentRegistration } from "../../provider/hosts/dynamic/registrationInput.js";
import { INPUTS, inputNames } from "../../provider/secret/inputs.js";
import type { StackOwner } from "../../provider/secret/registration.js";
import { type OwnersByUrn, ownersInState } from "./ownersInState.js";
import type { WorkspaceSecretArgs } from "./secretResource.js";

/** A registration that waits for its resource: the resource's own aliases, which its constructor makes, belong to it. */
export interface PendingRegistration {
  input: pulumi.Input<object>;
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

export function pendingRegistration(resource: Registered, args: Partial<WorkspaceSecretArgs>): PendingRegistration {
  const known: { [Key in keyof SentRegistration]: unknown } = {
    resource: `${resource.name} ${randomUUID()}`,
    value: pulumi.secret(args.value),
    ownedByOthers: "[]",
    secretInputs: secretInputsOf(args),
  };
  if (!mayAdopt(args)) return { input: known, complete: () => {} };
  const { promise: constructed, resolve: complete } = Promise.withResolvers<pulumi.Resource>();
  const ownedByOthers = constructed.then(async (made) => {
    const own = await urnsOf(resource, made);
    return JSON.stringify(ownersOtherThan(own, resource.type, await ownersInState()));
  });
  return { input: { ...known, ownedByOthers }, complete };
}

/** An output may say anything, so it counts as a yes. */
function mayAdopt({ onExisting, existingId }: Partial<WorkspaceSecretArgs>): boolean {
  return existingId !== undefined || (onExisting ?? INPUTS.onExisting.defaultValue) !== INPUTS.onExisting.defaultValue;
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
async function urnsOf({ type, name, opts: { parent } }: Registered, resource: pulumi.Resource): Promise<Set<string>> {
  // Pulumi's constructor makes this property from the options and the parent's aliases. Its types leave it out.
  const { __aliases: aliases = [] } = resource as unknown as { __aliases?: pulumi.Input<string>[] };
  const urns = pulumi.all([pulumi.createUrn(name, type, parent), ...aliases]);
  return new Promise((resolve) => {
    urns.apply((known) => resolve(new Set(known)));
  });
}

function ownersOtherThan(own: Set<string>, ownType: string, owners: OwnersByUrn): StackOwner[] {
  return [...owners]
    .filter(([urn]) => !own.has(urn))
    .map(([, { type, ...owner }]) => (type === ownType ? owner : { ...owner, type }));
}
