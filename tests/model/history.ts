import type { Operation, RecordedRequest, StoredSecret } from "../../emulator/index";
import type { Entry, Order, Outcome, Resource } from "./driver";

/** The workspace and the state at one time. */
export interface Picture {
  secrets: StoredSecret[];
  entries: Entry[];
}

/** One operation of the engine, as an onlooker sees it who sees all. */
export interface Observed {
  operation: "up" | "refresh" | "destroy";
  /** Whether the operation looks at the workspace first, or does nothing else. */
  refreshes: boolean;
  /** The one resource that the operation is about; undefined for all. */
  target: string | undefined;
  /** Of an `up`. */
  order: Order | undefined;
  program: Resource[];
  before: Picture;
  after: Picture;
  outcome: Outcome;
  requests: RecordedRequest[];
  /** Since the last hand edit, a refresh has succeeded, and nothing else has run. */
  isRefreshed: boolean;
}

type Basis = Pick<Observed, "before" | "refreshes" | "target">;

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

export function heldBy(entries: Entry[], logical: string): Entry | undefined {
  return entries.find((entry) => entry.logical === logical && !entry.pendingDelete);
}

export function isTold({ outcome }: Observed, text: string): boolean {
  return outcome.messages.some((message) => message.text.includes(text));
}

/** Whether the engine asks the provider to create this resource: it is new, or its name is, and it is not to be renamed. */
export function isCreated(resource: Resource, before: Picture): boolean {
  const held = heldBy(before.entries, resource.logical);
  return held === undefined || (held.name !== resource.name && resource.onNameChange === "replace");
}

/** The same, of what the refresh of this operation has left. */
export function mayBeCreated(resource: Resource, observed: Basis): boolean {
  return isCreated(resource, basisOf(observed));
}

/** What the state becomes by a look at the workspace: names as they are, what is gone left out. */
function looked({ secrets, entries }: Picture, target: string | undefined): Picture {
  const seen = entries.flatMap((entry) => {
    if (target !== undefined && entry.logical !== target) return [entry];
    const secret = byId(secrets, entry.id);
    return secret ? [{ ...entry, name: secret.name }] : [];
  });
  return { secrets, entries: seen };
}

/** What the program is compared with. */
export function basisOf({ before, refreshes, target }: Basis): Picture {
  return refreshes ? looked(before, target) : before;
}

/** The secrets that were in the workspace, that nothing in the state held, by name. */
export function foreignOf(name: string, { secrets, entries }: Picture): StoredSecret[] {
  return secrets.filter((secret) => secret.name === name && !byId(entries, secret.id));
}

/** Whether the program asks for this secret to be taken over. */
export function mayTakeOver(resource: Resource, secret: StoredSecret, before: Picture): boolean {
  if (resource.onExisting === "fail" || resource.name !== secret.name || !isCreated(resource, before)) return false;
  // One that the state holds may be on its way to another name.
  const foreign = foreignOf(secret.name, before);
  return foreign.length === 0 || (foreign.length === 1 && foreign[0]?.id === secret.id);
}

/** What only the whole story tells about the values that are stored. */
export class History {
  /** The values that were pushed last to each secret; more than one while several of the state hold it. */
  private readonly pushed = new Map<string, Set<string>>();
  /** Secrets whose value may differ from the program's with good reason. */
  private readonly doubtful = new Set<string>();

  /** Of each secret whose value was adopted: what the program gave then, until it gives something else. */
  private readonly adoptedWith = new Map<string, string>();

  /** Whether the program has asked since its adoption for its own value to be pushed. */
  isPushAskedFor(id: string): boolean {
    return !this.adoptedWith.has(id);
  }

  mayBeStored(id: string): string[] {
    return [...(this.pushed.get(id) ?? [])];
  }

  isDoubtful(id: string): boolean {
    return this.doubtful.has(id);
  }

  handSet(id: string): void {
    this.doubtful.add(id);
  }

  learn(observed: Observed): void {
    const { before, after, outcome, program } = observed;
    if (observed.operation === "up") this.learnOfAdoptions(before.entries, after.entries, program);
    for (const { id, value } of after.secrets) {
      if (byId(before.secrets, id)?.value === value) continue;
      const holders = after.entries.filter((entry) => entry.id === id).length;
      // The error of a take-over is told with the one that fails, which cannot speak for the one that holds the secret.
      const isHalfTaken = holders > 0 && isTold(observed, `secret ${id} may hold the new value`);
      if (holders > 1 || isHalfTaken) {
        this.add(id, value);
      } else {
        this.pushed.set(id, new Set([value]));
        this.doubtful.delete(id);
      }
      if (isHalfTaken) this.doubtful.add(id);
    }
    for (const { logical, id, valueDigest } of observed.operation === "up" ? after.entries : []) {
      const resource = program.find((resource) => resource.logical === logical);
      const isOld = before.entries.some((entry) => entry.id === id && entry.valueDigest === valueDigest);
      if (resource?.onExisting !== "keep" || isOld || !mayBeCreated(resource, observed)) continue;
      if (!byId(before.secrets, id)) continue;
      // Taken over as it is, perhaps from its own former self.
      this.add(id, resource.value);
      this.doubtful.add(id);
    }
    for (const { text } of outcome.messages.filter(({ text }) => text.includes("Where their values differ"))) {
      for (const { id } of after.secrets.filter(({ id }) => text.includes(id))) this.doubtful.add(id);
    }
  }

  private learnOfAdoptions(before: Entry[], after: Entry[], program: Resource[]): void {
    const given = ({ logical }: Entry) => {
      const resource = program.find((resource) => resource.logical === logical);
      return resource && JSON.stringify([resource.value, resource.trigger]);
    };
    const live = (entries: Entry[]) => entries.filter(({ valueKept, pendingDelete }) => valueKept && !pendingDelete);
    for (const entry of live(before)) {
      const now = given(entry);
      if (now !== undefined && now !== this.adoptedWith.get(entry.id)) this.adoptedWith.delete(entry.id);
    }
    for (const entry of live(after)) {
      const now = given(entry);
      if (now !== undefined && heldBy(before, entry.logical)?.id !== entry.id) this.adoptedWith.set(entry.id, now);
    }
  }

  private add(id: string, value: string): void {
    this.pushed.set(id, new Set([...this.mayBeStored(id), value]));
  }
}
