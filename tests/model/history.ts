import type { Operation, RecordedRequest, StoredSecret } from "../../emulator/index";
import type { End, Entry, Order, Outcome, Resource, Route } from "./driver";

/** A resource of the program that manages a secret, as the rules see it. */
export interface Wanted extends Resource {
  /** The name as the API stores it. */
  name: string;
  /** The name as the program gives it. */
  given: string;
  /** The name that the state has for the workspace. */
  workspace: string;
  /** Whether the user replaces the resource with `--replace`. */
  isForced: boolean;
}

/** The workspace and the state at one time. */
export interface Picture {
  secrets: StoredSecret[];
  entries: Entry[];
  /** The secrets of another account. */
  elsewhere: StoredSecret[];
}

/** Everything that can be observed of one operation of the engine. */
export interface Observed {
  operation: "up" | "refresh" | "destroy";
  /** Whether the operation is a refresh, or starts with one. */
  refreshes: boolean;
  /** The logical name of the only resource that the operation targets. Undefined for all resources. */
  target: string | undefined;
  /** Only for an `up`. */
  order: Order | undefined;
  program: Wanted[];
  /** The ids and names with which the program only looks secrets up. */
  lookUps: string[];
  route: Route;
  end: End;
  /** Whether a replaced resource is deleted first. */
  deleteFirst: boolean;
  /** The logical name of a resource that moves to a provider object of another account. */
  elsewhere: string | undefined;
  before: Picture;
  after: Picture;
  outcome: Outcome;
  requests: RecordedRequest[];
  /** Whether a refresh has succeeded since the last edit by hand, and nothing else has run since then. */
  isRefreshed: boolean;
  /** The delay after which the API's lists show a change, in milliseconds. */
  listLagMs: number;
}

type Start = Pick<Observed, "before" | "refreshes" | "target">;

const WRITES: (Operation | undefined)[] = ["create", "update", "delete"];

export function isWrite(operation: Operation | undefined): boolean {
  return WRITES.includes(operation);
}

export function writes({ requests }: Observed): RecordedRequest[] {
  return requests.filter(({ operation }) => isWrite(operation));
}

export function byId<T extends { id: string }>(things: T[], id: string): T | undefined {
  return things.find((thing) => thing.id === id);
}

export function entryOf(entries: Entry[], logical: string): Entry | undefined {
  return entries.find((entry) => entry.logical === logical && !entry.pendingDelete);
}

/** Whether a message contains this text. With `kind`, only messages of that kind are searched. */
export function isReported({ outcome }: Observed, text: string, kind?: string): boolean {
  const { messages } = outcome;
  return messages.some((message) => message.text.includes(text) && (kind === undefined || message.kind === kind));
}

/** Whether the engine asks the provider to create this resource: it is new, or to be replaced. */
export function isCreated(resource: Wanted, before: Picture): boolean {
  if (isImported(resource, before)) return false;
  const entry = entryOf(before.entries, resource.logical);
  if (!entry || entry.pendingReplacement || resource.isForced || entry.workspace !== resource.workspace) return true;
  const { existingId, given } = resource;
  if (existingId !== undefined && existingId !== entry.existingId && existingId !== entry.id) return true;
  if (given === entry.name || given === entry.requestedName) return false;
  return resource.onNameChange === "replace" && existingId !== entry.id;
}

/** Whether the engine imports the resource: the engine compares the ids as strings. */
export function isImported({ logical, importId }: Wanted, before: Picture): boolean {
  const entry = entryOf(before.entries, logical);
  return importId !== undefined && importId !== (entry?.importId ?? entry?.id);
}

/** The same as `isCreated`, but after the refresh at the start of this operation. */
export function mayBeCreated(resource: Wanted, observed: Start): boolean {
  return isCreated(resource, pictureBeforeUpdate(observed));
}

/** The state after a refresh: with the live names, and without the secrets that are gone. */
function refreshed({ secrets, entries, elsewhere }: Picture, target: string | undefined): Picture {
  const found = entries.flatMap((entry) => {
    if (target !== undefined && entry.logical !== target) return [entry];
    const secret = byId(secrets, entry.id);
    // After a rename by hand, the name is no longer the API's spelling of the program's name.
    const isRenamed = secret?.name !== entry.name;
    return secret ? [{ ...entry, name: secret.name, ...(isRenamed ? { requestedName: undefined } : {}) }] : [];
  });
  return { secrets, entries: found, elsewhere };
}

/** The state that the program is compared with. If the operation starts with a refresh, this is the state after it. */
export function pictureBeforeUpdate({ before, refreshes, target }: Start): Picture {
  return refreshes ? refreshed(before, target) : before;
}

/** The secrets with this name that no resource of the state owns. */
export function unownedSecrets(name: string, { secrets, entries }: Picture): StoredSecret[] {
  return secrets.filter((secret) => secret.name === name && !byId(entries, secret.id));
}

/** Whether the program asks to adopt this secret. */
export function mayAdopt(resource: Wanted, secret: StoredSecret, before: Picture, program: Wanted[]): boolean {
  const { importId, existingId, onExisting, name, given } = resource;
  if (isImported(resource, before)) {
    return importId === secret.id || [secret.name, `default/${secret.name}`].includes(importId ?? "");
  }
  if (!isCreated(resource, before)) return false;
  if (existingId !== undefined) return existingId === secret.id;
  if (onExisting === "fail" || ![name, given].includes(secret.name)) return false;
  // A secret in the state may get another name in the same update. So may a secret that another resource adopts by its id.
  const renamed = program.filter((other) => other.name !== secret.name).map((other) => other.existingId);
  const unowned = unownedSecrets(secret.name, before).filter(({ id }) => !renamed.includes(id));
  return unowned.length === 0 || (unowned.length === 1 && unowned[0]?.id === secret.id);
}

/** Whether the resource pushes the program's value when it adopts a secret. */
export function pushesAtAdoption({ onExisting, existingId }: Wanted): boolean {
  return onExisting === "overwrite" || (existingId !== undefined && onExisting !== "keep");
}

/** Conclusions about the stored values from all operations so far. */
export class History {
  /** The possible last values of each secret: more than one value while several resources own the secret. */
  private readonly lastValues = new Map<string, Set<string>>();
  /** Secrets whose value may differ from the program's value without a fault. */
  private readonly mayDiffer = new Set<string>();

  /** For each secret that was adopted with its value: the program's value at that time, until the program changes it. */
  private readonly adoptedWith = new Map<string, string>();

  /** Whether an `up` has used the key of another account: then the engine has stored that key with the providers. */
  hasStoredOtherKey = false;

  /** Whether the program has requested since the adoption that its value is pushed. */
  isPushRequested(id: string): boolean {
    return !this.adoptedWith.has(id);
  }

  possibleValues(id: string): string[] {
    return [...(this.lastValues.get(id) ?? [])];
  }

  mayDifferFromProgram(id: string): boolean {
    return this.mayDiffer.has(id);
  }

  /** Someone else has set the value. */
  setByOthers(id: string): void {
    this.mayDiffer.add(id);
  }

  record(observed: Observed): void {
    const { before, after, program } = observed;
    if (observed.operation === "up" && observed.route === "another account") this.hasStoredOtherKey = true;
    if (observed.operation === "up") this.recordAdoptions(before.entries, after.entries, program);
    for (const { id, value } of after.secrets) {
      if (byId(before.secrets, id)?.value === value) continue;
      const owners = after.entries.filter((entry) => entry.id === id).length;
      // A failed adoption reports this for the resource that adopts. The owner's entry in the state can't contain it.
      const isUnsaved = observed.end === "a create unsaved";
      const isHalfAdopted = owners > 0 && (isUnsaved || isReported(observed, `secret ${id} `, "may-have-been-updated"));
      if (owners > 1 || isHalfAdopted) {
        this.add(id, value);
      } else {
        this.lastValues.set(id, new Set([value]));
        this.mayDiffer.delete(id);
      }
      if (isHalfAdopted) this.mayDiffer.add(id);
    }
    for (const { logical, id, claim } of observed.operation === "up" ? after.entries : []) {
      const resource = program.find((resource) => resource.logical === logical);
      const isOld = before.entries.some((entry) => entry.id === id && entry.claim === claim);
      if (resource?.onExisting !== "keep" || isOld || !mayBeCreated(resource, observed)) continue;
      if (!byId(before.secrets, id)) continue;
      // The secret was adopted with its value, perhaps from the same resource before it was replaced.
      this.add(id, resource.value);
      this.mayDiffer.add(id);
    }
    for (const { id } of after.secrets) {
      if (isReported(observed, id, "left-to-other-owner")) this.mayDiffer.add(id);
    }
    for (const { id, isImported } of after.entries) {
      if (isImported) this.mayDiffer.add(id);
    }
  }

  private recordAdoptions(before: Entry[], after: Entry[], program: Wanted[]): void {
    const given = ({ logical }: Entry) => {
      const resource = program.find((resource) => resource.logical === logical);
      return resource && JSON.stringify([resource.value, resource.trigger]);
    };
    const keeping = (entries: Entry[]) => entries.filter(({ valueKept, pendingDelete }) => valueKept && !pendingDelete);
    for (const entry of keeping(before)) {
      const now = given(entry);
      if (now !== undefined && now !== this.adoptedWith.get(entry.id)) this.adoptedWith.delete(entry.id);
    }
    for (const entry of keeping(after)) {
      const now = given(entry);
      if (now !== undefined && entryOf(before, entry.logical)?.id !== entry.id) this.adoptedWith.set(entry.id, now);
    }
  }

  private add(id: string, value: string): void {
    this.lastValues.set(id, new Set([...this.possibleValues(id), value]));
  }
}
