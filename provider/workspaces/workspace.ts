import { type CountedSecret, type Dependent, ElevenLabsApi, PAGED_KINDS, type Secret } from "../api/client.js";
import type { ApiError } from "../api/errors.js";
import type { Route } from "../api/proxy/route.js";
import { isSpellingOf } from "../api/spelling.js";
import type { TransportOptions } from "../api/transport.js";
import { Account } from "../ownership/account.js";
import { Lookups } from "./lookups.js";

export interface WorkspaceOptions extends TransportOptions {
  /** The name in `elevenlabs:workspaces`, or `default` for the workspace of the top-level config. */
  name: string;
  keySource: "config" | "environment" | undefined;
  /** The name of the explicit provider whose config describes the workspace. Undefined: the stack's config describes it. */
  provider?: string | undefined;
}

/** One ElevenLabs workspace, as the lifecycle sees it. */
export class Workspace {
  readonly name: string;
  /** The base URL of the API, such as `https://api.elevenlabs.io`. */
  readonly endpoint: string;
  readonly keySource: WorkspaceOptions["keySource"];
  readonly provider: WorkspaceOptions["provider"];
  /** The route of its requests. Undefined for a direct connection. */
  readonly route: Route | undefined;
  /** The account that its requests reach. */
  readonly account: Account;
  private readonly api: ElevenLabsApi;
  private readonly lookups: Lookups;

  constructor(private readonly options: WorkspaceOptions) {
    this.name = options.name;
    this.endpoint = options.endpoint;
    this.keySource = options.keySource;
    this.provider = options.provider;
    this.route = options.routeTo?.(options.endpoint);
    this.account = new Account(options);
    this.api = new ElevenLabsApi(options);
    this.lookups = new Lookups(this.api);
  }

  /** Returns the same workspace, with the same key and changed options. */
  with(changes: Partial<Pick<TransportOptions, "endpoint" | "timeoutMs" | "maxRetries">>): Workspace {
    return new Workspace({ ...this.options, ...changes });
  }

  /** Finds the secret with this id, possibly in the list that this operation shares. Undefined if there is no such secret. */
  find(id: string): Promise<Secret | undefined> {
    return this.lookups.byId(id);
  }

  /** Finds the secret with this id, with a separate request. Undefined if there is no such secret. */
  findDirectly(id: string): Promise<Secret | undefined> {
    return this.lookups.byIdDirectly(id);
  }

  /** Whether a request failed with `error` because the API has no secret with this id. */
  async isGone(id: string, error: ApiError): Promise<boolean> {
    if (error.isNotFound || !error.mayBeNotFound) return error.isNotFound;
    return (await this.lookups.byIdInListing(id, error)) === undefined;
  }

  /** The signal that cancels the requests of the engine's current call. */
  get signal(): AbortSignal | undefined {
    return this.options.signal?.();
  }

  /** Finds the secrets with exactly this name, possibly in the list that this operation shares. */
  findByName(name: string): Promise<Secret[]> {
    return this.lookups.byName(name);
  }

  /** Finds the secrets with exactly this name, with a separate request. */
  findByNameDirectly(name: string): Promise<Secret[]> {
    return this.lookups.byNameDirectly(name);
  }

  /** Finds the secrets whose names the API may treat as equal to `name`, such as without spaces at the ends, in a new list. */
  async findSpellings(name: string): Promise<Secret[]> {
    return (await this.api.listSecrets()).filter((secret) => isSpellingOf(secret.name, name));
  }

  /** Lists all secrets whose names start with `prefix`. */
  async list(prefix = ""): Promise<Secret[]> {
    return startingWith(prefix, await this.api.listSecrets(searchFor(prefix)));
  }

  /** Lists the same secrets, each with the number of its dependents. */
  async listCounted(prefix = ""): Promise<CountedSecret[]> {
    return startingWith(prefix, await this.api.countDependents(searchFor(prefix)));
  }

  /** Creates a secret. If the response is lost, `findCreated` searches for the secret. */
  create(name: string, value: string, findCreated: () => Promise<Secret | undefined>): Promise<Secret> {
    this.lookups.noteWrite({ name });
    return this.api.createSecret(name, value, findCreated);
  }

  /** `secret` is the secret before the update; its old name becomes free. */
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
    // Don't trust an empty `used_by`, because the API may have just refused a delete. List all dependents instead.
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
