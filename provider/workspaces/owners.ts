/** A resource of the program that owns a secret. */
export interface Owner {
  /** Tells resources that own the same secret apart. */
  resource: string;
  /** The name that the resource gives its secret. No two resources of a program give the same name in one workspace. */
  name: string;
  /** As the config names it. */
  workspace: string;
  /** The process that manages the resource, if it is another one. */
  process?: string;
}

/** By secret id. */
export type OwnersById = Pick<Map<string, Owner[]>, "get" | "set">;
export type NamesInCreation = Pick<Set<string>, "has" | "add" | "delete">;

/** What workspaces share that may turn out to be one, under two names in the config. */
export interface SharedOwners {
  /** Shared by the workspaces of one endpoint, whose ids are unique. */
  ownersById: OwnersById;
  /** Shared by the workspaces of one endpoint and key. */
  namesInCreation: NamesInCreation;
}

/** Where the owners of all workspaces are kept. */
export interface OwnerStore {
  ownersAt(endpoint: string): OwnersById;
  namesAt(endpoint: string, apiKey: string | undefined): NamesInCreation;
}

/** Keeps the owners in this process. */
export class OwnersInMemory implements OwnerStore {
  private readonly ownersByEndpoint = new Map<string, OwnersById>();
  private readonly namesByAccount = new Map<string, NamesInCreation>();

  ownersAt(endpoint: string): OwnersById {
    return getOrAdd(this.ownersByEndpoint, endpoint, () => new Map());
  }

  namesAt(endpoint: string, apiKey: string | undefined): NamesInCreation {
    return getOrAdd(this.namesByAccount, `${endpoint} ${apiKey}`, () => new Set());
  }
}

/**
 * Which resources of the program own which secret, as far as this process has seen: the engine shows a provider one resource
 * at a time.
 */
export class Owners {
  private readonly ownersById: SharedOwners["ownersById"];
  private readonly namesInCreation: SharedOwners["namesInCreation"];

  constructor(
    private readonly workspace: string,
    shared: Partial<SharedOwners> = {},
  ) {
    this.ownersById = shared.ownersById ?? new Map();
    this.namesInCreation = shared.namesInCreation ?? new Set();
  }

  /** Records that a resource that the program wants to exist owns this secret. */
  add(id: string, { resource, name }: Omit<Owner, "workspace">): void {
    this.ownersById.set(id, [...this.others(id, resource), { resource, name, workspace: this.workspace }]);
  }

  /** Records that this resource owns the secret no longer, or under another key. */
  remove(id: string, resource: string): void {
    this.ownersById.set(id, this.others(id, resource));
  }

  /** The owners of the secret other than `resource`. */
  others(id: string, resource?: string): Owner[] {
    return (this.ownersById.get(id) ?? []).filter((owner) => owner.resource !== resource);
  }

  /** False if this process is creating, or has created, another secret with this name. */
  reserveName(name: string): boolean {
    if (this.namesInCreation.has(name)) return false;
    this.namesInCreation.add(name);
    return true;
  }

  releaseName(name: string): void {
    this.namesInCreation.delete(name);
  }
}

/** The entry of a key, made if it is missing. */
export function getOrAdd<T>(entries: Map<string, T>, key: string, make: () => T): T {
  const found = entries.get(key) ?? make();
  entries.set(key, found);
  return found;
}
