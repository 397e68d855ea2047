import type { Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import type { Action, Problem } from "../messages/problem.js";
import * as problems from "../messages/secret.js";
import {
  type Declared,
  type Entry,
  isInComponent,
  isOwner,
  type Owner,
  type Ownership,
  ownedFacts,
} from "../ownership/ownership.js";
import type { Workspace } from "../workspaces/workspace.js";
import { decideCreate } from "./createDecision.js";
import type { WorkspaceSecretInputs } from "./inputs.js";
import { problemWithName, requireAtMostOne, requireFreeName } from "./names.js";

/** The result of a create. */
export interface CreateResult extends Secret {
  /** Whether the secret was adopted and keeps its value. */
  isValueKept: boolean;
}

export interface CreateContext {
  action: Action;
  ownership: Ownership;
  /** The new entry of the state. */
  entry: Omit<Entry, "id">;
  /** The resource, as its check declared it. */
  declared: Declared | undefined;
}

/** One create: makes a new secret, or adopts an existing secret if the inputs allow it. */
export class CreateOrAdopt {
  /** The secrets that this operation has created with other spellings of the name. A list may not show them yet. */
  private readonly otherSpellings: Secret[] = [];

  constructor(
    private readonly workspace: Workspace,
    private readonly inputs: WorkspaceSecretInputs,
    private readonly context: CreateContext,
  ) {}

  async run(): Promise<CreateResult> {
    const { workspace, context, inputs } = this;
    const { ownership, entry } = context;
    const turn = await ownership.create(inputs.name, workspace.signal);
    let created: CreateResult | undefined;
    try {
      const { existingId } = inputs;
      // With an `existingId`, no secret is created, so earlier creates don't matter.
      const earlier = existingId === undefined ? turn.earlier : [];
      for (const { id, resource, name, account = "" } of earlier) {
        // Another account may have a secret with the same name.
        if (workspace.account.isOther(account)) continue;
        const found = await workspace.findDirectly(id);
        if (!found) workspace.account.noteOther(account);
        if (found && [found.name, name].includes(inputs.name)) {
          throw this.ownedBy({ id, resource, mark: "", since: "operation" });
        }
        if (found) this.otherSpellings.push(found);
      }
      created = await this.proceed(await this.findExisting());
      ownership.hold({ ...entry, id: created.id });
      return created;
    } finally {
      const { fingerprint: account } = workspace.account;
      turn.end(created && { id: created.id, resource: entry.resource, name: inputs.name, account });
    }
  }

  private async findExisting(): Promise<Secret[]> {
    const { existingId, name } = this.inputs;
    if (existingId === undefined) return this.workspace.findByName(name);
    const found = await this.workspace.findDirectly(existingId);
    return found ? [found] : [];
  }

  private async proceed(found: Secret[]): Promise<CreateResult> {
    const { workspace, inputs, action } = this;
    const decision = decideCreate(inputs, found);
    switch (decision.kind) {
      case "create":
        return this.create();
      case "adopt":
        return inputs.existingId === undefined ? this.adopt(decision.secret) : this.adoptById(decision.secret);
      case "existing-id-not-found":
        throw problems.existingIdNotFound({ id: decision.existingId, workspace: workspace.name }, action);
      case "several-with-this-name":
        throw problems.severalWithThisName({ secrets: decision.secrets, chooseBy: "existingId" }, action);
      case "name-taken":
        throw await this.nameTaken(decision.secret);
    }
  }

  private async create(): Promise<CreateResult> {
    const { workspace, action } = this;
    const { name, value } = this.inputs;
    let created: Secret;
    try {
      // The name was free. So if the outcome is unknown and a secret has the name afterwards, the POST has created that secret.
      const findCreated = async () => requireAtMostOne(await workspace.findByNameDirectly(name), action);
      created = await workspace.create(name, value, findCreated);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.outcomeUnknown) {
        const spellings = await workspace.findSpellings(name).catch(() => []);
        throw problems.mayHaveBeenCreated({ failure: error.failure, spellings }, action);
      }
      if (!error.isRefusal) throw error;
      const takenSince = await workspace.findSpellings(name);
      const exactly = takenSince.filter((secret) => secret.name === name);
      if (exactly.length > 0) return this.proceed(exactly);
      const [spelling] = takenSince;
      throw spelling ? await this.nameTaken(spelling) : error;
    }
    const twins = created.name === name ? [] : await this.twinsOf(created);
    return twins.length > 0 ? this.proceed(twins) : { ...created, isValueKept: false };
  }

  /**
   * If the API has stored a different spelling, finds the secrets that already had that spelling, and deletes the new secret. If
   * this fails, returns no secrets: the resource then owns the new secret, so that no secret is without an owner.
   */
  private async twinsOf(created: Secret): Promise<Secret[]> {
    const { workspace } = this;
    try {
      const listed = await workspace.findByNameDirectly(created.name);
      const known = this.otherSpellings.filter(
        ({ id, name }) => name === created.name && !listed.some((one) => one.id === id),
      );
      const twins = [...listed, ...known].filter(({ id }) => id !== created.id);
      if (twins.length > 0) await this.takeBack(created);
      return twins;
    } catch (error) {
      if (error instanceof ApiError) return [];
      throw error;
    }
  }

  /**
   * Deletes the secret that this create has made. If the response is lost, the secret may be deleted anyway. If nobody knows
   * whether it is, the create fails: otherwise the state could have a secret that doesn't exist.
   */
  private async takeBack(created: Secret): Promise<void> {
    const { workspace, action } = this;
    try {
      await workspace.delete(created);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const found = await workspace.findDirectly(created.id).catch((unknown: unknown) => {
        if (!(unknown instanceof ApiError) || !error.outcomeUnknown) throw unknown;
        throw problems.mayHaveBeenCreated({ failure: error.failure, spellings: [created] }, action);
      });
      if (found) throw error;
    }
  }

  private async nameTaken({ id, name }: Secret): Promise<Problem> {
    const { ownership, entry, declared } = this.context;
    const owner = ownership.ownerOf({ ...entry, id }, declared) ?? ownership.stranger(declared, this.inputs);
    if (owner) return this.ownedBy(owner);
    // The error is useful even without the dependents.
    const dependents = await this.workspace.dependents(id).catch(() => undefined);
    const spelling = name === this.inputs.name ? undefined : name;
    const isOwn = ownership.journal.holdersOf(id).some(isOwner);
    return problems.nameTaken({ id, dependents, spelling, isOwn, isInComponent: isInComponent(declared) }, this.action);
  }

  private async adoptById(found: Secret): Promise<CreateResult> {
    const { workspace, inputs, action } = this;
    const { id, name } = found;
    if (name === inputs.name) return this.adopt(found, { isFresh: true });
    if (inputs.onExisting === "keep") throw problems.keptValueHasOtherName({ id, liveName: name }, action);
    await requireFreeName(workspace, { id, name: inputs.name }, action);
    return this.adopt(found);
  }

  /** `isFresh`: whether the secret was looked up just now, by its id. */
  private async adopt(found: Secret, { isFresh = false } = {}): Promise<CreateResult> {
    const { workspace, action, context } = this;
    const { ownership, entry, declared } = context;
    const adoption = await ownership.adopt({ ...entry, id: found.id }, declared, workspace.signal);
    if ("other" in adoption) throw this.ownedBy(adoption.other);
    try {
      if (!isFresh) await this.requireUnchanged(found);
      const created = await this.take(found);
      adoption.succeeded();
      return created;
    } catch (error) {
      adoption.failed();
      if (!(error instanceof ApiError)) throw error;
      if (error.outcomeUnknown) {
        throw problems.mayHaveBeenUpdated({ failure: error.failure, id: found.id }, action);
      }
      const isGone = await workspace.isGone(found.id, error);
      throw isGone ? problems.secretGone({}, { ...action, id: found.id }) : error;
    }
  }

  /** Pushes the program's name and value, unless `onExisting` keeps the existing value. */
  private async take(found: Secret): Promise<CreateResult> {
    const { workspace, inputs, action } = this;
    if (inputs.onExisting === "keep") return { ...found, isValueKept: true };
    const pushed = await workspace.update(found, inputs);
    const problem = await problemWithName(workspace, { pushed, before: found, inputs }, action);
    if (problem) throw problem;
    return { ...pushed, isValueKept: false };
  }

  /** The secret may have been changed or deleted since it was found, and a list may lag. */
  private async requireUnchanged({ id, name }: Secret): Promise<void> {
    const liveName = (await this.workspace.findDirectly(id))?.name;
    if (liveName !== name) throw problems.changedMeanwhile({ id, name, liveName }, this.action);
  }

  private ownedBy(owner: Owner): Problem {
    const { ownership, entry, declared } = this.context;
    ownership.refuse(owner, entry);
    return problems.ownedByOther(ownedFacts(owner, declared), this.action);
  }

  private get action(): Action {
    return this.context.action;
  }
}
