import { declaredTwice, ownedByOtherAtCheck, stateUnreadable, valueTransformed } from "../messages/check.js";
import { type Action, type CheckFailure, Problem } from "../messages/problem.js";
import { keptValueAtRisk } from "../messages/secret.js";
import { routesIn } from "../ownership/mark.js";
import { type Declared, type Entry, mayBeOf, type Ownership, ownedFacts } from "../ownership/ownership.js";
import type { Registration } from "../ownership/registration.js";
import type { Holder, StoredHolder } from "../ownership/store.js";
import type { Workspace } from "../workspaces/workspace.js";
import { mayAdopt, UNKNOWN, type WorkspaceSecretInputs } from "./inputs.js";
import { isNamed, isValueKept, type StoredState, workspaceOf } from "./state.js";
import { differing } from "./valueTracking.js";

type Inputs = Record<string, unknown>;
type Place = { name?: unknown; workspace?: unknown };

/** The program's plan for one secret in this operation. */
interface Plan {
  declared: Declared;
  /** Whether its value or triggers differ from the last update, so that the value is pushed. */
  pushes: boolean;
  /** The mark of the entry that remains in the state, if there is one. */
  mark?: string;
}

type StoredEntry = Pick<Entry, "id" | "mark"> & { state: StoredState };

/** The program's plans in this operation. A delete needs them, because the engine passes it no inputs of the program. */
export class Plans {
  private readonly byPlace = new Map<string, Plan>();
  /**
   * The secrets with `onInUse: "retain"` in the current program. When a replaced secret is deleted, the state has only the
   * setting of the last update.
   */
  private readonly retained = new Set<string>();
  private readonly stateFiles = new Map<string, string | undefined>();

  constructor(
    private readonly ownership: Ownership,
    private readonly workspace: (name: string) => Workspace,
  ) {}

  /** Checks a resource against the other resources of the program and of the state. */
  check(inputs: Inputs, olds: Inputs, registered: Registration): CheckFailure[] {
    const { name, workspace, existingId } = inputs;
    const earlier = this.of(inputs);
    const isSecondCheck = earlier?.declared.registrationId === registered.registrationId;
    const hasOlds = olds.name !== undefined;
    const isNew = isSecondCheck ? earlier.declared.isNew : !hasOlds;
    const registration = { ...registered, isNew };
    const stateProblem = this.stateProblemOf(registration);
    const failures: CheckFailure[] = [];
    const isTransformed =
      typeof inputs.value === "string" && registration.value !== UNKNOWN && inputs.value !== registration.value;
    // With `ignoreChanges`, the engine passes the value of the last update.
    if (isTransformed && inputs.value !== olds.value) {
      failures.push(valueTransformed("value", {}));
    }
    const isNameKnown = typeof name === "string" && ["string", "undefined"].includes(typeof workspace);
    const same = this.ownership.declare(registration, {
      name: isNameKnown ? { account: this.accountOf(workspaceOf(inputs)), name } : undefined,
      existingId: typeof existingId === "string" ? existingId : undefined,
    });
    if (same) {
      return [...failures, declaredTwice(same.input, { resource: same.other.name, input: same.input })];
    }
    // If a resource is to be replaced, the engine checks it a second time, without the inputs of the last update.
    const pushes = hasOlds ? pushesOver(olds, inputs) : isSecondCheck && earlier.pushes;
    const plan: Plan = { declared: registration, pushes };
    this.byPlace.set(keyOf(inputs), plan);
    this.shareWantedValue(plan);
    if (!willCreate(inputs, olds) || !mayAdopt(inputs)) return failures;
    return [...failures, ...this.conflicts(inputs, registration, stateProblem)];
  }

  of(place: Place): Plan | undefined {
    return this.byPlace.get(keyOf(place));
  }

  /** The plan of the resource that has the entry. After a rename by hand, another resource may declare the entry's name. */
  ofEntry({ state, ...entry }: StoredEntry): Plan | undefined {
    const plan = this.of({ name: state.requestedName ?? state.name, workspace: state.workspace });
    const stored = this.ownership.inStateBy(entry);
    return plan && (!stored || mayBeOf(plan.declared, stored)) ? plan : undefined;
  }

  retain(id: string): void {
    this.retained.add(id);
  }

  isRetained(id: string): boolean {
    return this.retained.has(id);
  }

  /**
   * Refuses to delete a secret with a kept value if the program then creates the secret again, as in a forced replacement that
   * deletes first: nobody could get the value back.
   */
  requireValueNotReplaced(entry: StoredEntry, action: Action): void {
    const { mark, state } = entry;
    if (!isValueKept(state)) return;
    const plan = this.ofEntry(entry);
    // If an earlier operation has already replaced this entry, it has decided about the value.
    const isPlanned = plan && !plan.pushes && (plan.mark === undefined || plan.mark === mark);
    const isWanted = isPlanned || this.ownership.inStateBy(entry)?.isValueWanted;
    if (isWanted) throw keptValueAtRisk({ input: "replacement" }, action);
  }

  /** The entry may belong to another provider object, whose process deletes the secret but doesn't check the resource. */
  private shareWantedValue({ declared, pushes }: Plan): void {
    const own = pushes ? undefined : this.ownership.ownInState(declared);
    if (own?.stored?.isValueKept) this.ownership.journal.hold({ ...own, isValueWanted: true });
  }

  /**
   * Returns the resource's own entry, if its value is kept and a create with these inputs would not adopt it. The engine doesn't
   * call `diff` before a forced replacement, so this is the first chance to refuse it.
   */
  keptEntryReplacedBy(inputs: WorkspaceSecretInputs): (Holder & { stored: StoredHolder }) | undefined {
    const plan = this.of(inputs);
    const own = plan && !plan.pushes ? this.ownership.ownInState(plan.declared) : undefined;
    if (!own?.stored?.isValueKept) return undefined;
    const { id, stored } = own;
    const isSame =
      isNamed(stored, inputs.name) &&
      stored.workspace === workspaceOf(inputs) &&
      [undefined, id].includes(inputs.existingId);
    return isSame ? undefined : { ...own, stored };
  }

  /** Fails if an entry in the state already owns the secret that a create with these inputs would adopt. */
  private conflicts(inputs: Inputs, registration: Declared, stateProblem: string | undefined): CheckFailure[] {
    const { existingId, name } = inputs;
    const property = existingId === undefined ? "name" : "existingId";
    if (stateProblem !== undefined) return [stateUnreadable(property, { reason: stateProblem })];
    const isMeant = ({ id, stored }: Holder) =>
      existingId === undefined
        ? name === stored?.name && this.isInAccount(id, stored, workspaceOf(inputs))
        : id === existingId;
    const owner =
      this.ownership.inState(registration, isMeant) ?? this.ownership.stranger(registration, { id: existingId, name });
    return owner ? [ownedByOtherAtCheck(property, { ...ownedFacts(owner, registration), where: "state" })] : [];
  }

  /** The reason that the stack's state is unknown. Undefined for a program in another language, which doesn't read the state. */
  private stateProblemOf({ state: { file, problem } = {} }: Registration): string | undefined {
    if (file === undefined) return problem;
    if (!this.stateFiles.has(file)) this.stateFiles.set(file, this.ownership.journal.include(file));
    return this.stateFiles.get(file);
  }

  /** Whether the secret is known to be in the workspace's account, without a request. */
  private isInAccount(id: string, stored: StoredHolder | undefined, workspace: string): boolean {
    if (routesIn(stored?.mark).length === 0) return stored?.workspace === workspace;
    return this.workspaceIfUsable(workspace)?.account.hasWritten({ id, state: stored ?? {} }) ?? false;
  }

  /** Two names in the config may refer to the same account. */
  private accountOf(workspace: string): string {
    return this.workspaceIfUsable(workspace)?.account.fingerprint ?? workspace;
  }

  private workspaceIfUsable(name: string): Workspace | undefined {
    try {
      return this.workspace(name);
    } catch (error) {
      if (!Problem.isInstance(error)) throw error;
      return undefined;
    }
  }
}

function keyOf({ name, workspace }: Place): string {
  return JSON.stringify([workspaceOf({ workspace }), name]);
}

/** Whether the value is pushed, because it or the triggers differ from the last update. */
function pushesOver(olds: Inputs, inputs: Inputs): boolean {
  // After an import, the inputs of the last update have no value. The program's value isn't a change.
  return olds.value !== undefined && differing(inputs, olds).length > 0;
}

/** Whether the engine is going to create a secret for these inputs. */
function willCreate(inputs: Inputs, olds: Inputs): boolean {
  if (olds.name === undefined) return true;
  if (workspaceOf(inputs) !== workspaceOf(olds)) return true;
  if (inputs.existingId !== undefined && inputs.existingId !== olds.existingId) return true;
  return inputs.name !== olds.name && inputs.onNameChange !== "rename";
}
