import { type CountedSecret, type Dependent, ElevenLabsApi, PAGED_KINDS, type Secret } from "../api/client.js";
import type { ApiError } from "../api/errors.js";
import type { Route } from "../api/proxyRoute.js";
import { isSpellingOf } from "../api/spelling.js";
import type { TransportOptions } from "../api/transport.js";
import { Account } from "../ownership/account.js";
import { Lookups } from "./lookups.js";

export interface WorkspaceOptions extends TransportOptions {
  /** As in `elevenlabs:workspaces`; `default` for that of the top-level config. */
  name: string;
  keySource: "config" | "environment" | undefined;
}

/** One ElevenLabs workspace, as the lifecycle sees it. */
export class Workspace {
  readonly name: string;
  /** The base URL of the API, such as `https://api.elevenlabs.io`. */
  readonly endpoint: string;
  readonly keySource: WorkspaceOptions["keySource"];
  /** How its requests get there; undefined means directly. */
  readonly route: Route | undefined;
  /** Which account its requests reach. */
  readonly account: Account;
  private readonly api: ElevenLabsApi;
  private readonly lookups: Lookups;

  constructor(private readonly options: WorkspaceOptions) {
    this.name = options.name;
    this.endpoint = options.endpoint;
    this.keySource = options.keySource;
    this.route = options.routeTo?.(options.endpoint);
    this.account = new Account(options);
    this.api = new ElevenLabsApi(options);
    this.lookups = new Lookups(this.api);
  }

  /** The same workspace with the same key, called in another way. */
  with(changes: Partial<Pick<TransportOptions, "endpoint" | "timeoutMs" | "maxRetries">>): Workspace {
    return new Workspace({ ...this.options, ...changes });
  }

  /** The secret with this id, possibly from the listing that this operation shares; undefined if there is none. */
  find(id: string): Promise<Secret | undefined> {
    return this.lookups.byId(id);
  }

  /** The secret with this id, by a request of its own; undefined if there is none. */
  findDirectly(id: string): Promise<Secret | undefined> {
    return this.lookups.byIdDirectly(id);
  }

  /** Whether a request failed with `error` because the API has no secret with this id. */
  async isGone(id: string, error: ApiError): Promise<boolean> {
    if (error.isNotFound || !error.mayBeNotFound) return error.isNotFound;
    return (await this.lookups.byIdInListing(id, error)) === undefined;
  }

  /** What ends the requests of the engine's call under way. */
  get signal(): AbortSignal | undefined {
    return this.options.signal?.();
  }

  /** The secrets with exactly this name, possibly from the listing that this operation shares. */
  findByName(name: string): Promise<Secret[]> {
    return this.lookups.byName(name);
  }

  /** The secrets with exactly this name, by a request of its own. */
  findByNameDirectly(name: string): Promise<Secret[]> {
    return this.lookups.byNameDirectly(name);
  }

  /** The secrets whose names the API may take for this one, such as without spaces at the ends, from a new listing. */
  async findSpellings(name: string): Promise<Secret[]> {
    return (await this.api.listSecrets()).filter((secret) => isSpellingOf(secret.name, name));
  }

  /** All secrets whose names start with `prefix`. */
  async list(prefix = ""): Promise<Secret[]> {
    return startingWith(prefix, await this.api.listSecrets(searchFor(prefix)));
  }

  /** The same, each with the number of its dependents. */
  async listCounted(prefix = ""): Promise<CountedSecret[]> {
    return startingWith(prefix, await this.api.countDependents(searchFor(prefix)));
  }

  /** Creates a secret. If the answer is lost, the secret is looked for by its name. */
  create(name: string, value: string, look: () => Promise<Secret | undefined>): Promise<Secret> {
    this.lookups.noteWrite({ name });
    return this.api.createSecret(name, value, look);
  }

  /** `secret` is the secret as it was: the name that it gives up becomes free. */
  update(secret: Secret, { name, value }: { name: string; value: string }): Promise<Secret> {
    this.lookups.noteWrite(secret);
    this.lookups.noteWrite({ name });
    return this.api.updateSecret(secret.id, name, value);
  }

  async delete({ id, name }: Secret): Promise<void> {
    this.lookups.noteWrite({ id, name });
    await this.api.deleteSecret(id);
    this.lookups.noteDeleted(id);
  }

  /** Everything that uses the secret, across all pages. */
  async dependents(id: string): Promise<Dependent[]> {
    const secret = await this.api.getSecret(id);
    // An empty preview isn't trusted: this is called when the API has just refused a delete.
    const paged = secret.dependents.length === 0 ? PAGED_KINDS : secret.kindsWithMore;
    const complete = await Promise.all(paged.map((kind) => this.api.listDependents(id, kind)));
    const known = new Set(complete.flat().map(keyOf));
    return [...secret.dependents.filter((dependent) => !known.has(keyOf(dependent))), ...complete.flat()];
  }
}

function searchFor(prefix: string): { search?: string } {
  return prefix === "" ? {} : { search: prefix };
}

/** The API's search is documented as a prefix search, but not whether it respects case. */
function startingWith<T extends Secret>(prefix: string, secrets: T[]): T[] {
  return secrets.filter(({ name }) => name.startsWith(prefix));
}

function keyOf({ kind, id, name }: Dependent): string {
  return `${kind} ${id ?? name}`;
}
