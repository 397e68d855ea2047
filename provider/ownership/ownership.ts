import { foldedName } from "../api/spelling.js";
import { COMPONENT_TYPE } from "../hosts/typeTokens.js";
import type { StoredEntry } from "./account.js";
import type { Journal, Turn } from "./journal.js";
import type { Registration } from "./registration.js";
import type { Holder, Stranger } from "./store.js";
import { wordDigest } from "./strangers.js";

/** A resource of the program, as its check declares it. */
export interface Declared extends Pick<Registration, "registrationId" | "name" | "state" | "type"> {
  /**
   * Whether the engine passes no entry of the state to the check. Then it has found none, or replaces the resource because of
   * `--replace`. The engine ignores an alias of a new parent, for example, if the state already has the parent.
   */
  isNew: boolean;
}

/** The inputs that two resources of a program must not share: the name in one workspace, or the id of the secret to adopt. */
export interface Claims {
  /** Undefined if it isn't known yet. */
  name: { account: string; name: string } | undefined;
  existingId: string | undefined;
}

/** An entry of the state in a step of the engine. */
export interface Entry {
  id: string;
  mark: string;
  resource: string;
  urn?: string;
}

/**
 * Records which entry of the state owns which secret, in this operation of the engine. Two rules: only one resource declares a
 * name in an account, and a secret has only one holder. The rules apply across URLs, keys, workspace names, providers and hosts.
 */
export class Ownership {
  private readonly declared = new Map<string, Declared>();
  private readonly wantedIds = new Map<string, Declared>();

  constructor(readonly journal: Journal) {}

  /** Records a resource. Returns another resource that has declared the same name or id, and the input that conflicts. */
  declare(by: Declared, { name, existingId }: Claims): { input: "name" | "existingId"; other: Declared } | undefined {
    const sameName = name && this.firstOf(this.declared, JSON.stringify([name.account, name.name]), by);
    if (sameName) return { input: "name", other: sameName };
    const sameId = existingId === undefined ? undefined : this.firstOf(this.wantedIds, existingId, by);
    return sameId && { input: "existingId", other: sameId };
  }

  /** Finds another resource's entry in the stack's state, as it was when the operation began, that satisfies `condition`. */
  inState(by: Declared, condition: (holder: Holder) => boolean): Holder | undefined {
    return [...this.journal.holders()].find((holder) => holder.stored && condition(holder) && !isOf(by, holder));
  }

  /** The resource's own entry in the stack's state, as it was when the operation began. Undefined if its URNs aren't known. */
  ownInState(by: Declared): Holder | undefined {
    return by.state?.urns && [...this.journal.holders()].find((holder) => holder.stored && mayBeOf(by, holder));
  }

  /** The entry as the stack's state had it when the operation began. */
  inStateBy({ id, mark }: Pick<Entry, "id" | "mark">): Holder | undefined {
    return this.journal.holdersOf(id).find((holder) => holder.stored && holder.mark === mark);
  }

  /** Returns the other entry or resource that already has the secret that `entry` would adopt. */
  ownerOf(entry: Omit<Entry, "mark">, by: Declared | undefined): Owner | undefined {
    const isOther = (holder: Holder) => isOwner(holder) && !(by && isOf(by, holder)) && holder.urn !== entryUrn(entry);
    return this.journal.holdersOf(entry.id).find(isOther) ?? this.stranger(by, entry);
  }

  /** The resource of another provider in the stack's state that seems to have made the secret with this id or name. */
  stranger(by: Declared | undefined, { id, name }: { id?: unknown; name?: unknown }): Stranger | undefined {
    const digests = [id, name].flatMap((word) => (typeof word === "string" ? [wordDigest(word)] : []));
    const isMeant = (stranger: Stranger) =>
      (stranger.id !== undefined && stranger.id === id) ||
      digests.some((digest) => stranger.wordDigests.includes(digest));
    return this.journal.strangers().find((stranger) => isMeant(stranger) && !by?.state?.urns?.includes(stranger.urn));
  }

  /**
   * Records that the entry owns the secret and remains in the state. Returns another entry that does the same, if there is
   * one.
   */
  hold(entry: Entry): Holder | undefined {
    const other = this.journal
      .holdersOf(entry.id)
      .find(({ mark, since }) => since === "operation" && mark !== entry.mark);
    if (!other) this.journal.hold({ ...entry, since: "operation" });
    return other;
  }

  /** Records that the program looks the secret up, so that this operation doesn't delete it. */
  lookUp(entry: Entry): void {
    this.journal.hold({ ...entry, since: "lookup" });
  }

  /**
   * Records that a resource of the program didn't get the secret of `owner`. With `--continue-on-error`, the engine could
   * delete that secret next, although the program needs it.
   */
  refuse(owner: Owner, by: Pick<Entry, "mark" | "resource">): void {
    if ("since" in owner) this.journal.hold({ ...by, id: owner.id, since: "refused" });
  }

  /** The resource of the program that didn't get this secret in this operation, because another entry owns it. */
  refusedOf(id: string): Holder | undefined {
    return this.journal.holdersOf(id).find(({ since }) => since === "refused");
  }

  /** The entries of this type and workspace in the stack's state, as it was when the operation began. */
  inStack(type: string | undefined, workspace: string): StoredEntry[] {
    return [...this.journal.holders()].flatMap(({ id, stored }) =>
      stored && stored.type === type && stored.workspace === workspace ? [{ id, state: stored }] : [],
    );
  }

  /**
   * Waits for all earlier adoptions of the same secret, and records that `entry` adopts it. Returns the other entry that owns the
   * secret, or an `Adoption`, which the caller must end.
   */
  async adopt(entry: Entry, by: Declared | undefined, signal?: AbortSignal): Promise<{ other: Owner } | Adoption> {
    const turn = await this.journal.turn(`id ${entry.id}`, signal);
    const [adopted] = turn.earlier;
    const other = adopted ? { ...adopted, mark: "", since: "operation" as const } : this.ownerOf(entry, by);
    if (other) {
      turn.end();
      return { other };
    }
    this.journal.hold({ ...entry, since: "operation" });
    return {
      succeeded: () => turn.end({ id: entry.id, resource: entry.resource }),
      failed: () => {
        this.journal.release(entry.id, entry.mark);
        turn.end();
      },
    };
  }

  /**
   * Waits for all earlier creates of a secret with the same name. This includes other accounts, because two routes may lead to
   * one account, and other spellings, because the API may treat them as the same name.
   */
  create(name: string, signal?: AbortSignal): Promise<Turn> {
    return this.journal.turn(`name ${foldedName(name)}`, signal);
  }

  /** The other entry or resource that keeps the secret when this entry is deleted. Undefined if there is no other. */
  keeperOf({ id, mark }: Pick<Entry, "id" | "mark">): Pick<Holder, "resource" | "since"> | undefined {
    const wanted = this.wantedIds.get(id);
    // Entries from before marks existed can't be distinguished.
    const isMarked = ({ since, stored }: Holder) => since !== "state" || stored?.mark !== undefined;
    const isKeeper = (holder: Holder) => holder.mark !== mark && holder.since !== "refused" && isMarked(holder);
    const keeper = this.journal.holdersOf(id).find(isKeeper);
    return keeper ?? (wanted && { resource: wanted.name, since: "operation" });
  }

  /** Records that the entry was removed from the state, or is about to be. */
  release({ id, mark }: Pick<Entry, "id" | "mark">): void {
    this.journal.release(id, mark);
  }

  /** Returns the resource that declared the key first. Undefined if that is `by`. */
  private firstOf(known: Map<string, Declared>, key: string, by: Declared): Declared | undefined {
    const first = known.get(key) ?? by;
    known.set(key, first);
    return first.registrationId === by.registrationId ? undefined : first;
  }
}

/** Another entry of the state that owns a secret, or a resource of another provider that seems to have created it. */
export type Owner = Holder | Stranger;

/** An adoption that has started. */
export interface Adoption {
  succeeded(): void;
  failed(): void;
}

/** Whether the holder is the resource's own entry in the state, possibly under an alias. */
export function mayBeOf({ state: { urns } = {}, name, type }: Declared, holder: Holder): boolean {
  if (holder.urn === undefined) return false;
  return urns ? urns.includes(holder.urn) : holder.resource === name && holder.stored?.type === type;
}

/** Whether the engine knows that the holder is the resource's own entry. If not, the engine may delete its secret. */
function isOf(declared: Declared, holder: Holder): boolean {
  const { urns } = declared.state ?? {};
  return mayBeOf(declared, holder) && !(declared.isNew && urns && urns[0] !== holder.urn);
}

/** Whether the holder owns the secret, now or when the operation began. */
export function isOwner({ since }: Holder): boolean {
  return since === "state" || since === "operation";
}

/** Without a URN, returns a string that no URN of a holder equals. */
function entryUrn({ urn }: Pick<Entry, "urn">): string {
  return urn ?? "none";
}

/** Whether the resource is known to belong to a `WorkspaceSecrets`. */
export function isInComponent(declared: Declared | undefined): boolean {
  return declared?.state?.urns?.[0]?.includes(`${COMPONENT_TYPE}$`) ?? false;
}

/** Another resource that owns a secret. */
export interface OwnedFacts {
  /** Undefined if only the name is known. */
  id?: string | undefined;
  /** The resource's logical name, or the name of its secret. */
  resource: string;
  urn?: string | undefined;
  /**
   * `state`: the stack's state has the owner. `program`: the owner has just created or adopted the secret. `both`: two resources
   * of the state own the secret. `refused`: the resource didn't get the secret that is about to be deleted.
   */
  where: "state" | "program" | "both" | "refused";
  /** Whether the resource that would get the secret belongs to a `WorkspaceSecrets`. */
  isInComponent?: boolean;
  /** The resource's type token, if the resource belongs to another provider. */
  strangerType?: string;
}

/** The facts for an error: another resource owns the secret that `by` tries to adopt. */
export function ownedFacts(owner: Owner, by: Declared | undefined): OwnedFacts {
  const { id, urn, resource } = owner;
  const isStranger = "wordDigests" in owner;
  const where = isStranger || owner.since === "state" ? "state" : "program";
  return {
    id,
    urn,
    resource,
    where,
    isInComponent: isInComponent(by),
    ...(isStranger ? { strangerType: owner.type } : {}),
  };
}
