import type { Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import type { Attempt } from "../messages/attempts.js";
import { Problem } from "../messages/problem.js";
import type { Owner } from "../workspaces/owners.js";
import type { Workspace } from "../workspaces/workspace.js";
import { requireAtMostOne, requireFreeName } from "./guards.js";
import type { WorkspaceSecretInputs } from "./inputs.js";
import type { StackCheck } from "./stackCheck.js";
import { workspaceOf } from "./state.js";

/** The secret that a create ended with. */
export interface Created extends Secret {
  /** Whether it was adopted with its value. */
  isValueKept: boolean;
}

/** One create: a new secret, or an existing one that the inputs say to adopt. */
export class CreateOrAdopt {
  constructor(
    private readonly workspace: Workspace,
    private readonly inputs: WorkspaceSecretInputs,
    private readonly context: { attempt: Attempt; stack: StackCheck },
  ) {}

  run(): Promise<Created> {
    const { existingId } = this.inputs;
    return existingId === undefined ? this.createOrAdoptByName() : this.adoptById(existingId);
  }

  private async createOrAdoptByName(): Promise<Created> {
    const { workspace, attempt } = this;
    const { name, value } = this.inputs;
    const taken = await workspace.findByName(name);
    if (taken.length > 0) return this.adoptByName(taken);
    try {
      // The name was free. So if the outcome is unknown, a secret that has the name afterwards is the one that the POST created.
      const look = async () => requireAtMostOne(await workspace.findByNameDirectly(name), attempt);
      return { ...(await workspace.create(name, value, look)), isValueKept: false };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.outcomeUnknown) throw new Problem("may-have-been-created", { failure: error.failure }, attempt);
      const takenSince = error.isRefusal ? await workspace.findByNameDirectly(name) : [];
      if (takenSince.length === 0) throw error;
      return this.adoptByName(takenSince);
    }
  }

  private async adoptByName(taken: Secret[]): Promise<Created> {
    const { workspace, attempt } = this;
    const found = requireAtMostOne(taken, attempt) as Secret;
    const { onExisting = "fail" } = this.inputs;
    if (onExisting !== "fail") return this.adopt(found);
    // The error is useful without them, too.
    const dependents = await workspace.dependents(found.id).catch(() => undefined);
    throw new Problem("name-taken", { id: found.id, dependents }, attempt);
  }

  private async adoptById(id: string): Promise<Created> {
    const { workspace, inputs, attempt } = this;
    const found = await workspace.find(id);
    if (!found) throw new Problem("existing-id-not-found", { id, workspace: workspace.name }, attempt);
    if (found.name !== inputs.name) {
      if (inputs.onExisting === "keep") {
        throw new Problem("kept-value-has-other-name", { id, liveName: found.name }, attempt);
      }
      await requireFreeName(workspace, { id, name: inputs.name }, attempt);
    }
    return this.adopt(found);
  }

  private async adopt(found: Secret): Promise<Created> {
    const { workspace, inputs, attempt } = this;
    this.requireNoOwner(found.id);
    if (inputs.onExisting === "keep") return { ...found, isValueKept: true };
    // From now on, whoever looks for an owner of this secret must find one.
    const claim = claimOf(inputs);
    workspace.owners.add(found.id, { resource: claim, name: inputs.name });
    try {
      return { ...(await push(workspace, found, inputs, attempt)), isValueKept: false };
    } catch (error) {
      workspace.owners.remove(found.id, claim);
      if (!(error instanceof ApiError) || !error.outcomeUnknown) throw error;
      throw new Problem("may-have-been-updated", { failure: error.failure, id: found.id }, attempt);
    }
  }

  private requireNoOwner(id: string): void {
    const { workspace, inputs, attempt } = this;
    // A resource that is being replaced meets its own former self, which gives the secret the same name in the same workspace.
    const isFormerSelf = (owner: Owner) => owner.name === inputs.name && owner.workspace === workspace.name;
    const owner = workspace.owners.others(id).find((one) => !isFormerSelf(one));
    if (owner) throw new Problem("owned-by-resource", { id, owner, workspace: workspace.name }, attempt);
    const inStack = this.context.stack.ownerOf(id, inputs);
    if (inStack) throw new Problem("owned-in-stack", inStack, attempt);
  }

  private get attempt(): Attempt {
    return this.context.attempt;
  }
}

/** Pushes name and value to an existing secret. */
export async function push(
  workspace: Workspace,
  secret: Secret,
  inputs: WorkspaceSecretInputs,
  attempt: Attempt,
): Promise<Secret> {
  try {
    return await workspace.update(secret, inputs);
  } catch (error) {
    if (!(error instanceof ApiError) || !error.isNotFound) throw error;
    throw new Problem("secret-gone", {}, { ...attempt, id: secret.id });
  }
}

/** The owner of a secret while it is being adopted: there is one for each name in each workspace. */
export function claimOf(inputs: WorkspaceSecretInputs): string {
  return `claimed as ${inputs.name} in ${workspaceOf(inputs)}`;
}
