import { type CheckFailure, UNKNOWN } from "./inputs.js";
import type { Registration, StackOwner } from "./registration.js";
import { workspaceOf } from "./state.js";

type Inputs = Record<string, unknown>;

/** Finds conflicts between the resources of a stack, which the inputs of one resource alone can't show. */
export class StackCheck {
  /** By workspace and name: the resource that the program wants there. */
  private readonly wanted = new Map<string, string>();
  /** By workspace and name: the secrets that other resources of the state own. */
  private readonly ownedByOthers = new Map<string, StackOwner[]>();

  check(inputs: Inputs, olds: Inputs, { resource, value, ownedByOthers }: Registration): CheckFailure[] {
    const place = placeOf(inputs);
    const failures: CheckFailure[] = [];
    const isTransformed = typeof inputs.value === "string" && value !== UNKNOWN && inputs.value !== value;
    // With `ignoreChanges`, the engine gives the value of the last update.
    if (isTransformed && inputs.value !== olds.value) {
      failures.push({ property: "value", kind: "value-transformed", facts: {} });
    }
    if (place === undefined) return failures;
    const other = this.wanted.get(place) ?? resource;
    if (other !== resource) {
      failures.push({ property: "name", kind: "name-declared-twice", facts: {} });
      return failures;
    }
    this.wanted.set(place, resource);
    this.ownedByOthers.set(place, ownedByOthers);
    return isToBeCreated(inputs, olds) ? [...failures, ...conflictsWith(inputs, ownedByOthers)] : failures;
  }

  /** The other resource of the state that owns this secret. */
  ownerOf(id: string, inputs: { name: string; workspace?: string }): StackOwner | undefined {
    return this.ownedByOthers.get(placeOf(inputs) ?? "")?.find((owner) => owner.id === id);
  }
}

function conflictsWith(inputs: Inputs, ownedByOthers: StackOwner[]): CheckFailure[] {
  const { name, existingId } = inputs;
  const isMeant = (owner: StackOwner) =>
    existingId === undefined ? owner.name === name && owner.workspace === workspaceOf(inputs) : owner.id === existingId;
  return ownedByOthers
    .filter(isMeant)
    .slice(0, 1)
    .map(({ id, resource, type }) => ({
      property: existingId === undefined ? "name" : "existingId",
      kind: "input-owned-in-stack",
      facts: { id, resource, ...(type === undefined ? {} : { type }) },
    }));
}

/** Whether the engine is going to create a secret for these inputs. */
function isToBeCreated(inputs: Inputs, olds: Inputs): boolean {
  if (olds.name === undefined) return true;
  if (workspaceOf(inputs) !== workspaceOf(olds)) return true;
  if (inputs.existingId !== undefined && inputs.existingId !== olds.existingId) return true;
  return inputs.name !== olds.name && inputs.onNameChange !== "rename";
}

/** Undefined while it isn't known. */
function placeOf(inputs: Inputs): string | undefined {
  const { name, workspace } = inputs;
  if (typeof name !== "string" || (workspace !== undefined && typeof workspace !== "string")) return undefined;
  return JSON.stringify([workspaceOf(inputs), name]);
}
