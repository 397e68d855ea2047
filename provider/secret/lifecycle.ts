import type { Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import { harmless, quoted } from "../messages/foreignText.js";
import { Problem } from "../messages/problem.js";
import type { Holder } from "../workspaces/owners.js";
import type { Workspace } from "../workspaces/workspace.js";
import { canonical, isDigestOf } from "./digest.js";
import { type Action, actionText, dependentsText, explained, idsText, withProgram } from "./explain.js";
import { type CheckFailure, checkInputs, type PreviewInputs, UNKNOWN, type WorkspaceSecretInputs } from "./inputs.js";
import type { Registration } from "./registration.js";
import { ownerAdvice, StackCheck } from "./stackCheck.js";
import {
  changedPolicies,
  isNamed,
  isValueKept,
  newState,
  type StoredState,
  type WorkspaceSecretState,
  workspaceOf,
} from "./state.js";

/** What the lifecycle needs of whatever runs it. */
export interface Host {
  workspaces: { get(name: string): Workspace };
  /** Tells the user something that is no failure. */
  warn(message: string): Promise<void>;
}

export interface Diff {
  changes: boolean;
  /** The inputs that ask for a new secret. */
  replaces: string[];
}

/** The secret that a create ended with. */
type Adopted = Secret & {
  /** Whether it was there before, and kept its value. */
  valueKept?: boolean;
};

export interface Held {
  id: string;
  state: WorkspaceSecretState;
}

/** An update whose outcome is not known: the state must not go on claiming that it knows the value. */
export class UnfinishedUpdate extends Problem {
  constructor(
    problem: Problem,
    readonly held: Held,
  ) {
    super(problem.action, problem.reason, problem.next);
  }
}

/**
 * The life of a `WorkspaceSecret`. Every step throws a `Problem` where it fails, and then has changed nothing that it does
 * not tell of.
 */
export class WorkspaceSecretLifecycle {
  /** Whether the program runs in this operation; in a refresh or destroy without it, the config is that of the state. */
  private programRuns = false;
  /** Secrets that the program now wants left where they are in use. Of a replaced one, the state tells what it wanted before. */
  private readonly retained = new Set<string>();

  private readonly stack = new StackCheck();

  constructor(private readonly host: Host) {}

  /** `olds` are the inputs of before, where the state has the resource. */
  check(
    inputs: Record<string, unknown>,
    olds: Record<string, unknown> = {},
    registration?: Registration,
  ): CheckFailure[] {
    this.programRuns = true;
    const failures = checkInputs(inputs);
    if (registration) failures.push(...this.stack.check(inputs, olds, registration));
    const { workspace } = inputs;
    if (typeof workspace === "string" && !failures.some(({ property }) => property === "workspace")) {
      failures.push(...this.faultsOf(workspace));
    }
    return failures;
  }

  /** Makes no request: it takes what the state holds for what the API holds. Only `read` looks. */
  diff(id: string, stored: StoredState, inputs: PreviewInputs): Diff {
    if (inputs.onInUse === "retain") this.retained.add(id);
    const action = this.action("update", id, stored);
    const replaces = replacingInputs(id, stored, inputs);
    if (this.programRuns) requireKnownValue(stored, inputs, replaces, action);
    if (replaces.includes("workspace")) return { changes: true, replaces };
    const workspace = this.open(action);
    requireSameEndpoint(workspace, stored, action);
    if (replaces.length > 0) return { changes: true, replaces };

    // The engine also calls `diff` during a refresh, with the inputs of the last update.
    if (this.programRuns) {
      const mark = markOf(stored);
      requireSoleOwner(workspace, id, mark, action);
      workspace.owners.hold(id, { mark, wants: inputs.name === UNKNOWN ? action.name : inputs.name });
    }
    const changes =
      !isNamed(stored, inputs.name) ||
      pushes(stored, inputs) ||
      changedPolicies(inputs, stored).length > 0 ||
      inputs.existingId !== stored.existingId ||
      isOutdated(stored);
    return { changes, replaces };
  }

  create(inputs: WorkspaceSecretInputs): Promise<Held> {
    const action: Action = { verb: "create", name: inputs.name, workspace: workspaceOf(inputs) };
    return this.perform(action, async (workspace) => {
      const { owners } = workspace;
      if (!owners.reserveName(inputs.name)) {
        throw new Problem(
          actionText(action),
          "another resource of this program creates a secret of this name",
          "Give one of the two another name, or remove it from the program.",
        );
      }
      try {
        const secret =
          inputs.existingId === undefined
            ? await this.createOrTakeOver(workspace, inputs, action)
            : await this.takeOverById(workspace, inputs.existingId, inputs, action);
        const state = newState(secret, inputs, workspace, { valueKept: secret.valueKept === true });
        owners.release(secret.id, claimOf(inputs));
        owners.hold(secret.id, { mark: markOf(state), wants: inputs.name });
        return { id: secret.id, state };
      } catch (error) {
        owners.releaseName(inputs.name);
        throw error;
      }
    });
  }

  /** Undefined where the secret is gone. */
  read(id: string, stored: StoredState): Promise<Held | undefined> {
    const action = this.action("read", id, stored);
    return this.perform(action, async (workspace) => {
      requireSameEndpoint(workspace, stored, action);
      const found = await workspace.find(id);
      if (found) {
        const isSame = found.name === stored.name && stored.secretId === id;
        return { id, state: isSame ? (stored as WorkspaceSecretState) : seenAs(found, stored, workspace) };
      }
      if (stored.name === undefined) {
        throw new Problem(
          actionText(action),
          `workspace ${quoted(workspace.name)} has no secret of this id`,
          LIST_HINT,
        );
      }
      // Another secret of the same name may be anyone's: nothing in the API tells a secret that was made again from a
      // stranger's. So it is never taken over here; the next create meets it, and `onExisting` decides.
      return undefined;
    });
  }

  update(id: string, stored: StoredState, inputs: WorkspaceSecretInputs): Promise<WorkspaceSecretState> {
    const action = this.action("update", id, stored);
    return this.perform(action, async (workspace) => {
      requireSameEndpoint(workspace, stored, action);
      requireKnownValue(stored, inputs, [], action);
      const isRename = !isNamed(stored, inputs.name);
      if (!isRename && !pushes(stored, inputs)) {
        const digests = { valueDigest: stored.valueDigest, triggersDigest: stored.triggersDigest };
        const same = { id, name: stored.name ?? inputs.name };
        return { ...newState(same, inputs, workspace, { valueKept: isValueKept(stored) }), ...defined(digests) };
      }
      if (isRename) await requireFreeName(workspace, inputs.name, id, action);
      const pushed = await this.pushUpdate(workspace, id, stored, inputs, action);
      const state = newState(pushed, inputs, workspace, { valueKept: false });
      workspace.owners.release(id, markOf(stored));
      workspace.owners.hold(id, { mark: markOf(state), wants: inputs.name });
      return state;
    });
  }

  /** A secret that is gone already is success. */
  delete(id: string, stored: StoredState): Promise<void> {
    const action = this.action("delete", id, stored);
    return this.perform(action, async (workspace) => {
      requireSameEndpoint(workspace, stored, action);
      if (workspace.owners.others(id, markOf(stored)).length > 0) {
        await this.host.warn(
          `Secret ${quoted(action.name)} (${harmless(id)}) is left in the workspace: another resource of this program holds it. Where their values differ, change that one's triggers.`,
        );
        return;
      }
      try {
        await workspace.delete({ id, name: action.name });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.isNotFound) return;
        if (!error.isRefusal) throw error;
        await this.afterRefusedDelete(workspace, id, stored, action, error);
      }
    });
  }

  private async createOrTakeOver(
    workspace: Workspace,
    inputs: WorkspaceSecretInputs,
    action: Action,
  ): Promise<Adopted> {
    const { name, value } = inputs;
    const taken = await workspace.named(name);
    if (taken.length > 0) return this.takeOverByName(workspace, taken, inputs, action);
    try {
      // The name was free, so whatever bears it after a POST of unknown outcome is what that POST made.
      return await workspace.create(name, value, async () => only(await workspace.namedNow(name), action));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.outcomeUnknown) {
        throw new Problem(
          actionText(action),
          `${error.cause}; the secret may exist all the same`,
          'Run the same command again: it looks first. A secret that it then meets is taken over with  onExisting: "overwrite"',
        );
      }
      const sinceTaken = error.isRefusal ? await workspace.namedNow(name) : [];
      if (sinceTaken.length === 0) throw error;
      return this.takeOverByName(workspace, sinceTaken, inputs, action);
    }
  }

  private async takeOverByName(
    workspace: Workspace,
    taken: Secret[],
    inputs: WorkspaceSecretInputs,
    action: Action,
  ): Promise<Adopted> {
    const found = only(taken, action) as Secret;
    if (inputs.onExisting !== undefined && inputs.onExisting !== "fail") {
      return this.takeOver(workspace, found, inputs, action);
    }
    const dependents = await workspace.dependents(found.id).catch(() => undefined);
    const users =
      dependents === undefined
        ? ""
        : dependents.length > 0
          ? `, used by ${dependentsText(dependents)}`
          : ", which nothing uses";
    throw new Problem(
      actionText(action),
      `the name is taken by secret ${harmless(found.id)}${users}`,
      'Add  onExisting: "overwrite"  to take it over and push the value (also after an interrupted run), or  onExisting: "keep"  to leave its value.\n' +
        'Where a resource of this stack made it: if that was renamed in the program, add  aliases: [{ name: "OLD_NAME" }] ; if it takes another name now, run  pulumi up  with that change alone first.',
    );
  }

  private async takeOverById(
    workspace: Workspace,
    id: string,
    inputs: WorkspaceSecretInputs,
    action: Action,
  ): Promise<Adopted> {
    const found = await workspace.find(id);
    if (!found) {
      throw new Problem(
        actionText(action),
        `workspace ${quoted(workspace.name)} has no secret of the existingId ${quoted(id)}`,
        `If that secret was deleted, remove  existingId: ${quoted(id)}  from the arguments: pulumi up  then creates a new one.\n` +
          "Otherwise check the id, and whether the API key is of the workspace that holds the secret.",
      );
    }
    if (found.name !== inputs.name) {
      if (inputs.onExisting === "keep") {
        throw new Problem(
          actionText(action),
          `secret ${harmless(id)} is named ${quoted(found.name)}, and the API renames only together with a value`,
          `Add  name: ${quoted(found.name)}  or drop  onExisting: "keep"  to rename it and push the value.`,
        );
      }
      await requireFreeName(workspace, inputs.name, id, action);
    }
    return this.takeOver(workspace, found, inputs, action);
  }

  private async takeOver(
    workspace: Workspace,
    found: Secret,
    inputs: WorkspaceSecretInputs,
    action: Action,
  ): Promise<Adopted> {
    // A resource that is replaced meets its own former self here, and that one wants the same name in the same workspace.
    const isFormerSelf = (holder: Holder) => holder.wants === inputs.name && holder.workspace === workspace.name;
    const owner = workspace.owners.others(found.id).find((holder) => !isFormerSelf(holder));
    if (owner) {
      throw new Problem(
        actionText(action),
        `secret ${harmless(found.id)} belongs to another resource of this program, ${holderText(owner, action)}`,
        "Give this one another name, or remove one of the two from the program.",
      );
    }
    const holder = this.stack.holderOf(found.id, inputs);
    if (holder) {
      throw new Problem(
        actionText(action),
        `secret ${harmless(found.id)} belongs to resource ${quoted(holder.resource)} of this stack`,
        ownerAdvice(holder),
      );
    }
    if (inputs.onExisting === "keep") return { ...found, valueKept: true };
    // Whoever looks at its owner meanwhile must find that there are two.
    workspace.owners.hold(found.id, { mark: claimOf(inputs), wants: inputs.name });
    try {
      return await this.push(workspace, found, inputs, action);
    } catch (error) {
      workspace.owners.release(found.id, claimOf(inputs));
      if (!(error instanceof ApiError) || !error.outcomeUnknown) throw error;
      throw new Problem(
        actionText(action),
        `${error.cause}; secret ${harmless(found.id)} may hold the new value all the same`,
        "Run the same command again: it pushes the value again.",
      );
    }
  }

  private async push(
    workspace: Workspace,
    secret: Secret,
    { name, value }: WorkspaceSecretInputs,
    action: Action,
  ): Promise<Secret> {
    const { id } = secret;
    try {
      return await workspace.update(secret, name, value);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isNotFound) throw error;
      throw new Problem(
        actionText({ ...action, id }),
        "the workspace has no such secret any more",
        "Let the state take notice, then run the same command again: pulumi refresh",
      );
    }
  }

  private async pushUpdate(
    workspace: Workspace,
    id: string,
    stored: StoredState,
    inputs: WorkspaceSecretInputs,
    action: Action,
  ): Promise<Secret> {
    const secret = { id, name: stored.name ?? inputs.name };
    try {
      return await this.push(workspace, secret, inputs, action);
    } catch (error) {
      const problem = explained(error, action, workspace, { configMayBeStale: false });
      if (!(error instanceof ApiError && error.outcomeUnknown) || !(problem instanceof Problem)) throw error;
      const { valueDigest: _, ...rest } = seenAs(secret, stored, workspace);
      throw new UnfinishedUpdate(problem, { id, state: rest });
    }
  }

  private async afterRefusedDelete(
    workspace: Workspace,
    id: string,
    stored: StoredState,
    action: Action & { name: string },
    refusal: ApiError,
  ): Promise<void> {
    const dependents = await workspace.dependents(id).catch(() => []);
    if (dependents.length === 0) throw refusal;
    const users = dependentsText(dependents);
    if (stored.onInUse === "retain" || this.retained.has(id)) {
      await this.host.warn(
        `Secret ${quoted(action.name)} (${harmless(id)}) is left in the workspace, and forgotten here: it is used by ${users}.`,
      );
      return;
    }
    throw new Problem(
      actionText(action),
      `it is used by ${users}`,
      "It can be deleted once they no longer use it: point them at another secret, then run the same command again.\n" +
        'To leave it in the workspace instead, set  onInUse: "retain"  and run  pulumi up  first; too late where it is replaced already.',
    );
  }

  private action(verb: string, id: string, stored: StoredState): Action & { name: string } {
    return {
      verb,
      name: stored.name ?? id,
      id: stored.name === undefined ? undefined : id,
      workspace: workspaceOf(stored),
    };
  }

  /** What is wrong with the config of a workspace, as far as no request is needed to tell. */
  private faultsOf(workspace: string): CheckFailure[] {
    try {
      this.host.workspaces.get(workspace);
      return [];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [{ property: "workspace", reason: `cannot be used: ${error.reason}.\n${error.next}` }];
    }
  }

  private open(action: Action): Workspace {
    try {
      return this.host.workspaces.get(action.workspace);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { reason, next } = error;
      throw new Problem(actionText(action), reason, this.programRuns ? next : withProgram(next));
    }
  }

  private async perform<T>(action: Action, step: (workspace: Workspace) => Promise<T>): Promise<T> {
    const workspace = this.open(action);
    try {
      return await step(workspace);
    } catch (error) {
      throw explained(error, action, workspace, { configMayBeStale: !this.programRuns });
    }
  }
}

const LIST_HINT = "Check the id, and whether the key is of the workspace that holds the secret.";

/** The inputs whose change asks for another secret than the one of this id. */
function replacingInputs(id: string, stored: StoredState, inputs: PreviewInputs): string[] {
  const { existingId, workspace } = inputs;
  if (workspace === UNKNOWN || workspaceOf({ workspace }) !== workspaceOf(stored)) return ["workspace"];
  const replaces: string[] = [];
  if (existingId !== undefined && existingId !== stored.existingId && existingId !== id) replaces.push("existingId");
  // With `existingId`, a replacement would adopt this very secret again: the name changes in place.
  const staysSame = inputs.onNameChange === "rename" || existingId === id;
  if (stored.name !== undefined && !isNamed(stored, inputs.name) && !staysSame) replaces.push("name");
  return replaces;
}

/**
 * Refuses to rename or replace a secret whose value the program has never pushed, until `value` or `triggers` say that
 * the program's value counts: nobody could get the stored one back.
 */
function requireKnownValue(stored: StoredState, inputs: PreviewInputs, replaces: string[], action: Action): void {
  if (!isValueKept(stored) || pushes(stored, inputs)) return;
  if ([inputs.name, inputs.workspace, inputs.existingId].includes(UNKNOWN)) return;
  const isRename = stored.name !== undefined && !isNamed(stored, inputs.name);
  if (!isRename && replaces.length === 0) return;
  const input = isRename ? "name" : (replaces[0] ?? "name");
  throw new Problem(
    actionText(action),
    `it was adopted with onExisting: "keep", so only ElevenLabs has its value, and a change of ${input} would destroy that value`,
    `To keep the value, ${isRename ? `set  name: ${quoted(stored.name ?? "")}` : `undo the change of ${input}`}\n` +
      "To push the program's value instead, change  triggers  (or  value) in the same update.",
  );
}

/** Whether the value has to go to the API. */
function pushes(stored: StoredState, { value, triggers }: PreviewInputs): boolean {
  if (value === UNKNOWN || triggers === UNKNOWN) return true;
  // Also where the state does not know which value is stored.
  if (!isDigestOf(stored.valueDigest, value)) return true;
  return triggers === undefined
    ? stored.triggersDigest !== undefined
    : !isDigestOf(stored.triggersDigest, canonical(triggers));
}

/** The mark of a resource whose take-over is under way; no digest, and one for each name in each workspace. */
function claimOf(inputs: WorkspaceSecretInputs): string {
  return `claimed as ${inputs.name} in ${workspaceOf(inputs)}`;
}

function markOf({ valueDigest = "" }: StoredState): string {
  return valueDigest;
}

/** A state from before some output existed. */
function isOutdated(stored: StoredState): boolean {
  return stored.secretId === undefined || stored.endpoint === undefined;
}

function seenAs(found: Secret, stored: StoredState, { name: workspace, endpoint }: Workspace): WorkspaceSecretState {
  const { requestedName, ...rest } = stored;
  // Renamed by hand, it is no longer the API's spelling of the program's name.
  const isSpelling = requestedName !== undefined && found.name === stored.name;
  return {
    ...rest,
    secretId: found.id,
    name: found.name,
    ...(isSpelling ? { requestedName } : {}),
    workspace,
    endpoint,
  };
}

/** Without this, a config that points elsewhere would make every secret look gone, or delete what merely has its id. */
function requireSameEndpoint(workspace: Workspace, { endpoint }: StoredState, action: Action): void {
  if (endpoint === undefined || endpoint === workspace.endpoint) return;
  throw new Problem(
    actionText(action),
    `it lives at ${harmless(endpoint)}, but the config now points workspace ${quoted(workspace.name)} at ${workspace.endpoint}`,
    "Point it back. To move the secret, describe the other place as a second workspace in elevenlabs:workspaces, and set the input workspace.",
  );
}

/** A resource that took the secret over before this one was looked at could not know that it has an owner. */
function requireSoleOwner({ owners }: Workspace, id: string, mark: string, action: Action): void {
  const [other] = owners.others(id, mark);
  if (other === undefined) return;
  throw new Problem(
    actionText(action),
    `it belongs to another resource of this program too, ${holderText(other, action)}`,
    "Remove one of the two from the program: the secret stays with the other.",
  );
}

function holderText({ wants, workspace }: Holder, action: Action): string {
  return `named ${quoted(wants)}${workspace === action.workspace ? "" : ` in workspace ${quoted(workspace)}`}`;
}

/** The API may let two secrets share a name; we never make them do so. */
async function requireFreeName(workspace: Workspace, name: string, id: string, action: Action): Promise<void> {
  const others = (await workspace.namedNow(name)).filter((secret) => secret.id !== id);
  if (others.length === 0) return;
  throw new Problem(
    actionText(action),
    `the name ${quoted(name)} is taken by secret ${idsText(others)}`,
    "Choose another name, or rename or delete that secret first.",
  );
}

/** The one secret of them; undefined where there is none. */
function only(secrets: Secret[], action: Action): Secret | undefined {
  if (secrets.length <= 1) return secrets[0];
  throw new Problem(
    actionText(action),
    `several secrets have this name: ${idsText(secrets)}`,
    `Choose the one to take over with  existingId: ${quoted(secrets[0]?.id ?? "")}  or delete what is not needed.`,
  );
}

function defined<T extends object>(properties: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, property]) => property !== undefined)) as never;
}
