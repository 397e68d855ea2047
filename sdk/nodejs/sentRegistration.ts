import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { SentRegistration } from "../../provider/hosts/dynamic/registrationInput.js";
import { TYPE_TOKEN } from "../../provider/hosts/dynamic/storedFormats.js";
import type { StateHolder } from "../../provider/secret/registration.js";
import { holdersOfState } from "./stackState.js";
import type { WorkspaceSecretArgs } from "./workspaceSecret.js";

/** A registration that is made beside the resource, whose own aliases it needs. */
export interface PendingRegistration {
  input: pulumi.Input<object>;
  /** To be called once the resource is constructed. */
  complete(resource: pulumi.Resource): void;
}

export function registrationOf(
  logicalName: string,
  args: Partial<WorkspaceSecretArgs>,
  opts: pulumi.CustomResourceOptions,
): PendingRegistration {
  const known: { [Key in keyof SentRegistration]: unknown } = {
    resource: `${logicalName} ${randomUUID()}`,
    value: pulumi.secret(args.value),
    heldByOthers: "[]",
    secretInputs: secretInputsOf(args),
  };
  const { onExisting, existingId } = args;
  const takesOver = existingId !== undefined || (onExisting !== undefined && onExisting !== "fail");
  if (!takesOver) return { input: known, complete: () => {} };
  let complete: PendingRegistration["complete"] = () => {};
  const constructed = new Promise<pulumi.Resource>((resolve) => {
    complete = resolve;
  });
  const heldByOthers = constructed.then(async (resource) => {
    const own = await urnsOf(logicalName, resource, opts);
    return JSON.stringify(othersThan(own, await holdersOfState()));
  });
  return { input: { ...known, heldByOthers }, complete };
}

/** The inputs that the program has marked as secrets, and that the engine would print where they are wrong. */
async function secretInputsOf(args: Partial<WorkspaceSecretArgs>): Promise<string[]> {
  const { value: _, triggers: __, ...shown } = args;
  const outputs = Object.entries(shown).filter(([, given]) => pulumi.Output.isInstance(given));
  const marked = outputs.map(async ([key, given]) =>
    (await pulumi.isSecret(given as pulumi.Output<unknown>)) ? [key] : [],
  );
  return (await Promise.all(marked)).flat();
}

/** The URNs under which the state may know a resource. */
async function urnsOf(
  logicalName: string,
  resource: pulumi.Resource,
  { parent }: pulumi.CustomResourceOptions,
): Promise<Set<string>> {
  // Made by Pulumi's constructor, of the options and of the parent's aliases; left out of its types.
  const { __aliases: aliases = [] } = resource as unknown as { __aliases?: pulumi.Input<string>[] };
  const urns = pulumi.all([pulumi.createUrn(logicalName, TYPE_TOKEN, parent), ...aliases]);
  return new Promise((resolve) => {
    urns.apply((known) => resolve(new Set(known)));
  });
}

function othersThan(own: Set<string>, holders: Map<string, StateHolder>): StateHolder[] {
  return [...holders].filter(([urn]) => !own.has(urn)).map(([, holder]) => holder);
}
