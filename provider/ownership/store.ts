/** An entry of the stack's state that owns a secret, and that this operation has seen. */
export interface Holder {
  /** The id of the secret. */
  id: string;
  /** Unique for each entry, even if two entries belong to one resource. */
  mark: string;
  /** The resource's logical name, or the name of its secret: for messages. */
  resource: string;
  urn?: string;
  /**
   * The state as it was when the operation began, or a step of this operation. A look-up by the program owns nothing, and neither
   * does a resource that was refused the secret because another entry owns it.
   */
  since: "state" | "operation" | "lookup" | "refused";
  /** The secret's properties in the state, if the holder is in the state. */
  stored?: StoredHolder;
  /** Whether the program still has the resource and keeps its value: then no process may delete the secret. */
  isValueWanted?: true;
}

export interface StoredHolder {
  type: string;
  name: string;
  requestedName?: string | undefined;
  workspace: string;
  endpoint?: string | undefined;
  mark?: string | undefined;
  /** Whether the secret was adopted with its value, and no program has pushed a value since. */
  isValueKept: boolean;
}

/**
 * A resource of another provider in the stack's state that may have created a secret. If so, it deletes the secret when it
 * is destroyed.
 */
export interface Stranger {
  /** The resource's logical name. */
  resource: string;
  urn: string;
  type: string;
  /** Its output `id`, if it has one: the engine doesn't pass the ids of resources. */
  id?: string | undefined;
  /**
   * Digests of strings from its outputs, which may include ids and names of secrets, but also values in plain text. Empty if it
   * can't be a provider of secrets.
   */
  wordDigests: string[];
}

/** The secret that a turn has created or adopted. */
export interface TurnResult {
  id: string;
  resource: string;
  /** The name in the program, if the turn is a create. */
  name?: string;
  /** The fingerprint of the account, if the turn is a create. */
  account?: string;
}

/** The entries that the processes of one operation share, in one order. */
export type Entry =
  | { kind: "holds"; holder: Holder }
  | { kind: "stranger"; stranger: Stranger }
  | { kind: "releases"; id: string; mark: string }
  | { kind: "waits"; turn: string; key: string; pid: number }
  | { kind: "ended"; turn: string; result?: TurnResult | undefined }
  | { kind: "joins"; pid: number; isProgram: boolean }
  | { kind: "leaves"; pid: number };

/** A turn that has begun, or that waits for earlier turns. */
export interface Waiting {
  turn: string;
  pid: number;
  hasEnded: boolean;
  result?: TurnResult | undefined;
}

/** The result of all entries so far. */
export class Store {
  /** The provider processes that have joined and not left. */
  readonly providers = new Set<number>();
  readonly programs = new Set<number>();
  hasHadProvider = false;
  readonly strangers: Stranger[] = [];
  private readonly byId = new Map<string, Map<string, Holder>>();
  private readonly released = new Set<string>();
  private readonly turns = new Map<string, Waiting>();
  private readonly queues = new Map<string, Waiting[]>();

  apply(entry: Entry): void {
    switch (entry.kind) {
      case "holds":
        this.hold(entry.holder);
        return;
      case "stranger":
        this.strangers.push(entry.stranger);
        return;
      case "releases":
        this.released.add(`${entry.mark} ${entry.id}`);
        this.byId.get(entry.id)?.delete(entry.mark);
        return;
      case "waits": {
        const waiting = { turn: entry.turn, pid: entry.pid, hasEnded: false };
        this.turns.set(entry.turn, waiting);
        this.queues.set(entry.key, [...(this.queues.get(entry.key) ?? []), waiting]);
        return;
      }
      case "ended":
        Object.assign(this.turns.get(entry.turn) ?? {}, { hasEnded: true, result: entry.result });
        return;
      case "joins":
        this.hasHadProvider ||= !entry.isProgram;
        (entry.isProgram ? this.programs : this.providers).add(entry.pid);
        return;
      case "leaves":
        this.providers.delete(entry.pid);
    }
  }

  *holders(): Iterable<Holder> {
    for (const known of this.byId.values()) yield* known.values();
  }

  holdersOf(id: string): Holder[] {
    return [...(this.byId.get(id)?.values() ?? [])];
  }

  /** The turns for this key before `turn`. */
  before(turn: string, key: string): Waiting[] {
    const queue = this.queues.get(key) ?? [];
    return queue.slice(
      0,
      queue.findIndex((waiting) => waiting.turn === turn),
    );
  }

  private hold(holder: Holder): void {
    const { id, mark, since } = holder;
    if (this.released.has(`${mark} ${id}`)) return;
    const known = this.byId.get(id) ?? new Map<string, Holder>();
    this.byId.set(id, known);
    const before = known.get(mark);
    // An entry from a step is newer than an entry from the state, so it replaces that entry.
    const isNewer = since === "operation" || before === undefined || (since === "state" && before.since === "state");
    if (isNewer) known.set(mark, { ...before, ...holder });
  }
}
