import { randomUUID } from "node:crypto";
import { Cursors, type Ordered } from "./cursors";
import { type DependentSeeds, type Dependents, dependentsFrom } from "./dependents";

/** A secret as the emulator keeps it: unlike the API, it shows the value. */
export interface StoredSecret {
  id: string;
  name: string;
  value: string;
  dependents: Dependents;
}

/** A workspace seen from the inside: edits as by another hand, and what a test looks at. Unknown ids throw. */
export interface EmulatedWorkspace {
  /** Copies of all secrets, in order of creation. */
  secrets(): StoredSecret[];
  /** Adds a secret, also under a taken name, and returns a copy. A value left out is made up. */
  add(name: string, value?: string, options?: { id?: string; dependents?: DependentSeeds }): StoredSecret;
  /** Renames a secret, also to a taken name. */
  rename(id: string, name: string): void;
  setValue(id: string, value: string): void;
  /** Removes a secret, also one in use. */
  remove(id: string): void;
  /** Sets everything that uses a secret; `{}` sets it free. */
  use(id: string, dependents: DependentSeeds): void;
}

export class Workspace implements EmulatedWorkspace {
  readonly cursors = new Cursors();
  readonly #secrets = new Map<string, Ordered<StoredSecret>>();
  /** What was there since when, from the oldest that a list may still show on. */
  #past: { since: number; secrets: Ordered<StoredSecret>[] }[] = [];
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
    if (this.#secrets.has(id)) throw new Error(`The workspace has a secret ${id} already`);
    const item = { id, name, value, dependents: dependentsFrom(dependents) };
    this.#secrets.set(id, { order: this.#created++, item });
    this.#changed();
    return structuredClone(item);
  }

  rename(id: string, name: string): void {
    this.#existing(id).name = name;
    this.#changed();
  }

  setValue(id: string, value: string): void {
    this.#existing(id).value = value;
  }

  remove(id: string): void {
    this.#existing(id);
    this.#secrets.delete(id);
    this.#changed();
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

  /** What a list shows. */
  listed(): Ordered<StoredSecret>[] {
    if (this.listLagMs === 0) return this.ordered();
    return this.#past.findLast(({ since }) => since <= performance.now() - this.listLagMs)?.secrets ?? [];
  }

  #changed(): void {
    if (this.listLagMs === 0) return;
    const now = performance.now();
    const shown = this.#past.findLastIndex(({ since }) => since <= now - this.listLagMs);
    this.#past = this.#past.slice(Math.max(0, shown));
    this.#past.push({ since: now, secrets: structuredClone(this.ordered()) });
  }

  hasName(name: string, exceptId?: string): boolean {
    return this.ordered().some(({ item }) => item.name === name && item.id !== exceptId);
  }

  #existing(id: string): StoredSecret {
    const secret = this.find(id);
    if (secret === undefined) throw new Error(`The workspace has no secret ${id}`);
    return secret;
  }
}
