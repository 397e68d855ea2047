export interface Holder {
  /** Tells resources apart that hold one secret. */
  mark: string;
  /** The name that the resource wants its secret to have; no two of a program want the same in one of its workspaces. */
  wants: string;
  /** As the config names it. */
  workspace: string;
}

/** By secret id. */
export type Holders = Map<string, Holder[]>;

/** What workspaces know in common that may turn out to be one, under two names in the config. */
export interface Shared {
  /** Those of one endpoint, whose ids are unique. */
  holders: Holders;
  /** Those of one endpoint and key. */
  namesInCreation: Set<string>;
}

/**
 * Which resources of the program hold which secret, as far as this process has seen. The engine shows a provider one
 * resource at a time and without its URN, so the random salt in a resource's value digest serves as its mark.
 */
export class Owners {
  private readonly holdersById: Holders;
  private readonly namesInCreation: Set<string>;

  constructor(
    private readonly workspace: string,
    shared: Partial<Shared> = {},
  ) {
    this.holdersById = shared.holders ?? new Map();
    this.namesInCreation = shared.namesInCreation ?? new Set();
  }

  /** A resource that the program wants to exist holds this secret. */
  hold(id: string, { mark, wants }: Omit<Holder, "workspace">): void {
    this.holdersById.set(id, [...this.others(id, mark), { mark, wants, workspace: this.workspace }]);
  }

  /** The resource of this mark holds it no more, or under another mark. */
  release(id: string, mark: string): void {
    this.holdersById.set(id, this.others(id, mark));
  }

  /** The resources that hold the secret, but for the one of this mark. */
  others(id: string, mark?: string): Holder[] {
    return (this.holdersById.get(id) ?? []).filter((holder) => holder.mark !== mark);
  }

  /** False where this process is creating, or has created, another secret of this name. */
  reserveName(name: string): boolean {
    if (this.namesInCreation.has(name)) return false;
    this.namesInCreation.add(name);
    return true;
  }

  releaseName(name: string): void {
    this.namesInCreation.delete(name);
  }
}
