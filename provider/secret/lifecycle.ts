import { ApiError } from "../api/errors.js";
import type { Attempt } from "../messages/attempts.js";
import { Problem, type WarningFacts, type WarningKind } from "../messages/problem.js";
import { callProblem } from "../workspaces/callProblems.js";
import type { Workspace } from "../workspaces/workspace.js";
import { type Changes, changesOf, requireValueNotAtRisk } from "./changes.js";
import { CreateOrAdopt, claimOf, push } from "./createOrAdopt.js";
import { requireFreeName, requireSameEndpoint, requireSoleOwner } from "./guards.js";
import {
  type CheckFailure,
  checkInputs,
  type InputName,
  type PreviewInputs,
  UNKNOWN,
  type WorkspaceSecretInputs,
} from "./inputs.js";
import type { PushedInput, PushMemory } from "./pushed.js";
import type { Registration } from "./registration.js";
import { StackCheck } from "./stackCheck.js";
import {
  isNamed,
  isOutdated,
  isValueKept,
  type StoredState,
  stateAsSeen,
  stateOf,
  type WorkspaceSecretState,
  workspaceOf,
} from "./state.js";

/** What the lifecycle needs from the host that runs it. */
export interface Host {
  workspaces: { get(name: string): Workspace };
  /** How its states remember what was pushed. */
  memory: PushMemory;
  /**
   * Whether the engine has given the config and the inputs of this program. In a refresh or destroy without the program, it
   * gives those of the last update.
   */
  isConfigCurrent(): boolean;
  /**
   * Whether the inputs given to `diff` are those of this program. The engine also calls `diff` during a refresh, with the
   * inputs of the last update. Default: as `isConfigCurrent`.
   */
  areInputsCurrent?(urn: string | undefined): boolean;
  warn<Kind extends WarningKind>(kind: Kind, facts: WarningFacts<Kind>): Promise<void>;
}

/** A resource as the engine hands it over. */
export interface Resource {
  id: string;
  state: StoredState;
  /** The inputs of the last update, if the host is given them. */
  inputs?: Record<string, unknown>;
  /** If the host is given it. */
  urn?: string;
}

/** A secret and its state, as the engine is to store them. */
export interface Stored {
  id: string;
  state: WorkspaceSecretState;
}

export interface Diff {
  hasChanges: boolean;
  changed: InputName[];
  /** The inputs whose change requires a new secret. */
  replacing: InputName[];
}

/** An update whose outcome is unknown: the state must no longer claim that it knows the value. */
export class UnfinishedUpdate extends Problem {
  constructor(
    { kind, facts, attempt }: Problem,
    readonly stored: Stored,
  ) {
    super(kind, facts, attempt);
  }
}

type SecretAttempt = Attempt & { name: string; workspace: string };

/** The life of a `WorkspaceSecret`. If a step fails, it throws a `Problem`, which says what it has changed, if anything. */
export class WorkspaceSecretLifecycle {
  /**
   * Secrets that the program now wants to leave in the workspace while they are in use. For a replaced secret, the state only
   * has what the program wanted before.
   */
  private readonly retained = new Set<string>();
  private readonly stack = new StackCheck();

  constructor(private readonly host: Host) {}

  /** `olds` are the inputs of the last update, if the state has the resource. */
  check(
    inputs: Record<string, unknown>,
    olds: Record<string, unknown> = {},
    registration?: Registration,
  ): CheckFailure[] {
    const failures = checkInputs(inputs);
    if (registration) failures.push(...this.stack.check(inputs, olds, registration));
    const { workspace } = inputs;
    if (typeof workspace === "string" && !failures.some(({ property }) => property === "workspace")) {
      failures.push(...this.workspaceFailures(workspace));
    }
    return failures;
  }

  /** Makes no request: it assumes that the API has what the state says. Only `read` looks. */
  diff(resource: Resource, inputs: PreviewInputs): Diff {
    const { id, state } = resource;
    if (inputs.onInUse === "retain") this.retained.add(id);
    const attempt = attemptOf("update", resource);
    const { changes, pushed } = this.compare(resource, inputs);
    const { changed, replacing } = changes;
    const isCurrent = this.host.areInputsCurrent?.(resource.urn) ?? this.host.isConfigCurrent();
    if (isCurrent) requireValueNotAtRisk(state, inputs, { replacing, pushed, attempt });
    if (replacing.includes("workspace")) return { hasChanges: true, changed, replacing };
    const workspace = this.open(attempt);
    requireSameEndpoint(workspace, state, attempt);
    if (replacing.length === 0 && isCurrent) {
      const owner = ownerKey(resource);
      requireSoleOwner(workspace, id, owner, attempt);
      workspace.owners.add(id, { resource: owner, name: inputs.name === UNKNOWN ? attempt.name : inputs.name });
    }
    return { hasChanges: changed.length > 0 || replacing.length > 0 || isOutdated(state), changed, replacing };
  }

  create(inputs: WorkspaceSecretInputs, { urn }: { urn?: string } = {}): Promise<Stored> {
    const attempt: SecretAttempt = { step: "create", name: inputs.name, workspace: workspaceOf(inputs) };
    return this.perform(attempt, async (workspace) => {
      const { owners } = workspace;
      if (!owners.reserveName(inputs.name)) throw new Problem("name-created-twice", {}, attempt);
      try {
        const created = await new CreateOrAdopt(workspace, inputs, { attempt, stack: this.stack }).run();
        const stored = this.store(created, inputs, workspace, { valueKept: created.isValueKept });
        owners.remove(created.id, claimOf(inputs));
        // Of a replaced resource with the same URN, this one is the successor.
        const resource = urn === undefined ? ownerKey(stored) : `new ${urn}`;
        owners.add(created.id, { resource, name: inputs.name });
        return stored;
      } catch (error) {
        owners.releaseName(inputs.name);
        throw error;
      }
    });
  }

  /** Undefined if the secret is gone. */
  read(resource: Resource): Promise<Stored | undefined> {
    const { id, state } = resource;
    const attempt = attemptOf("read", resource);
    return this.perform(
      attempt,
      async (workspace) => {
        requireSameEndpoint(workspace, state, attempt);
        const found = await workspace.find(id);
        if (found) {
          const isSame = found.name === state.name && state.secretId === id;
          return { id, state: isSame ? (state as WorkspaceSecretState) : stateAsSeen(found, state, workspace) };
        }
        if (state.name === undefined) throw new Problem("id-not-found", { workspace: workspace.name }, attempt);
        // Another secret with this name may be anyone's, since the API doesn't say who created it. So it isn't adopted here:
        // the next create finds it, and `onExisting` decides.
        return undefined;
      },
      { sendsOnlyId: true },
    );
  }

  update(resource: Resource, inputs: WorkspaceSecretInputs): Promise<WorkspaceSecretState> {
    const { id, state } = resource;
    const attempt = attemptOf("update", resource);
    return this.perform(attempt, async (workspace) => {
      requireSameEndpoint(workspace, state, attempt);
      const { pushed } = this.compare(resource, inputs);
      requireValueNotAtRisk(state, inputs, { replacing: [], pushed, attempt });
      const isRename = !isNamed(state, inputs.name);
      if (!isRename && pushed.length === 0) {
        const secret = { id, name: state.name ?? inputs.name };
        const kept = { valueKept: isValueKept(state) };
        return { ...stateOf(secret, inputs, workspace, kept), ...this.host.memory.keep(state) };
      }
      if (isRename) await requireFreeName(workspace, { id, name: inputs.name }, attempt);
      return this.pushUpdate(workspace, resource, inputs, attempt);
    });
  }

  /** Succeeds if the secret is already gone. */
  delete(resource: Resource): Promise<void> {
    const { id, state } = resource;
    const attempt = attemptOf("delete", resource);
    return this.perform(attempt, async (workspace) => {
      requireSameEndpoint(workspace, state, attempt);
      if (workspace.owners.others(id, ownerKey(resource)).length > 0) {
        return this.host.warn("left-to-other-owner", { name: attempt.name, id, workspace: workspace.name });
      }
      try {
        await workspace.delete({ id, name: attempt.name });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.isNotFound) return;
        if (!error.isRefusal) throw error;
        await this.afterRefusedDelete(workspace, resource, attempt, error);
      }
    });
  }

  private async afterRefusedDelete(
    workspace: Workspace,
    { id, state }: Resource,
    attempt: SecretAttempt,
    refusal: ApiError,
  ): Promise<void> {
    const dependents = await workspace.dependents(id).catch(() => []);
    if (dependents.length === 0) throw refusal;
    if (state.onInUse !== "retain" && !this.retained.has(id)) throw new Problem("in-use", { dependents }, attempt);
    await this.host.warn("left-in-use", { name: attempt.name, id, dependents });
  }

  private async pushUpdate(
    workspace: Workspace,
    resource: Resource,
    inputs: WorkspaceSecretInputs,
    attempt: SecretAttempt,
  ): Promise<WorkspaceSecretState> {
    const { id, state } = resource;
    const secret = { id, name: state.name ?? inputs.name };
    try {
      const pushed = await push(workspace, secret, inputs, attempt);
      const stored = this.store(pushed, inputs, workspace, { valueKept: false });
      workspace.owners.remove(id, ownerKey(resource));
      workspace.owners.add(id, { resource: ownerKey({ ...resource, ...stored }), name: inputs.name });
      return stored.state;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.outcomeUnknown) throw error;
      const forgotten = this.host.memory.forget(stateAsSeen(secret, state, workspace));
      throw new UnfinishedUpdate(callProblem(error, workspace, { attempt }), { id, state: forgotten });
    }
  }

  private compare(resource: Resource, inputs: PreviewInputs): { changes: Changes; pushed: PushedInput[] } {
    const pushed = this.host.memory.changed(resource.state, inputs, resource.inputs);
    return { changes: changesOf(resource, inputs, pushed), pushed };
  }

  private store(
    secret: { id: string; name: string },
    inputs: WorkspaceSecretInputs,
    workspace: Workspace,
    options: { valueKept: boolean },
  ): Stored {
    const state = { ...stateOf(secret, inputs, workspace, options), ...this.host.memory.remember(inputs) };
    return { id: secret.id, state };
  }

  /** What is wrong with the config of a workspace, as far as that is known without a request. */
  private workspaceFailures(workspace: string): CheckFailure[] {
    try {
      this.host.workspaces.get(workspace);
      return [];
    } catch (error) {
      if (!Problem.is(error, "invalid-config")) throw error;
      return [{ property: "workspace", kind: "workspace-unusable", facts: error.facts }];
    }
  }

  private open(attempt: SecretAttempt): Workspace {
    try {
      return this.host.workspaces.get(attempt.workspace);
    } catch (error) {
      if (!Problem.is(error, "invalid-config")) throw error;
      const configMayBeStale = !this.host.isConfigCurrent();
      throw new Problem("invalid-config", { ...error.facts, configMayBeStale }, attempt);
    }
  }

  private async perform<T>(
    attempt: SecretAttempt,
    step: (workspace: Workspace) => Promise<T>,
    { sendsOnlyId = false }: { sendsOnlyId?: boolean } = {},
  ): Promise<T> {
    const workspace = this.open(attempt);
    try {
      return await step(workspace);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw callProblem(error, workspace, { attempt, sendsOnlyId, configMayBeStale: !this.host.isConfigCurrent() });
    }
  }
}

function attemptOf(step: "read" | "update" | "delete", { id, state }: Resource): SecretAttempt {
  const hasName = state.name !== undefined;
  return { step, name: state.name ?? id, id: hasName ? id : undefined, workspace: workspaceOf(state) };
}

/** Tells the owners of one secret apart. Without a URN, the random salt in the value's digest serves. */
function ownerKey({ urn, state }: Pick<Resource, "urn" | "state">): string {
  return urn ?? state.valueDigest ?? "";
}
