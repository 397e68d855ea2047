import type { ElevenLabsApi, Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";

/**
 * The first few look-ups of each kind are separate requests, which is cheapest for a small stack in a large workspace. The
 * number is one less than Pulumi's lowest parallelism (8, on 2 CPUs), so that the request for the list starts at the same time.
 */
const DIRECT_LOOKUPS = 7;

/**
 * In milliseconds. A look-up by name doesn't use a list that was requested longer ago, but requests a new list, because someone
 * else may have created a secret with that name in the meantime.
 */
const LISTING_LASTS_MS = 5_000;

interface Listing {
  byId: Map<string, Secret>;
  byName: Map<string, Secret[]>;
}

/**
 * Looks up secrets by id and by name, for one operation of the engine. The first few look-ups are separate requests; all others
 * share one list. After this process has written a secret, it looks up that secret directly.
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

  /** Finds the secret with this id. Undefined if the API reports that there is no such secret. */
  async byId(id: string): Promise<Secret | undefined> {
    if (!this.writtenIds.has(id) && (this.listing || ++this.reads > DIRECT_LOOKUPS)) {
      const found = (await this.sharedListing())?.byId.get(id);
      if (found && !this.writtenIds.has(id)) return found;
      // A secret that isn't in the list may still exist.
    }
    return this.byIdDirectly(id);
  }

  /** Finds the secrets with exactly this name. */
  async byName(name: string): Promise<Secret[]> {
    if (!this.writtenNames.has(name) && (this.listing || ++this.searches > DIRECT_LOOKUPS)) {
      if (this.now() - this.listedAt > LISTING_LASTS_MS) this.listing = undefined;
      const listing = await this.sharedListing();
      if (listing && !this.writtenNames.has(name)) return listing.byName.get(name) ?? [];
    }
    return this.byNameDirectly(name);
  }

  /** Does the same as `byId`, with a separate request. */
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

  /** Finds the secret in a new list, if `error` is a 404 that may not be from the API. Otherwise, throws `error`. */
  async byIdInListing(id: string, error: ApiError): Promise<Secret | undefined> {
    if (!error.mayBeNotFound) throw error;
    this.newListing ??= this.api.listSecrets().finally(() => {
      this.newListing = undefined;
    });
    // If the request for the list fails, report the 404, because it concerns this secret.
    const secrets = await this.newListing.catch(() => Promise.reject(error));
    return secrets.find((secret) => secret.id === id);
  }

  /** Does the same as `byName`, with a separate request. */
  async byNameDirectly(name: string): Promise<Secret[]> {
    const secrets = await this.api.listSecrets({ search: name });
    return secrets.filter((secret) => secret.name === name && !this.deletedIds.has(secret.id));
  }

  /** Call this before every write, because its outcome may remain unknown. */
  noteWrite({ id, name }: Partial<Secret>): void {
    if (id !== undefined) this.writtenIds.add(id);
    if (name !== undefined) this.writtenNames.add(name);
  }

  /** Call this after a delete, because a list may still show the secret. */
  noteDeleted(id: string): void {
    this.deletedIds.add(id);
  }

  /** Undefined if the request for the list failed: each look-up then sends a separate request, and reports an error that persists. */
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
