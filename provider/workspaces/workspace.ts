import { type CountedSecret, type Dependent, ElevenLabsApi, PAGED_KINDS, type Secret } from "../api/client.js";
import type { TransportOptions } from "../api/transport.js";
import { Lookups } from "./lookups.js";
import { Owners, type Shared } from "./owners.js";

export interface WorkspaceOptions extends TransportOptions {
  /** As in `elevenlabs:workspaces`; `default` for the one of the top-level config. */
  name: string;
  keySource: "config" | "environment" | undefined;
  shared?: Shared;
}

/** One ElevenLabs workspace, as the lifecycle sees it. */
export class Workspace {
  readonly name: string;
  /** The API origin, such as `https://api.elevenlabs.io`. */
  readonly endpoint: string;
  readonly keySource: WorkspaceOptions["keySource"];
  readonly owners: Owners;
  private readonly api: ElevenLabsApi;
  private readonly lookups: Lookups;

  constructor(private readonly options: WorkspaceOptions) {
    this.name = options.name;
    this.endpoint = options.origin;
    this.keySource = options.keySource;
    this.owners = new Owners(options.name, options.shared);
    this.api = new ElevenLabsApi(options);
    this.lookups = new Lookups(this.api);
  }

  /** The same workspace by the same key, called in another way. */
  using(changes: Partial<Pick<TransportOptions, "origin" | "timeoutMs" | "maxRetries">>): Workspace {
    return new Workspace({ ...this.options, ...changes });
  }

  /** The secret of this id; undefined where the API says that there is none. */
  find(id: string): Promise<Secret | undefined> {
    return this.lookups.byId(id);
  }

  /** The same, as it is now. */
  findNow(id: string): Promise<Secret | undefined> {
    return this.lookups.readNow(id);
  }

  /** The secrets of exactly this name, possibly from the listing that this operation shares. */
  named(name: string): Promise<Secret[]> {
    return this.lookups.byName(name);
  }

  /** The secrets of exactly this name, as they are now. */
  namedNow(name: string): Promise<Secret[]> {
    return this.lookups.searchNow(name);
  }

  /** All secrets whose names start with `prefix`. */
  list(prefix?: string): Promise<Secret[]> {
    return this.api.listSecrets(prefix === undefined ? {} : { search: prefix });
  }

  /** The same, each with the number of its dependents. */
  listCounted(prefix?: string): Promise<CountedSecret[]> {
    return this.api.countDependents(prefix === undefined ? {} : { search: prefix });
  }

  create(name: string, value: string, appeared: () => Promise<Secret | undefined>): Promise<Secret> {
    this.lookups.written({ name });
    return this.api.createSecret(name, value, appeared);
  }

  /** `secret` as it was: the name that it gives up becomes free. */
  update(secret: Secret, name: string, value: string): Promise<Secret> {
    this.lookups.written(secret);
    this.lookups.written({ name });
    return this.api.updateSecret(secret.id, name, value);
  }

  async delete({ id, name }: Secret): Promise<void> {
    this.lookups.written({ id, name });
    await this.api.deleteSecret(id);
  }

  /** Everything that uses the secret, across all pages. */
  async dependents(id: string): Promise<Dependent[]> {
    const secret = await this.api.getSecret(id);
    // A preview that is empty is not trusted: this is asked when the API has just refused a delete.
    const paged = secret.dependents.length === 0 ? PAGED_KINDS : secret.more;
    const complete = await Promise.all(paged.map((kind) => this.api.listDependents(id, kind)));
    const known = new Set(complete.flat().map(keyOf));
    return [...secret.dependents.filter((dependent) => !known.has(keyOf(dependent))), ...complete.flat()];
  }
}

function keyOf({ kind, id, name }: Dependent): string {
  return `${kind} ${id ?? name}`;
}
