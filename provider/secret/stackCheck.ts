import { harmless, quoted } from "../messages/foreignText.js";
import type { CheckFailure } from "./inputs.js";
import { UNKNOWN } from "./inputs.js";
import type { Registration, StateHolder } from "./registration.js";
import { workspaceOf } from "./state.js";

type Inputs = Record<string, unknown>;

/** Where one resource of a stack is in the way of another: what no look at the inputs of one alone can tell. */
export class StackCheck {
  /** By place, the resource that the program wants there. */
  private readonly wanted = new Map<string, string>();
  /** By place, what others than that resource hold in the state. */
  private readonly heldByOthers = new Map<string, StateHolder[]>();

  check(inputs: Inputs, olds: Inputs, { resource, value, heldByOthers }: Registration): CheckFailure[] {
    const place = placeOf(inputs);
    const failures: CheckFailure[] = [];
    const isSetElsewhere = typeof inputs.value === "string" && value !== UNKNOWN && inputs.value !== value;
    // With `ignoreChanges`, the engine gives the value of before.
    if (isSetElsewhere && inputs.value !== olds.value) {
      failures.push({
        property: "value",
        reason: "was set by a transformation, and would stand in plain text in the state: give it in the program",
      });
    }
    if (place === undefined) return failures;
    const other = this.wanted.get(place) ?? resource;
    if (other !== resource) {
      failures.push({
        property: "name",
        reason: "is that of another resource of this program: give one of the two another",
      });
      return failures;
    }
    this.wanted.set(place, resource);
    this.heldByOthers.set(place, heldByOthers);
    const conflict = isCreated(inputs, olds) ? conflictOf(inputs, heldByOthers) : undefined;
    return conflict ? [...failures, conflict] : failures;
  }

  /** The resource of the state that holds this secret, if it is not the one of these inputs. */
  holderOf(id: string, inputs: { name: string; workspace?: string }): StateHolder | undefined {
    return this.heldByOthers.get(placeOf(inputs) ?? "")?.find((holder) => holder.id === id);
  }
}

export function ownerAdvice({ resource }: StateHolder): string {
  return (
    `Where it is the same secret under a new logical name, add  aliases: [{ name: ${quoted(resource)} }]  to the options.\n` +
    `Otherwise run  pulumi up  first without this resource, once ${quoted(resource)} has given the secret up.`
  );
}

function conflictOf(inputs: Inputs, heldByOthers: StateHolder[]): CheckFailure | undefined {
  const { name, existingId } = inputs;
  const workspace = workspaceOf(inputs as { workspace?: string });
  const isMeant = (holder: StateHolder) =>
    existingId === undefined ? holder.name === name && holder.workspace === workspace : holder.id === existingId;
  const holder = heldByOthers.find(isMeant);
  if (!holder) return undefined;
  return {
    property: existingId === undefined ? "name" : "existingId",
    reason: `is of secret ${harmless(holder.id)}, which belongs to resource ${quoted(holder.resource)} of this stack.\n${ownerAdvice(holder)}`,
  };
}

/** Whether the engine is going to create a secret for these inputs. */
function isCreated(inputs: Inputs, olds: Inputs): boolean {
  if (olds.name === undefined) return true;
  if (workspaceOf(inputs as object) !== workspaceOf(olds as object)) return true;
  if (inputs.existingId !== undefined && inputs.existingId !== olds.existingId) return true;
  return inputs.name !== olds.name && inputs.onNameChange !== "rename";
}

/** Undefined while it is not known. */
function placeOf(inputs: Inputs): string | undefined {
  const { name, workspace } = inputs;
  if (typeof name !== "string" || (workspace !== undefined && typeof workspace !== "string")) return undefined;
  return JSON.stringify([workspaceOf(inputs as object), name]);
}
