import type { Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import { workspaceUnusable } from "../messages/check.js";
import { invalidConfig } from "../messages/config.js";
import { type Action, type CheckFailure, type Message, Problem } from "../messages/problem.js";
import * as messages from "../messages/secret.js";
import { Journal } from "../ownership/journal.js";
import { markIn, newMark } from "../ownership/mark.js";
import { Ownership, ownedFacts } from "../ownership/ownership.js";
import type { Registration } from "../ownership/registration.js";
import { callProblem } from "../workspaces/callProblems.js";
import type { Workspace } from "../workspaces/workspace.js";
import { type Changes, changesOf, requireValueNotAtRisk } from "./changes.js";
import { CreateOrAdopt } from "./createOrAdopt.js";
import { checkInputs, type InputName, type PreviewInputs, type WorkspaceSecretInputs } from "./inputs.js";
import { problemWithName, requireFreeName } from "./names.js";
import { Plans } from "./plans.js";
import { requireRightAccount, requireStacksAccount } from "./rightAccount.js";
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
import type { PushedInput, ValueTracking } from "./valueTracking.js";

/** The services that a host provides to the lifecycle. */
export interface Host {
  workspaces: { get(name: string): Workspace };
  /** Records in the host's states which value and triggers were pushed. */
  valueTracking: ValueTracking;
  /** Shares the owners of secrets between the processes of one operation. Default: nothing is shared. */
  journal?: Journal;
  /**
   * Whether the config and the inputs are from the current program. In a refresh or destroy without the program, the engine
   * passes the config and the inputs of the last update.
   */
  isConfigCurrent(): boolean;
  /**
   * Whether the inputs given to `diff` are from the current program. The engine also calls `diff` during a refresh, with the
   * inputs of the last update. Default: the result of `isConfigCurrent`.
   */
  areInputsCurrent?(urn: string | undefined): boolean;
  /** The type token, if this process manages all resources of that type, from every provider object. */
  managedType?: string;
  /** Whether the key or the URL in the config has changed since the last update. Default: not known. */
  hasRouteChanged?(): boolean;
  warn(warning: Message): Promise<void>;
}

/** A resource, as the engine passes it to the provider. */
export interface Resource {
  id: string;
  state: StoredState;
  /** The inputs of the last update. Missing if the engine doesn't pass them to the host. */
  inputs?: Record<string, unknown>;
  /** Missing if the engine doesn't pass it to the host. */
  urn?: string;
}

/** A secret and its state, for the engine to store. */
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

/** An update that failed after it may have changed the secret. The engine must store `stored`. */
export class UnfinishedUpdate extends Problem {
  constructor(
    { content, action }: Problem,
    readonly stored: Stored,
  ) {
    super(content, action);
  }
}

type SecretAction = Action & { name: string; workspace: string };

/** The lifecycle of a `WorkspaceSecret`. A failed step throws a `Problem`, which lists any change already made. */
export class WorkspaceSecretLifecycle {
  readonly ownership: Ownership;
  private readonly plans: Plans;
  private readonly told = new WeakSet<Workspace>();

  constructor(private readonly host: Host) {
    this.ownership = new Ownership(host.journal ?? new Journal());
    this.plans = new Plans(this.ownership, (name) => host.workspaces.get(name));
  }

  /** `olds` are the inputs of the last update, if the state has the resource. */
  check(
    inputs: Record<string, unknown>,
    olds: Record<string, unknown> = {},
    registration?: Registration,
  ): CheckFailure[] {
    const failures = checkInputs(inputs);
    if (registration) failures.push(...this.plans.check(inputs, olds, registration));
    const { workspace } = inputs;
    if (typeof workspace === "string" && !failures.some(({ property }) => property === "workspace")) {
      failures.push(...this.workspaceFailures(workspace));
    }
    return failures;
  }

  /** Makes no request: it assumes that the workspace matches the state. Only `read` checks. */
  diff(resource: Resource, inputs: PreviewInputs): Diff {
    const { id, state } = resource;
    if (inputs.onInUse === "retain") this.plans.retain(id);
    const action = actionOf("update", resource);
    const { changes, pushed } = this.compare(resource, inputs);
    const { changed, replacing } = changes;
    const isCurrent = this.host.areInputsCurrent?.(resource.urn) ?? this.host.isConfigCurrent();
    if (isCurrent) {
      const isShared = () => this.ownership.keeperOf(entryOf(resource)) !== undefined;
      requireValueNotAtRisk(state, inputs, { replacing, pushed, isShared, action });
    }
    if (replacing.includes("workspace")) return { hasChanges: true, changed, replacing };
    const workspace = this.open(action);
    if (isCurrent) {
      workspace.account.noteEntry(resource);
      if (replacing.length === 0) this.hold(resource, action);
    }
    const isToBeStored = isOutdated(state) || this.hasMoved(resource, workspace);
    return { hasChanges: changed.length > 0 || replacing.length > 0 || isToBeStored, changed, replacing };
  }

  create(inputs: WorkspaceSecretInputs, { urn }: { urn?: string } = {}): Promise<Stored> {
    const action: SecretAction = { step: "create secret", name: inputs.name, workspace: workspaceOf(inputs) };
    return this.perform(action, async (workspace) => {
      if (inputs.value === undefined) throw messages.valueMissing({}, action);
      await this.requireNoKeptValueReplaced(inputs, action);
      this.noteStack(workspace);
      await requireStacksAccount(workspace, action);
      const mark = newMark();
      const declared = this.plans.of(inputs)?.declared;
      const entry = { mark, resource: declared?.name ?? inputs.name, ...(urn === undefined ? {} : { urn }) };
      const { ownership } = this;
      const created = await new CreateOrAdopt(workspace, inputs, { action, ownership, entry, declared }).run();
      if (!created.isValueKept) await this.warnOfLineBreak(inputs);
      return this.store(created, inputs, workspace, { valueKept: created.isValueKept, mark });
    });
  }

  /** Undefined if the secret was deleted. */
  read(resource: Resource): Promise<Stored | undefined> {
    const { id, state } = resource;
    const action = actionOf("read", resource);
    return this.perform(
      action,
      async (workspace) => {
        const found = await workspace.find(id);
        if (found) return { id, state: this.asFound(found, resource, workspace) };
        if (state.name === undefined) throw messages.idNotFound({ workspace: workspace.name }, action);
        // A look-up owns nothing, so nothing is lost if the engine forgets it.
        if (!state.lookedUp) await this.requireRightAccount(workspace, resource, action);
        // Don't adopt another secret with this name here, because the API doesn't show who created it. The next create finds
        // it and follows `onExisting`.
        return undefined;
      },
      { sendsOnlyId: true },
    );
  }

  update(resource: Resource, inputs: WorkspaceSecretInputs): Promise<WorkspaceSecretState> {
    const { id, state } = resource;
    const action = actionOf("update", resource);
    return this.perform(action, async (workspace) => {
      const { pushed } = this.compare(resource, inputs);
      requireValueNotAtRisk(state, inputs, { replacing: [], pushed, action });
      const isRename = !isNamed(state, inputs.name);
      // Check this before a value is sent to another URL.
      if (this.hasMoved(resource, workspace)) await this.requireFound(resource, workspace, action);
      if (!isRename && pushed.length === 0) return this.storeOnly(resource, inputs, workspace);
      if (inputs.value === undefined) throw messages.valueMissing({}, action);
      if (isRename) await requireFreeName(workspace, { id, name: inputs.name }, action);
      return this.pushUpdate(workspace, resource, inputs, action);
    });
  }

  /** Succeeds if the secret was already deleted. */
  delete(resource: Resource): Promise<void> {
    const { id } = resource;
    const action = actionOf("delete", resource);
    return this.perform(action, async (workspace) => {
      const entry = entryOf(resource);
      const keeper = this.ownership.keeperOf(entry);
      if (keeper) {
        this.ownership.release(entry);
        const { resource, since } = keeper;
        return this.host.warn(
          messages.leftToOtherOwner({ name: action.name, id, resource, isLookUp: since === "lookup" }),
        );
      }
      const refused = this.ownership.refusedOf(id);
      if (refused) throw messages.ownedByOther({ id, resource: refused.resource, where: "refused" }, action);
      this.plans.requireValueNotReplaced(entry, action);
      try {
        await workspace.delete({ id, name: action.name });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (await workspace.isGone(id, error)) await this.requireRightAccount(workspace, resource, action);
        else if (error.isRefusal) await this.afterRefusedDelete(workspace, resource, action, error);
        else throw error;
        this.ownership.release(entry);
        return;
      }
      workspace.account.noteFound(resource);
      this.ownership.release(entry);
    });
  }

  private async requireNoKeptValueReplaced(inputs: WorkspaceSecretInputs, action: Action): Promise<void> {
    const kept = this.plans.keptEntryReplacedBy(inputs);
    if (kept && this.ownership.keeperOf(kept)) return;
    // An interrupted replacement may have deleted the secret already.
    const isThere = kept && (await this.host.workspaces.get(kept.stored.workspace).findDirectly(kept.id));
    if (isThere) throw messages.keptValueAtRisk({ input: "replacement" }, action);
  }

  /** Passes the stack's state to the account, as it was when the operation began. Only once, although every create calls this. */
  private noteStack(workspace: Workspace): void {
    if (this.told.has(workspace)) return;
    this.told.add(workspace);
    for (const entry of this.ownership.inStack(this.host.managedType, workspace.name))
      workspace.account.noteEntry(entry);
  }

  /** Records that the entry remains in the state. Throws if another entry has the same secret. */
  private hold(resource: Resource, action: Action): void {
    const { id } = resource;
    const entry = entryOf(resource);
    const plan = this.plans.ofEntry(entry);
    const declared = plan?.declared;
    const label = declared?.name ?? this.ownership.inStateBy(entry)?.resource ?? action.name ?? id;
    // Without the URN, a replacement whose state has no mark would treat its own entry as another resource's entry.
    const urn = resource.urn ?? declared?.state?.urns?.[0];
    const mark = liveMarkOf(resource);
    const other = this.ownership.hold({ id, mark, resource: label, ...(urn === undefined ? {} : { urn }) });
    if (other) throw messages.ownedByOther({ ...ownedFacts(other, undefined), where: "both" }, action);
    if (plan) plan.mark = entry.mark;
  }

  private async afterRefusedDelete(
    workspace: Workspace,
    { id, state }: Resource,
    action: SecretAction,
    refusal: ApiError,
  ): Promise<void> {
    const dependents = await workspace.dependents(id).catch(() => []);
    if (dependents.length === 0) throw refusal;
    const isRetained = state.onInUse === "retain" || this.plans.isRetained(id);
    if (!isRetained) throw messages.inUse({ dependents }, action);
    await this.host.warn(messages.leftInUse({ name: action.name, id, dependents }));
  }

  private requireRightAccount(workspace: Workspace, resource: Resource, action: Action): Promise<void> {
    return requireRightAccount(workspace, resource, action, { configMayBeStale: !this.host.isConfigCurrent() });
  }

  private async requireFound(resource: Resource, workspace: Workspace, action: Action): Promise<void> {
    if (await workspace.find(resource.id)) return workspace.account.noteFound(resource);
    await this.requireRightAccount(workspace, resource, action);
    throw messages.secretGone({}, action);
  }

  /** The state after an update that pushes nothing. */
  private storeOnly(resource: Resource, inputs: WorkspaceSecretInputs, workspace: Workspace): WorkspaceSecretState {
    const { id, state } = resource;
    let { mark = newMark() } = state;
    if (this.hasMoved(resource, workspace)) mark = workspace.account.mark(mark);
    this.noteMark(resource, mark, inputs.name);
    const secret = { id, name: state.name ?? inputs.name };
    const kept = { valueKept: isValueKept(state), mark };
    return { ...stateOf(secret, inputs, workspace, kept), ...this.host.valueTracking.keep(state, inputs) };
  }

  private async pushUpdate(
    workspace: Workspace,
    resource: Resource,
    inputs: WorkspaceSecretInputs,
    action: SecretAction,
  ): Promise<WorkspaceSecretState> {
    const { id, state } = resource;
    const secret = { id, name: state.name ?? inputs.name };
    const { mark = newMark() } = state;
    const storedAs = (pushed: Secret) => this.store(pushed, inputs, workspace, { valueKept: false, mark });
    try {
      const pushed = await workspace.update(secret, inputs);
      workspace.account.noteFound(resource);
      this.noteMark(resource, mark, inputs.name);
      await this.warnOfLineBreak(inputs);
      const problem = await problemWithName(workspace, { pushed, before: secret, inputs }, action);
      if (!problem) return storedAs(pushed).state;
      const { requestedName: _, ...rest } = storedAs(secret).state;
      throw new UnfinishedUpdate(problem, { id, state: rest });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (await this.isMissing(resource, workspace, error)) {
        await this.requireRightAccount(workspace, resource, action);
        throw messages.secretGone({}, { ...action, id });
      }
      if (!error.outcomeUnknown) throw error;
      const seen = stateAsSeen(secret, state, workspace);
      // The update has chosen the program's value, so the old value is no longer kept.
      const forgotten = this.host.valueTracking.forget(isValueKept(state) ? { ...seen, valueKept: false } : seen);
      throw new UnfinishedUpdate(callProblem(error, workspace, { action }), { id, state: forgotten });
    }
  }

  /** Whether the update failed because the workspace doesn't have the secret. */
  private async isMissing(resource: Resource, workspace: Workspace, error: ApiError): Promise<boolean> {
    if (await workspace.isGone(resource.id, error)) return true;
    if (!error.outcomeUnknown || workspace.account.hasWritten(resource)) return false;
    // This may be another account, which the update can't have changed. If it were stored, the engine would also store the
    // provider object of that account, and later steps would use its key.
    const found = await workspace.findDirectly(resource.id).catch(() => resource);
    return found === undefined;
  }

  /** A value of several lines, such as a PEM file, ends with a line break on purpose. */
  private async warnOfLineBreak({ name, value }: WorkspaceSecretInputs): Promise<void> {
    if (!/^[^\r\n]*\r?\n$/.test(value)) return;
    // The value is already pushed, so the state must be stored even if the warning fails.
    await this.host.warn(messages.valueEndsWithLineBreak({ name })).catch(() => undefined);
  }

  private asFound(found: Secret, resource: Resource, workspace: Workspace): WorkspaceSecretState {
    const { id, state } = resource;
    const { account, endpoint } = workspace;
    // A `get`: another entry in the state may own the same secret, and must not delete it.
    if (state.name === undefined) {
      this.ownership.lookUp({ id, mark: markOf(resource), resource: found.name });
      return { ...stateAsSeen(found, state, workspace), lookedUp: true };
    }
    // Only a secret that was in the state before can show which account the stack uses.
    account.noteFound(resource);
    const isSame = found.name === state.name && state.secretId === id && state.endpoint === endpoint;
    // Each person who refreshes may have a different key, so only a changed URL changes the mark.
    if (isSame) return state as WorkspaceSecretState;
    const seen = stateAsSeen(found, state, workspace);
    const isMoved = state.mark !== undefined && state.endpoint !== endpoint;
    return isMoved ? { ...seen, mark: account.mark(state.mark ?? "") } : seen;
  }

  private noteMark(resource: Resource, mark: string, name: string): void {
    const { id, urn, state } = resource;
    if (state.mark !== undefined) return;
    this.ownership.release({ id, mark: liveMarkOf(resource) });
    const label = this.plans.ofEntry(entryOf(resource))?.declared.name ?? name;
    this.ownership.hold({ id, mark: markIn(mark), resource: label, ...(urn === undefined ? {} : { urn }) });
  }

  /** Whether the URL or the key has changed since the last update. Then an update first checks that it can still find the secret. */
  private hasMoved(resource: Resource, workspace: Workspace): boolean {
    const { endpoint } = resource.state;
    if (endpoint !== undefined && endpoint !== workspace.endpoint) return true;
    return this.host.hasRouteChanged?.() === true && !workspace.account.hasWritten(resource);
  }

  private compare(resource: Resource, inputs: PreviewInputs): { changes: Changes; pushed: PushedInput[] } {
    const pushed = this.host.valueTracking.changed(resource.state, inputs, resource.inputs);
    return { changes: changesOf(resource, inputs, pushed), pushed };
  }

  private store(
    secret: { id: string; name: string },
    inputs: WorkspaceSecretInputs,
    workspace: Workspace,
    { valueKept, mark }: { valueKept: boolean; mark: string },
  ): Stored {
    const state = stateOf(secret, inputs, workspace, { valueKept, mark: workspace.account.mark(mark) });
    return { id: secret.id, state: { ...state, ...this.host.valueTracking.remember(inputs) } };
  }

  /** Checks the config of a workspace without a request. */
  private workspaceFailures(workspace: string): CheckFailure[] {
    try {
      this.host.workspaces.get(workspace);
      return [];
    } catch (error) {
      if (!invalidConfig.is(error)) throw error;
      return [workspaceUnusable("workspace", error.facts)];
    }
  }

  private open(action: SecretAction): Workspace {
    try {
      return this.host.workspaces.get(action.workspace);
    } catch (error) {
      if (!invalidConfig.is(error)) throw error;
      const configMayBeStale = !this.host.isConfigCurrent();
      throw invalidConfig({ ...error.facts, configMayBeStale }, action);
    }
  }

  private async perform<T>(
    action: SecretAction,
    step: (workspace: Workspace) => Promise<T>,
    { sendsOnlyId = false }: { sendsOnlyId?: boolean } = {},
  ): Promise<T> {
    const workspace = this.open(action);
    try {
      return await workspace.account.during(() => step(workspace));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw callProblem(error, workspace, { action, sendsOnlyId, configMayBeStale: !this.host.isConfigCurrent() });
    }
  }
}

function actionOf(verb: "read" | "update" | "delete", { id, state }: Resource): SecretAction {
  const hasName = state.name !== undefined;
  return {
    step: `${verb} secret`,
    name: state.name ?? id,
    id: hasName ? id : undefined,
    workspace: workspaceOf(state),
  };
}

function entryOf(resource: Resource): { id: string; mark: string; state: StoredState } {
  return { id: resource.id, mark: markOf(resource), state: resource.state };
}

/** Unique for each entry of a secret. A state from before marks existed has only its URN, or the random salt in the digest. */
function markOf({ urn, state }: Pick<Resource, "urn" | "state">): string {
  return state.mark === undefined ? (urn ?? state.valueDigest ?? "") : markIn(state.mark);
}

/**
 * Does the same for an entry that the program still has. If there is no mark, an entry that is to be deleted may have the same
 * URN or digest. The suffix distinguishes the two entries, so the secret isn't deleted.
 */
function liveMarkOf(resource: Resource): string {
  return resource.state.mark === undefined ? `${markOf(resource)} live` : markOf(resource);
}
