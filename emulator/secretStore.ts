import { randomUUID } from "node:crypto";
import { Cursors, type Ordered } from "./cursors";
import { type DependentSeeds, type Dependents, dependentsFrom } from "./dependents";

/** A secret in the emulator. Unlike the API, it includes the value. */
export interface StoredSecret {
  id: string;
  name: string;
  value: string;
  dependents: Dependents;
}

/** Direct access to a workspace, without the API. Its methods throw if an id is unknown, and `add` if it is taken. */
export interface EmulatedWorkspace {
  /** Returns copies of all secrets, in order of creation. */
  secrets(): StoredSecret[];
  /** Adds a secret, even if another secret has the name, and returns a copy. Default value and id: random. */
  add(name: string, value?: string, options?: { id?: string; dependents?: DependentSeeds }): StoredSecret;
  /** Renames a secret, even if another secret has the name. */
  rename(id: string, name: string): void;
  /** Replaces the value of a secret. */
  setValue(id: string, value: string): void;
  /** Removes a secret, even if it is in use. */
  remove(id: string): void;
  /** Replaces the dependents of a secret. After `{}`, it is no longer in use. */
  use(id: string, dependents: DependentSeeds): void;
}

export class Workspace implements EmulatedWorkspace {
  readonly cursors = new Cursors();
  readonly #secrets = new Map<string, Ordered<StoredSecret>>();
  /** Snapshots for `listLagMs`, each with the time of its change. The first is the oldest that a list can still show. */
  #snapshots: { since: number; secrets: Ordered<StoredSecret>[] }[] = [];
  #created = 0;

  constructor(private readonly listLagMs = 0) {}

  secrets(): StoredSecret[] {
    return this.ordered().map(({ item }) => structuredClone(item));
  }

  add(
    name: string,
    value: string = randomUUID(),
    { id = randomUUID(), dependents = {} }: { id?: string; dependents?: DependentSeeds } = {},
  ): StoredSecret {
    if (this.#secrets.has(id)) throw new Error(`The workspace already has a secret ${id}.`);
    const item = { id, name, value, dependents: dependentsFrom(dependents) };
    this.#secrets.set(id, { order: this.#created++, item });
    this.#takeSnapshot();
    return structuredClone(item);
  }

  rename(id: string, name: string): void {
    this.#existing(id).name = name;
    this.#takeSnapshot();
  }

  setValue(id: string, value: string): void {
    this.#existing(id).value = value;
  }

  remove(id: string): void {
    this.#existing(id);
    this.#secrets.delete(id);
    this.#takeSnapshot();
  }

  use(id: string, dependents: DependentSeeds): void {
    this.#existing(id).dependents = dependentsFrom(dependents);
  }

  find(id: string): StoredSecret | undefined {
    return this.#secrets.get(id)?.item;
  }

  ordered(): Ordered<StoredSecret>[] {
    return [...this.#secrets.values()];
  }

  /** The secrets that a list shows, as they were `listLagMs` ago. */
  listed(): Ordered<StoredSecret>[] {
    if (this.listLagMs === 0) return this.ordered();
    return this.#snapshots.findLast(({ since }) => since <= performance.now() - this.listLagMs)?.secrets ?? [];
  }

  #takeSnapshot(): void {
    if (this.listLagMs === 0) return;
    const now = performance.now();
    const shown = this.#snapshots.findLastIndex(({ since }) => since <= now - this.listLagMs);
    this.#snapshots = this.#snapshots.slice(Math.max(0, shown));
    this.#snapshots.push({ since: now, secrets: structuredClone(this.ordered()) });
  }

  hasName(name: string, exceptId?: string): boolean {
    return this.ordered().some(({ item }) => item.name === name && item.id !== exceptId);
  }

  #existing(id: string): StoredSecret {
    const secret = this.find(id);
    if (secret === undefined) throw new Error(`The workspace has no secret ${id}.`);
    return secret;
  }
}
