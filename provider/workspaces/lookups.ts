import type { ElevenLabsApi, Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";

/**
 * The first look-ups of a kind are requests of their own, which is cheapest in a large workspace with few secrets of this
 * stack. The number is one less than the engine runs at a time on 2 CPUs, the fewest, so that the listing starts together
 * with them.
 */
const DIRECT_LOOKUPS = 7;

/**
 * In milliseconds. A look-up by name doesn't use a listing that began longer ago, but makes a new one: since then, someone
 * else may have created a secret with that name.
 */
const LISTING_LASTS_MS = 5_000;

interface Listing {
  byId: Map<string, Secret>;
  byName: Map<string, Secret[]>;
}

/**
 * Look-ups by id and by name for one operation of the engine. The first few are requests of their own; all others share one
 * listing. A secret that this process has written is looked up directly from then on.
 */
export class Lookups {
  private reads = 0;
  private searches = 0;
  private listing: Promise<Listing | undefined> | undefined;
  private listedAt = 0;
  private newListing: Promise<Secret[]> | undefined;
  private readonly writtenIds = new Set<string>();
  private readonly writtenNames = new Set<string>();
  private readonly deletedIds = new Set<string>();

  constructor(
    private readonly api: ElevenLabsApi,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The secret with this id; undefined if the API says that there is none. */
  async byId(id: string): Promise<Secret | undefined> {
    if (!this.writtenIds.has(id) && (this.listing || ++this.reads > DIRECT_LOOKUPS)) {
      const found = (await this.sharedListing())?.byId.get(id);
      if (found && !this.writtenIds.has(id)) return found;
      // A secret that a listing lacks isn't necessarily gone.
    }
    return this.byIdDirectly(id);
  }

  /** The secrets with exactly this name. */
  async byName(name: string): Promise<Secret[]> {
    if (!this.writtenNames.has(name) && (this.listing || ++this.searches > DIRECT_LOOKUPS)) {
      if (this.now() - this.listedAt > LISTING_LASTS_MS) this.listing = undefined;
      const listing = await this.sharedListing();
      if (listing && !this.writtenNames.has(name)) return listing.byName.get(name) ?? [];
    }
    return this.byNameDirectly(name);
  }

  /** The same as `byId`, by a request of its own. */
  async byIdDirectly(id: string): Promise<Secret | undefined> {
    try {
      const { id: found, name } = await this.api.getSecret(id);
      return { id: found, name };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isNotFound) return undefined;
      return this.byIdInListing(id, error);
    }
  }

  /** The secret as a new listing has it, if `error` is a 404 that needn't be the API's. Otherwise, throws `error`. */
  async byIdInListing(id: string, error: ApiError): Promise<Secret | undefined> {
    if (!error.mayBeNotFound) throw error;
    this.newListing ??= this.api.listSecrets().finally(() => {
      this.newListing = undefined;
    });
    // The 404 says more than what comes of the listing.
    const secrets = await this.newListing.catch(() => Promise.reject(error));
    return secrets.find((secret) => secret.id === id);
  }

  /** The same as `byName`, by a request of its own. */
  async byNameDirectly(name: string): Promise<Secret[]> {
    const secrets = await this.api.listSecrets({ search: name });
    return secrets.filter((secret) => secret.name === name && !this.deletedIds.has(secret.id));
  }

  /** To be called before every write is sent, because its outcome may stay unknown. */
  noteWrite({ id, name }: Partial<Secret>): void {
    if (id !== undefined) this.writtenIds.add(id);
    if (name !== undefined) this.writtenNames.add(name);
  }

  /** To be called after a delete: a list may still show the secret. */
  noteDeleted(id: string): void {
    this.deletedIds.add(id);
  }

  /** Undefined if the listing failed: each look-up then makes a request of its own, and meets the error if it lasts. */
  private sharedListing(): Promise<Listing | undefined> {
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
