import type { ElevenLabsApi, Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";

/**
 * Up to so many lookups of a kind go to the API one by one, which is cheapest in a large workspace that holds few of ours. One
 * less than the engine runs at a time on 2 CPUs, the fewest: so the listing starts together with them.
 */
const DIRECT_LOOKUPS = 7;

/**
 * In milliseconds: a listing that began longer before a lookup by name is not used for it, but made anew. What a create is
 * told to be free may have been taken since by someone else, and the value of a secret may come late.
 */
const LISTING_LASTS_MS = 5_000;

interface Listing {
  byId: Map<string, Secret>;
  byName: Map<string, Secret[]>;
}

/**
 * Lookups by id and by name, for one operation of the engine. The first few are calls of their own; all further ones share
 * one listing. What this process writes is looked up anew from then on.
 */
export class Lookups {
  private directReads = 0;
  private directSearches = 0;
  private listing: Promise<Listing | undefined> | undefined;
  private listedAt = 0;
  private readonly writtenIds = new Set<string>();
  private readonly writtenNames = new Set<string>();

  constructor(
    private readonly api: ElevenLabsApi,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The secret of this id; undefined where the API says that there is none. */
  async byId(id: string): Promise<Secret | undefined> {
    if (!this.writtenIds.has(id) && (this.listing || ++this.directReads > DIRECT_LOOKUPS)) {
      const found = (await this.shared())?.byId.get(id);
      if (found && !this.writtenIds.has(id)) return found;
      // That a listing lacks it does not make it gone.
    }
    return this.readNow(id);
  }

  /** The secrets of exactly this name. */
  async byName(name: string): Promise<Secret[]> {
    if (!this.writtenNames.has(name) && (this.listing || ++this.directSearches > DIRECT_LOOKUPS)) {
      if (this.now() - this.listedAt > LISTING_LASTS_MS) this.listing = undefined;
      const listing = await this.shared();
      if (listing && !this.writtenNames.has(name)) return listing.byName.get(name) ?? [];
    }
    return this.searchNow(name);
  }

  async readNow(id: string): Promise<Secret | undefined> {
    try {
      const { id: found, name } = await this.api.getSecret(id);
      return { id: found, name };
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) return undefined;
      throw error;
    }
  }

  async searchNow(name: string): Promise<Secret[]> {
    const secrets = await this.api.listSecrets({ search: name });
    return secrets.filter((secret) => secret.name === name);
  }

  /** To be told of every write before it is sent: its outcome may stay unknown. */
  written({ id, name }: Partial<Secret>): void {
    if (id !== undefined) this.writtenIds.add(id);
    if (name !== undefined) this.writtenNames.add(name);
  }

  /** Undefined where the listing failed: each lookup then asks for itself, and meets the error if it lasts. */
  private shared(): Promise<Listing | undefined> {
    if (!this.listing) {
      this.listedAt = this.now();
      this.listing = this.api.listSecrets().then(indexed, () => undefined);
    }
    return this.listing;
  }
}

function indexed(secrets: Secret[]): Listing {
  return {
    byId: new Map(secrets.map((secret) => [secret.id, secret])),
    byName: Map.groupBy(secrets, ({ name }) => name),
  };
}
